/** The readout that a wave model names: made new, or as it was saved. */
import type { Model } from "../model/schema.ts";
import type { WaveReadoutDescription } from "../model/wave-schema.ts";
import { LinearReadout } from "./linear.ts";
import { RewardReadout } from "./reward.ts";

export type WaveReadout = LinearReadout | RewardReadout;

/** @throws Error SPIKELINE_KERNEL if an option is out of range */
export function createReadout(description: WaveReadoutDescription): WaveReadout {
  return description.kind === "linear"
    ? LinearReadout.create(description)
    : RewardReadout.create(description);
}

/** @throws SpikelineError READOUT_TENSOR, Error SPIKELINE_KERNEL */
export function restoreReadout(description: WaveReadoutDescription, tensors: Model["tensors"]): WaveReadout {
  return description.kind === "linear"
    ? LinearReadout.restore(description, tensors)
    : RewardReadout.restore(description, tensors);
}
