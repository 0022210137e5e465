/** What a wave model must hold, and the ranges of its values: what the kernel takes over. */
import { checkReadoutValues, readoutTensors } from "./readout-tensors.ts";
import { checkRanges, type Expected, type Range } from "./tensor-checks.ts";
import { MAX_POOLED_THRESHOLD, MAX_THRESHOLD, waveChannels } from "./wave-layers.ts";
import type { WaveModel } from "./wave-schema.ts";

/** Frames learned, low and high. */
const COUNTERS = 2;

export function waveTensors(model: WaveModel): Map<string, Expected> {
  const { layers } = model.description;
  const channels = waveChannels(model.description);
  return new Map<string, Expected>([
    ...layers.flatMap(({ maps, window }, at): readonly (readonly [string, Expected])[] => [
      [`layer${at}.weights`, { dtype: "F32", shape: [channels[at] ?? 0, window, window, maps] }],
      [`layer${at}.theta`, { dtype: "F32", shape: [maps] }],
      [`layer${at}.counters`, { dtype: "U32", shape: [COUNTERS] }],
    ]),
    ...readoutTensors(model),
  ]);
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkWaveValues(model: WaveModel, name: string): void {
  checkRanges(
    model,
    name,
    model.description.layers.flatMap(({ kind }, at): readonly Range[] => [
      [`layer${at}.weights`, [0, 1]],
      [`layer${at}.theta`, [1, kind === "wave" ? MAX_THRESHOLD : MAX_POOLED_THRESHOLD]],
    ]),
  );
  checkReadoutValues(model, name);
}
