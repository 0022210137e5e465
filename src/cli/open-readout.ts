/** The readout that judges: the model's own, or one from an ONNX file in its place. */
import type { FeatureModel } from "../model/readout-tensors.ts";
import { type FeatureReadout, restoreReadout } from "../readout/feature-readout.ts";
import { OnnxReadout } from "../readout/onnx.ts";

/** @throws SpikelineError as OnnxReadout.open */
export async function openReadout(
  { description: { readout }, tensors }: FeatureModel,
  file: string | undefined,
): Promise<FeatureReadout | OnnxReadout> {
  return file === undefined ? restoreReadout(readout, tensors) : OnnxReadout.open(file, readout);
}
