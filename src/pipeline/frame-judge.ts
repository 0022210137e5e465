/** One frame through network and readout: present, decide, compare with the truth, and only then learn from it. */
import type { SpikeBatch } from "../core/batches.ts";
import type { Accuracy, Decision, StageCounts } from "../core/telemetry.ts";
import type { SpikingNetwork } from "../network/spiking-network.ts";
import type { VoteReadout } from "../readout/vote.ts";
import { AccuracyTally } from "./accuracy-tally.ts";
import type { Meter } from "./meter.ts";

/** What of a network the live pipeline needs. */
export type LiveNetwork = Pick<SpikingNetwork, "present">;
/** What of a readout the live pipeline needs. */
export type LiveReadout = Pick<VoteReadout, "decide" | "learn" | "forgetBy">;

/**
 * Share of what the readout knows that stays after each frame it learns: the neurons still change, and what they
 * answered to a while ago no longer tells what they answer to. About the last 1/(1 − share) frames count.
 */
const KEPT_SHARE = 0.99;

export class FrameJudge {
  readonly #network: LiveNetwork;
  readonly #readout: LiveReadout;
  readonly #meter: Meter;
  readonly #tally = new AccuracyTally();
  #frames = 0;
  #framesLearned = 0;

  constructor(options: {
    readonly network: LiveNetwork;
    readonly readout: LiveReadout;
    readonly meter: Meter;
  }) {
    this.#network = options.network;
    this.#readout = options.readout;
    this.#meter = options.meter;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Frames shown with learning on. */
  get framesLearned(): number {
    return this.#framesLearned;
  }

  accuracy(): Accuracy {
    return this.#tally.accuracy();
  }

  counts(): readonly StageCounts[] {
    const frames = this.#frames;
    const whole = { received: frames, delivered: frames, held: 0, dropped: {}, unit: "frames" };
    return [
      { name: "network", ...whole },
      { name: "readout", ...whole },
    ];
  }

  judge(frame: SpikeBatch, options: { readonly learn: boolean }): Decision {
    const { learn } = options;
    const truth = frame.episode?.label;
    const { counts } = this.#meter.measure("network", () => this.#network.present(frame, { learn }));
    const vote = this.#meter.measure("readout", () => {
      const decided = this.#readout.decide(counts);
      if (learn && truth !== undefined) this.#name(counts, truth);
      return decided;
    });
    if (truth !== undefined) this.#tally.add(vote.label === truth);
    this.#meter.frame({ learn });
    if (learn) this.#framesLearned++;
    const spikes = counts.reduce((sum, count) => sum + count, 0);
    return { id: this.#frames++, ...vote, truth, name: frame.episode?.name, spikes };
  }

  #name(counts: Uint16Array, truth: number): void {
    this.#readout.forgetBy(KEPT_SHARE);
    this.#readout.learn(counts, [truth]);
  }
}
