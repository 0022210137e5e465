/**
 * What a model of a given description must hold: the names, types and shapes of its tensors, and the ranges
 * of their values. Nothing more may be there, so that nothing unread travels with a model.
 */
import { dataError } from "../core/errors.ts";
import { dtypeOf } from "./safetensors.ts";
import { DAMAGED, type Dtype } from "./safetensors-header.ts";
import type { Model, ModelDescription, Tensor } from "./schema.ts";

/** Room for the rounding of weight × scale in float32, where the product may touch wMax. */
const WEIGHT_TOLERANCE = 1e-5;
/** The age of an input or neuron that has not spiked. */
const NEVER = -1;
/** Words of state of the network's counters. */
const COUNTERS = 8;

type Expected = { readonly dtype: Dtype; readonly shape: readonly number[] };

export function expectedTensors({ layers, readout }: ModelDescription): Map<string, Expected> {
  const [{ inputs, neurons, synapses }] = layers;
  const classes = readout.classNames.length;
  const weights: Dtype = synapses.weights === "float32" ? "F32" : "U8";
  return new Map<string, Expected>([
    ["layer0.weights", { dtype: weights, shape: [inputs, neurons] }],
    ["layer0.scale", { dtype: "F32", shape: [neurons] }],
    ["layer0.sum", { dtype: "F64", shape: [neurons] }],
    ["layer0.theta", { dtype: "F32", shape: [neurons] }],
    ["layer0.membrane", { dtype: "F32", shape: [neurons] }],
    ["layer0.refractory", { dtype: "I32", shape: [neurons] }],
    ["layer0.preAge", { dtype: "I32", shape: [inputs] }],
    ["layer0.postAge", { dtype: "I32", shape: [neurons] }],
    ["layer0.counters", { dtype: "U32", shape: [COUNTERS] }],
    ["readout.response", { dtype: "F64", shape: [neurons, classes] }],
    ["readout.seen", { dtype: "F64", shape: [classes] }],
  ]);
}

/** Throws MODEL_TENSOR unless the tensors are exactly those the description asks for, within their ranges. */
export function checkTensors(model: Model, name: string): void {
  const expected = expectedTensors(model.description);
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
  checkRanges(model, name);
}

const formOf = (dtype: Dtype, shape: readonly number[]) => `${dtype} [${shape.join(", ")}]`;

const tensorError = (name: string, expected: string, found: string) =>
  dataError("MODEL_TENSOR", `Expected ${expected} in ${name}, but ${found}; ${DAMAGED}.`);

function checkRanges(model: Model, name: string): void {
  const refuseAt = (at: number, tensorName: string, range: string) => {
    if (at < 0) return;
    const found = `element ${at} is ${dataOf(model, tensorName)[at]}`;
    throw tensorError(name, `"${tensorName}" ${range}`, found);
  };
  const require = (tensorName: string, range: string, holds: (value: number) => boolean) =>
    refuseAt(
      dataOf(model, tensorName).findIndex((value) => !holds(value)),
      tensorName,
      range,
    );
  require("layer0.scale", "above 0", (value) => value > 0);
  require("layer0.theta", "of at least 0", (value) => value >= 0);
  require("layer0.preAge", `of at least ${NEVER}`, (value) => value >= NEVER);
  require("layer0.postAge", `of at least ${NEVER}`, (value) => value >= NEVER);
  require("readout.response", "of at least 0", (value) => value >= 0);
  require("readout.seen", "of at least 0", (value) => value >= 0);
  const [{ synapses }] = model.description.layers;
  if (synapses.weights !== "float32") return;
  const at = weightOutside(dataOf(model, "layer0.weights"), dataOf(model, "layer0.scale"), synapses.wMax);
  refuseAt(at, "layer0.weights", `times "layer0.scale" from 0 to ${synapses.wMax}`);
}

/** Index of the first weight that, scaled, is not within 0..wMax, or -1. */
function weightOutside(weights: Tensor["data"], scale: Tensor["data"], wMax: number): number {
  const most = wMax * (1 + WEIGHT_TOLERANCE);
  for (let row = 0; row < weights.length; row += scale.length) {
    for (let neuron = 0; neuron < scale.length; neuron++) {
      const weight = (weights[row + neuron] ?? 0) * (scale[neuron] ?? 0);
      if (!(weight >= 0 && weight <= most)) return row + neuron;
    }
  }
  return -1;
}

/** Only for tensors whose presence has been checked. */
const dataOf = (model: Model, tensorName: string): Tensor["data"] =>
  model.tensors.get(tensorName)?.data ?? new Uint8Array(0);
