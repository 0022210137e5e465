/**
 * What the raster can look back on: the increments of the snapshots, put together on the stream's clock.
 * Bounded in stream time and in spikes; what this page was not told about is remembered as such.
 */
import type { Raster, Snapshot } from "../../core/telemetry.ts";

/** The longest time base. */
const LONGEST_US = 60_000_000;
const MOST_SPIKES = 200_000;
const MOST_STRETCHES = 4096;

export type Stretch = Raster & {
  /** Since when nothing was told before this stretch; undefined when nothing is missing. */
  readonly untoldFromUs: number | undefined;
};

/** What of a snapshot says where its increment belongs. */
export type Increment = Pick<Snapshot, "sequence" | "frames" | "raster">;

export class RasterHistory {
  readonly #mostSpikes: number;
  #stretches: Stretch[] = [];
  #spikes = 0;
  #sequence = -1;
  /** The stream's frames up to the end of the newest stretch. */
  #framesTold = 0;

  constructor(mostSpikes = MOST_SPIKES) {
    this.#mostSpikes = mostSpikes;
  }

  /** Oldest first, not overlapping in their beginnings. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** End of the newest stretch on the stream's clock, or undefined while there is none. */
  get nowUs(): number | undefined {
    return this.#stretches.at(-1)?.toUs;
  }

  /** True when there is something else to draw than before. */
  add({ sequence, frames, raster }: Increment): boolean {
    // A server greets a viewer that comes back with the snapshot it may have seen.
    if (sequence === this.#sequence) return false;
    const isOtherRun = sequence < this.#sequence;
    this.#sequence = sequence;
    if (isOtherRun) this.#clear();
    if (raster === undefined || raster.toUs <= raster.fromUs) return isOtherRun;
    const last = this.#stretches.at(-1);
    if (last !== undefined && raster.fromUs < last.fromUs) this.#clear();
    this.#append(raster, frames);
    this.#forget();
    return true;
  }

  #append(raster: Raster, frames: number): void {
    const untold = frames - raster.frames.length > this.#framesTold;
    const before = this.nowUs ?? Number.NEGATIVE_INFINITY;
    // Copies: the arrays are views that would keep whole messages, picture and all, in memory.
    this.#stretches.push({
      ...raster,
      inputs: raster.inputs.slice(),
      offsetUs: raster.offsetUs.slice(),
      row: raster.row.slice(),
      untoldFromUs: untold && before < raster.fromUs ? before : undefined,
    });
    this.#spikes += raster.row.length;
    this.#framesTold = frames;
  }

  #forget(): void {
    const oldestUs = (this.nowUs ?? 0) - LONGEST_US;
    while (this.#stretches.length > 1) {
      const [first, second] = this.#stretches;
      if (first === undefined || second === undefined) return;
      const isTooMuch = this.#spikes > this.#mostSpikes || this.#stretches.length > MOST_STRETCHES;
      if (first.toUs > oldestUs && !isTooMuch) return;
      this.#stretches.shift();
      this.#spikes -= first.row.length;
      // What the cap has taken is not to be read as silence.
      if (isTooMuch) this.#stretches[0] = { ...second, untoldFromUs: Number.NEGATIVE_INFINITY };
    }
  }

  #clear(): void {
    this.#stretches = [];
    this.#spikes = 0;
    this.#framesTold = 0;
  }
}
