/**
 * Tells a single damaged time from a clock that was set back. Events later than a decoder can put in order are lost;
 * when they go on and on, what is wrong is not they but the time before them, and the decoder begins a new epoch.
 */

/** Fewer late events in a row are damage. */
const LEAST_EVENTS = 8;
/** One damaged clock word spoils all events up to the next: these must have gone on for longer than that. */
const LEAST_US = 1000;

export class LateRun {
  #events = 0;
  #sinceUs = 0;

  /** One more late event in a row: whether the clock has been set back, which ends the run. */
  isSustained(timeUs: number): boolean {
    if (this.#events === 0 || timeUs < this.#sinceUs) {
      this.#events = 0;
      this.#sinceUs = timeUs;
    }
    this.#events++;
    const isSustained = this.#events >= LEAST_EVENTS && timeUs - this.#sinceUs >= LEAST_US;
    if (isSustained) this.#events = 0;
    return isSustained;
  }

  /** An event came in time. */
  end(): void {
    this.#events = 0;
  }
}
