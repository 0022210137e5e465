/**
 * Oracle of native/kernel/traces.hpp: nearest-spike traces.
 *
 *   x(age) = exp(−age / tau)      age in steps since the last spike; a spike sets the trace to 1, it does not add
 *
 * From 17 tau on (below 2^-24) the trace is 0.
 */
import { expNonPositive } from "./exponential.ts";

const HORIZON_TAUS = 17;

export class ReferenceTrace {
  readonly #tauSteps: number;
  /** The first age at which the trace reads 0. */
  readonly horizon: number;

  constructor(tauSteps: number) {
    this.#tauSteps = tauSteps;
    this.horizon = Math.trunc(HORIZON_TAUS * tauSteps) + 2;
  }

  at(age: number): number {
    return age < this.horizon ? Math.fround(expNonPositive(-age / this.#tauSteps)) : 0;
  }
}
