/**
 * Oracle of the pair rule, nearest spikes, additive, clipped to [0, w_max].
 *
 *   input i spikes:   ΔW_ij = −η_pre · y_j       for every j; y before this step's output spikes
 *   neuron j spikes:  ΔW_ij = +η_post · x_i      for every i; x after this step's input spikes
 */
import type { ReferenceSynapses } from "./synapses.ts";

const f = Math.fround;

export function depressPair(
  synapses: ReferenceSynapses,
  neuron: number,
  options: { readonly rows: ArrayLike<number>; readonly y: number; readonly etaPre: number },
): void {
  const delta = -f(f(options.etaPre) * options.y);
  for (const i of Array.from(options.rows)) synapses.updateOne(i, neuron, delta);
}

/** `factor` is η_post; where it or the trace is 0, nothing is drawn or written. */
export function potentiatePair(
  synapses: ReferenceSynapses,
  neuron: number,
  options: { readonly x: Float32Array; readonly factor: number },
): void {
  if (options.factor === 0) return;
  options.x.forEach((x, i) => {
    if (x > 0) synapses.updateOne(i, neuron, f(f(options.factor) * x));
  });
}
