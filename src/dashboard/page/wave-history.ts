/** The waves this page was told of lately, each with what is known about its decision. Bounded by number. */
import type { FrameWave, MarginTrace, Snapshot } from "../../core/telemetry.ts";

/** About half a megabyte at most. */
const MOST_WAVES = 64;

export type KeptWave = {
  readonly wave: FrameWave;
  readonly margins: MarginTrace | undefined;
  /** What was answered. */
  readonly answer: string | undefined;
};

/** What of a snapshot tells of a wave. */
type Telling = Pick<Snapshot, "sequence" | "wave" | "margins" | "decision" | "classNames">;

export class WaveHistory {
  #kept: KeptWave[] = [];
  #sequence = -1;

  /** The newest, or undefined while there is none. */
  get newest(): KeptWave | undefined {
    return this.#kept.at(-1);
  }

  add({ sequence, wave, margins, decision, classNames }: Telling): void {
    // A server greets a viewer that comes back with the snapshot it may have seen.
    if (sequence === this.#sequence) return;
    if (sequence < this.#sequence) this.#kept = [];
    this.#sequence = sequence;
    if (wave === undefined) return;
    // Copies: the arrays are views that would keep whole messages in memory.
    const { offsetUs, feature, x, y } = wave;
    const own = { offsetUs: offsetUs.slice(), feature: feature.slice(), x: x.slice(), y: y.slice() };
    const ofIt = margins?.decision === wave.decision ? margins : undefined;
    const label = decision?.id === wave.decision ? decision.label : undefined;
    const answer = label === undefined ? undefined : classNames[label];
    this.#kept.push({ wave: { ...wave, ...own }, margins: ofIt, answer });
    if (this.#kept.length > MOST_WAVES) this.#kept.shift();
  }

  /** The wave of the frame that began then, or undefined when it is not kept or was not told. */
  at(startUs: number): KeptWave | undefined {
    return this.#kept.find(({ wave }) => wave.startUs === startUs);
  }
}
