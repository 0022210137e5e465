/** Oracle: which rule a layer learns by after an output spike. The equations stand in the rules' own files. */
import type { NativeParams } from "../../src/native/binding.ts";
import { potentiatePair } from "./pair.ts";
import { learnPostTarget } from "./post-target.ts";
import type { ReferenceSynapses } from "./synapses.ts";
import { potentiateTriplet } from "./triplet.ts";

/** `x`: traces of the inputs after this step's spikes; `y2`: the slow trace of the neuron before its own spike. */
export function learnPost(
  synapses: ReferenceSynapses,
  params: NativeParams,
  spike: { readonly neuron: number; readonly x: Float32Array; readonly y2: number },
): void {
  const { rule, etaPost, xTarget, bound } = params;
  const { neuron, x, y2 } = spike;
  switch (rule) {
    case 0:
      learnPostTarget(synapses, neuron, { x, eta: etaPost, xTarget, mu: bound });
      break;
    case 1:
      potentiatePair(synapses, neuron, { x, factor: Math.fround(etaPost) });
      break;
    case 2:
      potentiateTriplet(synapses, neuron, { x, y2, etaPost });
      break;
  }
}
