/**
 * Oracle of the minimal triplet rule (after Pfister & Gerstner 2006), nearest spikes.
 *
 *   input i spikes:   as the pair rule
 *   neuron j spikes:  ΔW_ij = +η_post · x_i · y2_j      y2: a second, slower trace of j, before this spike
 */
import { potentiatePair } from "./pair.ts";
import type { ReferenceSynapses } from "./synapses.ts";

const f = Math.fround;

export function potentiateTriplet(
  synapses: ReferenceSynapses,
  neuron: number,
  options: { readonly x: Float32Array; readonly y2: number; readonly etaPost: number },
): void {
  potentiatePair(synapses, neuron, { x: options.x, factor: f(f(options.etaPost) * options.y2) });
}
