/**
 * How many ON and OFF events came when, over the last minute: samples of whatever stretches were told, read as bins.
 * Time is the page's, in milliseconds.
 */

const KEPT_MS = 60_000;
/** What a gap this long brought is not known: the counts cover only the newest picture of many. */
const GAP_MS = 500;
/** The window of the two rates. */
const SECOND_MS = 1000;

type Sample = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly on: number;
  readonly off: number;
};

export type RateBin = {
  readonly fromMs: number;
  /** Events per millisecond over what is known of the bin. */
  readonly on: number;
  readonly off: number;
};

export class RateHistory {
  #samples: Sample[] = [];
  #lastMs: number | undefined;

  /** Events since the last call. */
  add(on: number, off: number, atMs: number): void {
    const fromMs = this.#lastMs;
    this.#lastMs = atMs;
    if (fromMs === undefined || atMs - fromMs > GAP_MS || atMs <= fromMs) return;
    this.#samples.push({ fromMs, toMs: atMs, on, off });
    if ((this.#samples[0]?.toMs ?? atMs) < atMs - 2 * KEPT_MS)
      this.#samples = this.#samples.filter(({ toMs }) => toMs >= atMs - KEPT_MS);
  }

  /** Share of ON among the events of the last second, or undefined while there were none. */
  onShare(nowMs: number): number | undefined {
    let [on, off] = [0, 0];
    for (let i = this.#samples.length - 1; i >= 0; i--) {
      const sample = this.#samples[i];
      if (sample === undefined || sample.toMs < nowMs - SECOND_MS) break;
      on += sample.on;
      off += sample.off;
    }
    return on + off > 0 ? on / (on + off) : undefined;
  }

  /**
   * The bins of `binMs` that reach into the last `spanMs`, as far as something is known of them.
   * They begin at whole multiples of `binMs`, so that a bin keeps its content while it wanders.
   */
  bins(nowMs: number, spanMs: number, binMs: number): RateBin[] {
    const first = Math.floor((nowMs - spanMs) / binMs);
    const length = Math.floor(nowMs / binMs) - first + 1;
    const [on, off, known] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
    for (const sample of this.#samples) {
      const perMs = 1 / (sample.toMs - sample.fromMs);
      const last = Math.min(length - 1, Math.floor(sample.toMs / binMs) - first);
      for (let bin = Math.max(0, Math.floor(sample.fromMs / binMs) - first); bin <= last; bin++) {
        const fromMs = Math.max(sample.fromMs, (first + bin) * binMs);
        const overlapMs = Math.min(sample.toMs, (first + bin + 1) * binMs) - fromMs;
        if (overlapMs <= 0) continue;
        on[bin] = (on[bin] ?? 0) + sample.on * perMs * overlapMs;
        off[bin] = (off[bin] ?? 0) + sample.off * perMs * overlapMs;
        known[bin] = (known[bin] ?? 0) + overlapMs;
      }
    }
    const bins: RateBin[] = [];
    for (let bin = 0; bin < length; bin++) {
      const knownMs = known[bin] ?? 0;
      if (knownMs > 0)
        bins.push({
          fromMs: (first + bin) * binMs,
          on: (on[bin] ?? 0) / knownMs,
          off: (off[bin] ?? 0) / knownMs,
        });
    }
    return bins;
  }
}
