/** What a surface model must hold, and the ranges of its values: what the kernel takes over. */
import { checkReadoutValues, readoutTensors } from "./readout-tensors.ts";
import type { SurfaceModel } from "./surface-schema.ts";
import { checkRanges, dataOf, type Expected, type Range, refuseFirst } from "./tensor-checks.ts";

/** Where the spikes lay of frames that were answered with each class: only to be looked at; a model may be without. */
export const MEAN_FRAMES = "readout.meanFrames";
/** Events learned, low and high. */
const COUNTERS = 2;

export function surfaceTensors(model: SurfaceModel): Map<string, Expected> {
  const { input, layers, readout } = model.description;
  const [{ prototypes, radius, polarity }] = layers;
  const side = 2 * radius + 1;
  return new Map<string, Expected>([
    ["layer0.weights", { dtype: "F32", shape: [polarity === "both" ? 2 : 1, side, side, prototypes] }],
    ["layer0.wins", { dtype: "U32", shape: [prototypes] }],
    ["layer0.counters", { dtype: "U32", shape: [COUNTERS] }],
    ...readoutTensors(model),
    ...(model.tensors.has(MEAN_FRAMES)
      ? ([[MEAN_FRAMES, { dtype: "F32", shape: [readout.classes, input.height, input.width] }]] as const)
      : []),
  ]);
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkSurfaceValues(model: SurfaceModel, name: string): void {
  const seen: Range[] = model.tensors.has(MEAN_FRAMES) ? [[MEAN_FRAMES, [0, 1]]] : [];
  checkRanges(model, name, [["layer0.weights", [0, 1]], ...seen]);
  const wins = dataOf(model, "layer0.wins");
  refuseFirst(model, name, {
    tensorName: "layer0.wins",
    range: "with unused prototypes last",
    at: wins.findIndex((count, k) => count > 0 && wins[k - 1] === 0),
  });
  refuseFirst(model, name, {
    tensorName: "layer0.weights",
    range: "0 for unused prototypes",
    at: dataOf(model, "layer0.weights").findIndex((w, i) => w !== 0 && wins[i % wins.length] === 0),
  });
  checkReadoutValues(model, name);
}
