/**
 * What a model of a given description must hold: the names, types and shapes of its tensors, and the ranges
 * of their values. Nothing more may be there, so that nothing unread travels with a model.
 */

import type { AnyModel } from "./any-model.ts";
import { checkClockedValues, clockedTensors } from "./clocked-tensors.ts";
import { dtypeOf } from "./safetensors.ts";
import type { Dtype } from "./safetensors-header.ts";
import { isSurfaceModel } from "./surface-schema.ts";
import { checkSurfaceValues, surfaceTensors } from "./surface-tensors.ts";
import { type Expected, tensorError } from "./tensor-checks.ts";
import { isWaveModel } from "./wave-schema.ts";
import { checkWaveValues, waveTensors } from "./wave-tensors.ts";

/** Throws MODEL_TENSOR unless the tensors are exactly those the description asks for, within their ranges. */
export function checkTensors(model: AnyModel, name: string): void {
  const expected = tensorsOf(model);
  for (const [tensorName, { dtype, shape }] of expected) {
    const tensor = model.tensors.get(tensorName);
    const found = tensor && formOf(dtypeOf(tensor.data), tensor.shape);
    const wanted = formOf(dtype, shape);
    if (found !== wanted) throw tensorError(name, `"${tensorName}" as ${wanted}`, `found ${found ?? "none"}`);
  }
  for (const tensorName of model.tensors.keys()) {
    if (!expected.has(tensorName)) {
      throw tensorError(
        name,
        `only the ${expected.size} tensors of a model`,
        `found "${tensorName}" as well`,
      );
    }
  }
  if (isWaveModel(model)) checkWaveValues(model, name);
  else if (isSurfaceModel(model)) checkSurfaceValues(model, name);
  else checkClockedValues(model, name);
}

function tensorsOf(model: AnyModel): ReadonlyMap<string, Expected> {
  if (isWaveModel(model)) return waveTensors(model);
  return isSurfaceModel(model) ? surfaceTensors(model) : clockedTensors(model.description);
}

const formOf = (dtype: Dtype, shape: readonly number[]) => `${dtype} [${shape.join(", ")}]`;
