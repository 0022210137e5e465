/**
 * Puts one recording's own time onto the stream's clock, which never goes back: the recording begins where it is
 * told to, a clock that was set back goes on where it was, and a silence that nobody would wait for is cut short.
 */
import type { EventBatch } from "../core/batches.ts";

/**
 * Longer silences are rather a damaged clock word (of Prophesee's, a bit can be worth hours) than a still scene:
 * a sensor's noise alone says something more often. They take so long on the stream's clock.
 */
export const MAX_SILENCE_US = 10_000_000;

export type Placed = {
  readonly startUs: number;
  /** "back": the recording's clock was set back before this batch; "jump": it leapt ahead. */
  readonly clock: "runs" | "back" | "jump";
  /** By how much it was set back or leapt. */
  readonly byUs: number;
};

export class RecordingClock {
  /** From the recording's time to the stream's; undefined before the first batch. */
  #shiftUs: number | undefined;
  /** Time of the last event, of the recording. */
  #lastUs = 0;
  #endUs: number;

  constructor(startUs: number) {
    this.#endUs = startUs;
  }

  /** Where the next batch may begin: just after the last event. */
  get endUs(): number {
    return this.#endUs;
  }

  /** Where a batch, which is not empty, begins on the stream's clock. */
  place({ startUs, offsetUs, length }: EventBatch): Placed {
    const firstUs = startUs + (offsetUs[0] ?? 0);
    const stepUs = this.#shiftUs === undefined ? 0 : firstUs - this.#lastUs;
    const clock = stepUs < 0 ? "back" : stepUs > MAX_SILENCE_US ? "jump" : "runs";
    let shiftUs = this.#shiftUs;
    if (shiftUs === undefined || clock === "back") shiftUs = this.#endUs - startUs;
    else if (clock === "jump") shiftUs = this.#endUs + MAX_SILENCE_US - firstUs;
    const lastOffsetUs = offsetUs[length - 1] ?? 0;
    this.#shiftUs = shiftUs;
    this.#lastUs = startUs + lastOffsetUs;
    this.#endUs = shiftUs + this.#lastUs + 1;
    return { startUs: shiftUs + startUs, clock, byUs: Math.abs(stepUs) };
  }
}
