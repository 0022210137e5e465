/** How fast counters grow: a mean over about the last second, from whatever samples arrive. */

const WINDOW_MS = 1000;
/** A gap this long is a new start: nothing is known about what happened in it. */
const GAP_MS = 3000;

export class GrowthRate {
  #samples: Array<{ readonly atMs: number; readonly count: number }> = [];

  add(count: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && (count < last.count || atMs - last.atMs > GAP_MS)) this.#samples = [];
    this.#samples.push({ atMs, count });
    // Keep one sample at or beyond the window's far end.
    while ((this.#samples[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - WINDOW_MS) this.#samples.shift();
  }

  /** Per second, or undefined before half a window has been seen; 0 when nothing new came for long. */
  perSecond(nowMs: number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const spanMs = Math.max(last.atMs, nowMs - WINDOW_MS) - first.atMs;
    return spanMs < WINDOW_MS / 2 ? undefined : (1000 * (last.count - first.count)) / spanMs;
  }
}
