/**
 * Oracle of the post-target rule (after Diehl & Cook 2015): on each spike of neuron j, for every input i
 *
 *   ΔW_ij = η · (x_i − x_target) · (w_max − W_ij)^μ        μ 0 or 1; x_i after this step's input spikes
 */
import type { ReferenceSynapses } from "./synapses.ts";

const f = Math.fround;

export function learnPostTarget(
  synapses: ReferenceSynapses,
  neuron: number,
  options: { readonly x: Float32Array; readonly eta: number; readonly xTarget: number; readonly mu: 0 | 1 },
): void {
  const { x, eta, xTarget, mu } = options;
  synapses.updateColumn(neuron, (i, w, inverse, cap) => {
    const delta = f(f(eta) * f((x[i] ?? 0) - f(xTarget)));
    // In stored units: (w_max − W) / scale = cap − w.
    return mu === 0 ? delta * inverse : delta * f(cap - w);
  });
}
