/** The readout that a wave model names: made new, or as it was saved. */

import type { FeatureReadoutDescription } from "../model/readout-schema.ts";
import type { Model } from "../model/schema.ts";
import { LinearReadout } from "./linear.ts";
import { RewardReadout } from "./reward.ts";

export type FeatureReadout = LinearReadout | RewardReadout;

/** @throws Error SPIKELINE_KERNEL if an option is out of range */
export function createReadout(description: FeatureReadoutDescription): FeatureReadout {
  return description.kind === "linear"
    ? LinearReadout.create(description)
    : RewardReadout.create(description);
}

/** @throws SpikelineError READOUT_TENSOR, Error SPIKELINE_KERNEL */
export function restoreReadout(
  description: FeatureReadoutDescription,
  tensors: Model["tensors"],
): FeatureReadout {
  return description.kind === "linear"
    ? LinearReadout.restore(description, tensors)
    : RewardReadout.restore(description, tensors);
}
