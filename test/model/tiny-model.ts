/** A small valid model with values that differ everywhere, for tests that need one. */
import { Random } from "../../src/core/random.ts";
import type { Model, ModelDescription, Tensor } from "../../src/model/schema.ts";

export type TinyOptions = {
  readonly inputs?: number;
  readonly neurons?: number;
  readonly classes?: number;
  readonly weights?: "float32" | "uint8";
  readonly vote?: "majority" | "proportion";
  readonly seed?: number;
  /** Recorded in the provenance: tells one generation from the next. */
  readonly framesSeen?: number;
};

export function tinyDescription(options: TinyOptions = {}): ModelDescription {
  const { inputs = 4, neurons = 3, classes = 2, weights = "float32", vote = "majority" } = options;
  return {
    format: "spikeline-model",
    version: 1,
    system: "tiny",
    seed: options.seed ?? 1,
    input: { width: inputs, height: 1 },
    encoder: { kind: "poisson", maxRateHz: 63.75, brighterHz: 31.875 },
    layers: [
      {
        kind: "clocked",
        inputs,
        neurons,
        dtMs: 1,
        neuron: {
          tauMemMs: 100,
          vLeakMv: -65,
          vResetMv: -65,
          vThresholdMv: -52,
          vExcitatoryMv: 0,
          vInhibitoryMv: -100,
          refractoryMs: 5,
          thetaPlusMv: 0.05,
          thetaInitialMv: 0,
          tauThetaMs: 1e7,
        },
        synapses: { weights, wMax: 1, initialMax: 0.3, gain: 0.02, normalisedSum: null },
        plasticity: { rule: "post-target", eta: 0.01, xTarget: 0.1, mu: 0, tauPreMs: 20 },
        competition: { kind: "soft", inhibition: 1 },
        presentation: { durationMs: 50, restMs: 10, minSpikes: 0, maxRepeats: 0 },
      },
    ],
    readout: {
      kind: "vote",
      vote,
      classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
    },
    provenance: {
      createdAt: "2026-01-01T00:00:00.000Z",
      spikelineVersion: "0.1.0",
      dataset: "made up",
      framesSeen: options.framesSeen ?? 0,
    },
    accuracy: [{ dataset: "made up", accuracy: 0.5, frames: 10 }],
  };
}

export function tinyModel(options: TinyOptions = {}): Model {
  const { inputs = 4, neurons = 3, classes = 2, weights = "float32", seed = 1 } = options;
  const random = Random.fromKey(seed);
  const units = (length: number) => Array.from({ length }, () => random.nextUnit());
  const integers = (length: number, least: number) =>
    Array.from({ length }, () => least + random.nextBelow(100));
  const synapses =
    weights === "float32"
      ? new Float32Array(units(inputs * neurons))
      : new Uint8Array(integers(inputs * neurons, 0));
  const tensors: [string, Tensor][] = [
    ["layer0.weights", { shape: [inputs, neurons], data: synapses }],
    [
      "layer0.scale",
      { shape: [neurons], data: new Float32Array(units(neurons).map((unit) => 0.5 + unit / 2)) },
    ],
    ["layer0.sum", { shape: [neurons], data: new Float64Array(units(neurons)) }],
    ["layer0.theta", { shape: [neurons], data: new Float32Array(units(neurons)) }],
    ["layer0.membrane", { shape: [neurons], data: new Float32Array(units(neurons).map((unit) => -unit)) }],
    ["layer0.refractory", { shape: [neurons], data: new Int32Array(integers(neurons, 0)) }],
    ["layer0.preAge", { shape: [inputs], data: new Int32Array(integers(inputs, -1)) }],
    ["layer0.postAge", { shape: [neurons], data: new Int32Array(integers(neurons, -1)) }],
    ["layer0.counters", { shape: [8], data: new Uint32Array(integers(8, 1)) }],
    [
      "readout.response",
      { shape: [neurons, classes], data: new Float64Array(integers(neurons * classes, 0)) },
    ],
    ["readout.seen", { shape: [classes], data: new Float64Array(integers(classes, 1)) }],
    ["readout.given", { shape: [neurons], data: new Int32Array(neurons).fill(-1) }],
    ["readout.group", { shape: [neurons], data: new Int32Array(neurons).fill(-1) }],
  ];
  return { description: tinyDescription(options), tensors: new Map(tensors) };
}

/** The model with one tensor exchanged, added or (undefined) taken away. */
export function withTensor(model: Model, name: string, tensor: Tensor | undefined): Model {
  const tensors = new Map(model.tensors);
  if (tensor === undefined) tensors.delete(name);
  else tensors.set(name, tensor);
  return { ...model, tensors };
}

/** The model with one element of one tensor set. */
export function withElement(model: Model, name: string, at: number, value: number): Model {
  const tensor = model.tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const data = tensor.data.slice();
  data[at] = value;
  return withTensor(model, name, { shape: tensor.shape, data });
}
