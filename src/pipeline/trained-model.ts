/** The model as it stands after running, ready to be written: tensors of network and readout, provenance renewed. */
import { wallClockIso } from "../core/clock.ts";
import type { Model, ModelDescription } from "../model/schema.ts";
import type { SpikingNetwork } from "../network/spiking-network.ts";
import type { NeuronGroups } from "../readout/neuron-groups.ts";
import type { VoteReadout } from "../readout/vote.ts";

export function trainedModel(
  description: ModelDescription,
  parts: {
    readonly network: Pick<SpikingNetwork, "tensors">;
    readonly readout: Pick<VoteReadout, "tensors">;
    readonly groups: Pick<NeuronGroups, "tensor">;
    /** Frames shown with learning on since the description was written. */
    readonly framesLearned: number;
    /** Names what was learned from. */
    readonly source: string;
  },
): Model {
  const { network, readout, groups, framesLearned, source } = parts;
  const tensors = new Map([...network.tensors(), ...readout.tensors()]).set("readout.group", groups.tensor());
  if (framesLearned === 0) return { description, tensors };
  const { provenance } = description;
  return {
    description: {
      ...description,
      provenance: {
        ...provenance,
        createdAt: wallClockIso(),
        dataset: source.slice(0, 200),
        framesSeen: provenance.framesSeen + framesLearned,
      },
      // Measured with other weights than these.
      accuracy: [],
    },
    tensors,
  };
}
