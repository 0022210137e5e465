/**
 * How long something took, over about the last minute: quantiles without keeping the durations.
 * Reads no clock and allocates nothing after it is made; adding costs the same whatever came before.
 *
 * Buckets grow by a factor of 2^(1/8), and each answers with its geometric middle: a quantile from 1 µs to 100 s is off
 * by at most 2^(1/16) − 1 = 4.4 %. Shorter and longer durations count as these. Time is cut into slices of five
 * seconds; the oldest of twelve is forgotten when a new one begins, so that 55 to 60 seconds are covered.
 */

const BUCKETS_PER_OCTAVE = 8;
const MAX_US = 100_000_000;
const BUCKETS = Math.floor(BUCKETS_PER_OCTAVE * Math.log2(MAX_US)) + 1;
const SLICES = 12;
const SLICE_US = 5_000_000;

/** Over the last minute or so; microseconds. */
export type Quantiles = { readonly p50Us: number; readonly p99Us: number; readonly count: number };

export class DurationHistogram {
  /** SLICES × BUCKETS, and their sum over the slices, kept so that no quantile has to walk them all. */
  readonly #slices = new Uint32Array(SLICES * BUCKETS);
  readonly #total = new Uint32Array(BUCKETS);
  #count = 0;
  /** Number of the newest slice, counted from time 0. */
  #newest = Number.NEGATIVE_INFINITY;

  /** `nowUs` must not fall; should it, the duration counts as of the newest slice. */
  add(nowUs: number, durationUs: number): void {
    this.#forget(nowUs);
    const bucket =
      durationUs > 1 ? Math.floor(BUCKETS_PER_OCTAVE * Math.log2(Math.min(durationUs, MAX_US))) : 0;
    const at = this.#rowOf(this.#newest) + bucket;
    this.#slices[at] = (this.#slices[at] ?? 0) + 1;
    this.#total[bucket] = (this.#total[bucket] ?? 0) + 1;
    this.#count++;
  }

  /** Median and p99 by nearest rank, or undefined when nothing was added in the last minute. */
  quantiles(nowUs: number): Quantiles | undefined {
    this.#forget(nowUs);
    if (this.#count === 0) return undefined;
    return { p50Us: this.#quantile(0.5), p99Us: this.#quantile(0.99), count: this.#count };
  }

  #quantile(share: number): number {
    const rank = Math.ceil(share * this.#count);
    let below = 0;
    let bucket = -1;
    while (below < rank) below += this.#total[++bucket] ?? 0;
    return 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE);
  }

  #rowOf(slice: number): number {
    return (((slice % SLICES) + SLICES) % SLICES) * BUCKETS;
  }

  /** Begins the slices up to now, each in the place of the oldest. */
  #forget(nowUs: number): void {
    const now = Math.floor(nowUs / SLICE_US);
    for (let slice = Math.max(this.#newest + 1, now - SLICES + 1); slice <= now; slice++) {
      const row = this.#rowOf(slice);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const old = this.#slices[row + bucket] ?? 0;
        this.#total[bucket] = (this.#total[bucket] ?? 0) - old;
        this.#count -= old;
        this.#slices[row + bucket] = 0;
      }
    }
    if (now > this.#newest) this.#newest = now;
  }
}
