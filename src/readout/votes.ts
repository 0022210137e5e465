/** What a vote says, and the checks around it: the plain functions of vote.ts. */
import { usageError } from "../core/errors.ts";
import type { Model } from "../model/schema.ts";

export type Vote = {
  /** Undefined when no named neuron fired. */
  readonly label: number | undefined;
  /** Share of the first class minus that of the second, 0..1. */
  readonly margin: number;
  /** Share of the first class, 0..1. Not calibrated: 0.6 does not mean right in 6 of 10 frames. */
  readonly confidence: number;
  /** Score of each class divided by their sum, or all 0 when nothing voted. */
  readonly shares: readonly number[];
};

const UNNAMED = -1;

/** The highest score wins; of equal ones the lowest class index. */
export function voteOf(score: Float64Array): Vote {
  let sum = 0;
  let best = 0;
  let first = 0;
  let second = 0;
  for (let label = 0; label < score.length; label++) {
    const value = score[label] ?? 0;
    sum += value;
    if (value > first) {
      second = first;
      first = value;
      best = label;
    } else if (value > second) second = value;
  }
  const shares = new Array<number>(score.length).fill(0);
  if (sum === 0) return { label: undefined, margin: 0, confidence: 0, shares };
  for (let label = 0; label < score.length; label++) shares[label] = (score[label] ?? 0) / sum;
  return { label: best, margin: (first - second) / sum, confidence: first / sum, shares };
}

export function checkLabels(labels: ArrayLike<number>, classes: number): void {
  for (let frame = 0; frame < labels.length; frame++) {
    const label = labels[frame] ?? UNNAMED;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw usageError(
      "READOUT_LABEL",
      `Expected labels from 0 to ${classes - 1} for the readout, but frame ${frame} has ${label}.`,
    );
  }
}

/** Fills the state from a model's tensor. */
export function fill(target: Float64Array | Int32Array, name: string, tensors: Model["tensors"]): void {
  const data = tensors.get(name)?.data;
  if (data?.constructor !== target.constructor || data.length !== target.length) {
    const type = target instanceof Int32Array ? "int32" : "float64";
    throw usageError("READOUT_TENSOR", `Expected ${name} as ${target.length} ${type} numbers in the model.`);
  }
  target.set(data);
}
