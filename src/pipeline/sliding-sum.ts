/** A sum over the last second (or any span), in buckets: bounded memory, at most one bucket inexact. */

const BUCKETS = 100;

export class SlidingSum {
  readonly #bucketUs: number;
  readonly #sums = new Float64Array(BUCKETS);
  /** Which bucket of absolute time each slot holds. */
  readonly #epochs = new Float64Array(BUCKETS).fill(-1);

  constructor(spanUs: number) {
    this.#bucketUs = spanUs / BUCKETS;
  }

  add(nowUs: number, value: number): void {
    const epoch = Math.floor(nowUs / this.#bucketUs);
    const slot = epoch % BUCKETS;
    if (this.#epochs[slot] !== epoch) {
      this.#epochs[slot] = epoch;
      this.#sums[slot] = 0;
    }
    this.#sums[slot] = (this.#sums[slot] ?? 0) + value;
  }

  /** Adds the length of an interval, spread over the buckets it covers. */
  addInterval(fromUs: number, toUs: number): void {
    const bucketUs = this.#bucketUs;
    // What lies more than the span before the end would be overwritten at once.
    let atUs = Math.max(fromUs, toUs - BUCKETS * bucketUs);
    while (atUs < toUs) {
      const bucketEndUs = (Math.floor(atUs / bucketUs) + 1) * bucketUs;
      const endUs = Math.min(bucketEndUs, toUs);
      this.add(atUs, endUs - atUs);
      // Rounding can put a bucket's end on its start; a bucket on is far enough either way.
      atUs = endUs > atUs ? endUs : atUs + bucketUs;
    }
  }

  /** The sum over the span that ends now. */
  sum(nowUs: number): number {
    const newest = Math.floor(nowUs / this.#bucketUs);
    let sum = 0;
    for (let slot = 0; slot < BUCKETS; slot++) {
      const epoch = this.#epochs[slot] ?? -1;
      if (epoch > newest - BUCKETS && epoch <= newest) sum += this.#sums[slot] ?? 0;
    }
    return sum;
  }
}
