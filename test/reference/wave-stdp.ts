/**
 * Oracle of the rule of native/kernel/wave_synapses.hpp (Kheradpisheh et al. 2018): the order of spikes alone decides.
 *
 *   w += A+ · w(1 − w) if the input spoke before or with the winner, else w −= A− · w(1 − w); w stays in [0, 1]
 *   A+ = min(a_plus · 2^(frames learned / doubling_frames), a_plus_max)
 */
import type { NativeWavePlasticity } from "../../src/native/binding.ts";

const f = Math.fround;

export function learnWeight(
  w: number,
  spoke: boolean,
  rates: { readonly aPlus: number; readonly aMinus: number },
): number {
  const bound = f(w * f(1 - w));
  const change = spoke ? f(rates.aPlus * bound) : -f(rates.aMinus * bound);
  return Math.min(Math.max(f(w + change), 0), 1);
}

export function aPlusAfter(frames: number, params: NativeWavePlasticity): number {
  return Math.min(params.aPlus * 2 ** Math.floor(frames / params.doublingFrames), params.aPlusMax);
}
