/** What a wave model must hold, and the ranges of its values: what the kernel takes over. */
import { checkReadoutValues, readoutTensors } from "./readout-tensors.ts";
import { checkRanges, type Expected } from "./tensor-checks.ts";
import type { WaveModel } from "./wave-schema.ts";

const CHANNELS = 2;
/** Frames learned, low and high. */
const COUNTERS = 2;
const MOST_THETA = 255;

export function waveTensors(model: WaveModel): Map<string, Expected> {
  const [{ maps, window }] = model.description.layers;
  return new Map<string, Expected>([
    ["layer0.weights", { dtype: "F32", shape: [CHANNELS, window, window, maps] }],
    ["layer0.theta", { dtype: "F32", shape: [maps] }],
    ["layer0.counters", { dtype: "U32", shape: [COUNTERS] }],
    ...readoutTensors(model),
  ]);
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkWaveValues(model: WaveModel, name: string): void {
  checkRanges(model, name, [
    ["layer0.weights", [0, 1]],
    ["layer0.theta", [1, MOST_THETA]],
  ]);
  checkReadoutValues(model, name);
}
