/** How fast weights move: mean change of a weight in a minute, as a share of the mean weight, whatever their signs. */
import type { Clock } from "../core/clock.ts";

/** Long enough that single frames even out, short enough to follow a learner that settles. */
const SPAN_US = 10_000_000;
/** Before this much time the figure would be a guess. */
const LEAST_US = 3_000_000;
const MINUTE_US = 60_000_000;

export class WeightChange {
  readonly #clock: Clock;
  #reference: { readonly weights: Float32Array; readonly atUs: number } | undefined;
  #perMinute: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The weights were replaced, not moved. */
  forget(): void {
    this.#reference = undefined;
    this.#perMinute = undefined;
  }

  /** Keeps `weights`. Undefined while not measured; weights that do not learn do not move. */
  perMinute(weights: Float32Array, { learning }: { readonly learning: boolean }): number | undefined {
    if (!learning) {
      this.forget();
      return undefined;
    }
    const atUs = this.#clock.nowUs();
    const reference = this.#reference;
    if (reference === undefined || reference.weights.length !== weights.length) {
      this.#reference = { weights, atUs };
      return undefined;
    }
    const spanUs = atUs - reference.atUs;
    if (spanUs >= LEAST_US)
      this.#perMinute = (changeBetween(reference.weights, weights) * MINUTE_US) / spanUs;
    if (spanUs >= SPAN_US) this.#reference = { weights, atUs };
    return this.#perMinute;
  }
}

function changeBetween(before: Float32Array, now: Float32Array): number {
  let change = 0;
  let sum = 0;
  for (let i = 0; i < now.length; i++) {
    change += Math.abs((now[i] ?? 0) - (before[i] ?? 0));
    sum += Math.abs(now[i] ?? 0);
  }
  return sum === 0 ? 0 : change / sum;
}
