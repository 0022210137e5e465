/** Collects events into growing columns and hands them out as immutable batches (copies, exactly as long). */
import type { EventBatch } from "../core/batches.ts";

/** Most batches of 10 ms from small sensors fit without growing. */
const INITIAL_EVENTS = 1024;

export class EventColumns {
  #length = 0;
  #offsetUs = new Uint32Array(INITIAL_EVENTS);
  #x = new Uint16Array(INITIAL_EVENTS);
  #y = new Uint16Array(INITIAL_EVENTS);
  #polarity = new Uint8Array(INITIAL_EVENTS);

  get length(): number {
    return this.#length;
  }

  push(offsetUs: number, x: number, y: number, polarity: number): void {
    const at = this.#length;
    if (at === this.#offsetUs.length) this.#grow();
    this.#offsetUs[at] = offsetUs;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#polarity[at] = polarity;
    this.#length = at + 1;
  }

  /** What was collected, as a batch; the columns are empty afterwards. */
  take(startUs: number): EventBatch {
    const length = this.#length;
    this.#length = 0;
    return {
      startUs,
      offsetUs: this.#offsetUs.slice(0, length),
      x: this.#x.slice(0, length),
      y: this.#y.slice(0, length),
      polarity: this.#polarity.slice(0, length),
      length,
    };
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(): void {
    const capacity = this.#length * 2;
    const { offsetUs, x, y, polarity } = this.take(0);
    this.#offsetUs = new Uint32Array(capacity);
    this.#offsetUs.set(offsetUs);
    this.#x = new Uint16Array(capacity);
    this.#x.set(x);
    this.#y = new Uint16Array(capacity);
    this.#y.set(y);
    this.#polarity = new Uint8Array(capacity);
    this.#polarity.set(polarity);
    this.#length = offsetUs.length;
  }
}
