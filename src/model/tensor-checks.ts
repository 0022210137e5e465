/** Checks on the tensors of a model that those of every kind of model are made of. */
import { dataError } from "../core/errors.ts";
import type { AnyModel } from "./any-model.ts";
import { DAMAGED, type Dtype } from "./safetensors-header.ts";
import type { Tensor } from "./schema.ts";

export type Expected = { readonly dtype: Dtype; readonly shape: readonly number[] };

/** Least and most of a tensor's elements. */
export type Range = readonly [tensorName: string, bounds: readonly [least: number, most: number]];

export const tensorError = (name: string, expected: string, found: string) =>
  dataError("MODEL_TENSOR", `Expected ${expected} in ${name}, but ${found}; ${DAMAGED}.`);

/** Throws MODEL_TENSOR at the first element outside its range. */
export function checkRanges(model: AnyModel, name: string, ranges: readonly Range[]): void {
  for (const [tensorName, [least, most]] of ranges) {
    refuseFirst(model, name, {
      tensorName,
      range: `from ${least} to ${most}`,
      at: dataOf(model, tensorName).findIndex((value) => !(value >= least && value <= most)),
    });
  }
}

/** `at` is the index of the first element outside its range, or -1. */
type Finding = { readonly tensorName: string; readonly range: string; readonly at: number };

export function refuseFirst(model: AnyModel, name: string, { tensorName, range, at }: Finding): void {
  if (at < 0) return;
  const found = `element ${at} is ${dataOf(model, tensorName)[at]}`;
  throw tensorError(name, `"${tensorName}" ${range}`, found);
}

/** Only for tensors whose presence has been checked. */
export const dataOf = (model: AnyModel, tensorName: string): Tensor["data"] =>
  model.tensors.get(tensorName)?.data ?? new Uint8Array(0);
