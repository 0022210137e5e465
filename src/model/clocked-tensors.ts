/** What a model of a clocked network must hold, and the ranges of its values. */
import type { Dtype } from "./safetensors-header.ts";
import type { Model, ModelDescription, Tensor } from "./schema.ts";
import { checkRanges, dataOf, type Expected, type Range, refuseFirst, tensorError } from "./tensor-checks.ts";

/** Room for the rounding of weight × scale in float32. */
const WEIGHT_TOLERANCE = 1e-5;
/** Words of state of the network's counters; the first four are its random generator. */
const COUNTERS = 8;
const GENERATOR_WORDS = 4;

/** The age of an input or neuron whose trace is gone. */
const NEVER = -1;
/** The class of a neuron that was given no name, the group of one that is in none. */
const NO_CLASS = -1;
const MOST_NEURONS = 2 ** 16;
const LONGEST_AGE_STEPS = 2 ** 24;
const LONGEST_REFRACTORY_STEPS = 2 ** 16;
/** The kernel refuses larger floats (native/kernel/clocked_state.cpp); its products stay finite below it. */
const HUGE = 1e20;
const HUGE_SUM = 9e29;
const LEAST_SCALE = 1e-20;

const RANGES: readonly Range[] = [
  ["layer0.weights", [0, HUGE]],
  ["layer0.scale", [LEAST_SCALE, HUGE]],
  ["layer0.sum", [0, HUGE_SUM]],
  ["layer0.theta", [0, HUGE]],
  ["layer0.membrane", [-HUGE, HUGE]],
  ["layer0.refractory", [0, LONGEST_REFRACTORY_STEPS]],
  ["layer0.preAge", [NEVER, LONGEST_AGE_STEPS]],
  ["layer0.postAge", [NEVER, LONGEST_AGE_STEPS]],
  ["readout.response", [0, Number.MAX_VALUE]],
  ["readout.seen", [0, Number.MAX_VALUE]],
  ["readout.group", [NO_CLASS, MOST_NEURONS]],
];

export function clockedTensors({ layers, readout }: ModelDescription): Map<string, Expected> {
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
    ["readout.given", { dtype: "I32", shape: [neurons] }],
    ["readout.group", { dtype: "I32", shape: [neurons] }],
  ]);
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkClockedValues(model: Model, name: string): void {
  checkRanges(model, name, RANGES);
  if (
    dataOf(model, "layer0.counters")
      .subarray(0, GENERATOR_WORDS)
      .every((word) => word === 0)
  ) {
    throw tensorError(name, '"layer0.counters" with a state of the random generator', "found only zeros");
  }
  const classes = model.description.readout.classNames.length;
  refuseFirst(model, name, {
    tensorName: "readout.given",
    range: `from ${NO_CLASS} to ${classes - 1}`,
    at: dataOf(model, "readout.given").findIndex((label) => !(label >= NO_CLASS && label < classes)),
  });
  const [{ synapses }] = model.description.layers;
  if (synapses.weights !== "float32") return;
  // Scaling to a sum may lift a weight over wMax until it is next learned, but never over the sum itself.
  const most = Math.max(synapses.wMax, synapses.normalisedSum ?? 0);
  refuseFirst(model, name, {
    tensorName: "layer0.weights",
    range: `times "layer0.scale" from 0 to ${most}`,
    at: weightOutside(dataOf(model, "layer0.weights"), dataOf(model, "layer0.scale"), most),
  });
}

/** Index of the first weight that, scaled, is not within 0..most, or -1. */
function weightOutside(weights: Tensor["data"], scale: Tensor["data"], most: number): number {
  const mostRounded = most * (1 + WEIGHT_TOLERANCE);
  for (let row = 0; row < weights.length; row += scale.length) {
    for (let neuron = 0; neuron < scale.length; neuron++) {
      const weight = (weights[row + neuron] ?? 0) * (scale[neuron] ?? 0);
      if (!(weight >= 0 && weight <= mostRounded)) return row + neuron;
    }
  }
  return -1;
}
