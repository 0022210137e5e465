/** Readouts, feature spikes and ONNX files of many kinds for the tests of export and import. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { FeatureSpikes } from "../../src/core/feature-spikes.ts";
import { Random } from "../../src/core/random.ts";
import type { Tensor } from "../../src/model/schema.ts";
import type { LinearDescription } from "../../src/readout/linear.ts";
import { inputsOf, nativeBase, withDefaults } from "../../src/readout/pooling.ts";
import { bytesField, joinBytes, messageField, textField, uintField } from "../../src/readout/protobuf.ts";
import type { RewardDescription } from "../../src/readout/reward.ts";
import { framesOf, pool, spikesOf } from "../reference/feature-pool.ts";

export type AnyDescription = LinearDescription | RewardDescription;

type Options = Parameters<typeof withDefaults>[0];

export const linear = (options: Options): LinearDescription => ({
  kind: "linear",
  ...withDefaults(options),
  batch: 1,
  weightDecay: 0,
});

export const reward = (options: Options & { readonly neuronsPerClass: number }): RewardDescription => {
  const { neuronsPerClass, ...base } = options;
  const rule = { rule: "soft", marginGate: 1, runnerUpShare: 0, recencyPenalty: 0 } as const;
  return { kind: "reward", ...withDefaults(base), ...rule, neuronsPerClass, memory: 1, initialMax: 0.1 };
};

/** Neurons of a readout, a class side by side. */
export const neuronsOf = (description: AnyDescription) =>
  description.classes * (description.kind === "linear" ? 1 : description.neuronsPerClass);

/** A state that its readout takes, each weight from `draw`. */
export function tensorsOf(description: AnyDescription, draw: () => number): Map<string, Tensor> {
  const { pooling, classes } = description;
  const inputs = inputsOf(pooling);
  const neurons = neuronsOf(description);
  const drawn = (length: number) => Float32Array.from({ length }, draw);
  const weights: Tensor = { shape: [inputs, neurons], data: drawn(inputs * neurons) };
  const counters: Tensor = { shape: [4], data: Uint32Array.of(1, 0, 0, 0) };
  const rest: Tensor =
    description.kind === "linear"
      ? { shape: [classes], data: drawn(classes) }
      : { shape: [classes], data: new Float32Array(classes) };
  return new Map([
    ["readout.weights", weights],
    ["readout.counters", counters],
    [description.kind === "linear" ? "readout.bias" : "readout.behind", rest],
  ]);
}

/** Spikes all over the map; some frames are silent. */
export function drawSpikes(
  { pooling }: AnyDescription,
  options: { readonly frames: number; readonly seed: number; readonly most?: number },
): FeatureSpikes {
  const { frames, seed, most = 40 } = options;
  const random = Random.fromKey(seed);
  const counts = Array.from({ length: frames }, () => random.nextBelow(most));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const drawn = (below: number) => Array.from({ length: total }, () => random.nextBelow(below));
  let at = 0;
  return {
    start: Uint32Array.from([0, ...counts.map((count) => (at += count))]),
    feature: Uint16Array.from(drawn(pooling.features)),
    x: Uint8Array.from(drawn(pooling.width)),
    y: Uint8Array.from(drawn(pooling.height)),
  };
}

/**
 * By how much two ways of adding up one frame's scores in float32 may differ at most, with or without fused steps:
 * twice (n + 1)u ÷ (1 − (n + 1)u) · (|b| + Σ|v·w|) of the worst neuron, n being the inputs that are not 0 and u = 2^−24
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2002, §3.1).
 */
export function scoreBounds(
  description: AnyDescription,
  tensors: ReadonlyMap<string, Tensor>,
  spikes: FeatureSpikes,
): number[] {
  const weights = tensors.get("readout.weights")?.data ?? [];
  const bias = tensors.get("readout.bias")?.data ?? [];
  const neurons = neuronsOf(description);
  return Array.from({ length: framesOf(spikes) }, (_, frame) => {
    const list = pool(nativeBase(description), spikesOf(spikes, frame));
    const sums = Array.from({ length: neurons }, (_, n) =>
      list.reduce(
        (sum, { input, value }) => sum + Math.abs(value * (weights[input * neurons + n] ?? 0)),
        Math.abs(bias[n] ?? 0),
      ),
    );
    const share = (list.length + 1) * 2 ** -24;
    return 2 * (share / (1 - share)) * Math.max(...sums);
  });
}

/** A folder for files, removed after the tests. */
export function onnxFolder(): { readonly write: (name: string, bytes: Uint8Array) => string } {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-onnx-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    write: (name, bytes) => {
      const file = join(folder, `${name}.onnx`);
      writeFileSync(file, bytes);
      return file;
    },
  };
}

type Axes = readonly (number | string)[];
type Value = { readonly name: string; readonly axes: Axes; readonly type?: number };

/** Numbers of types in ONNX. */
export const FLOAT = 1;
export const DOUBLE = 11;

const value = ({ name, axes, type = FLOAT }: Value) => [
  textField(1, name),
  messageField(2, [
    messageField(1, [
      uintField(1, type),
      messageField(
        2,
        axes.map((size) =>
          messageField(1, [typeof size === "string" ? textField(2, size) : uintField(1, size)]),
        ),
      ),
    ]),
  ]),
];

/** Somebody's own file: every output is the input times the same weights, rows × columns. */
export function ownOnnx(options: {
  readonly input: Value;
  readonly outputs: readonly Value[];
  readonly weights: Float32Array | Float64Array;
  readonly columns: number;
}): Uint8Array {
  const { input, outputs, weights, columns } = options;
  const product = ({ name }: Value) => [
    textField(1, input.name),
    textField(1, "w"),
    textField(2, name),
    textField(4, "MatMul"),
  ];
  return joinBytes([
    uintField(1, 8),
    messageField(7, [
      ...outputs.map((output) => messageField(1, product(output))),
      textField(2, "own"),
      messageField(5, [
        uintField(1, weights.length / columns),
        uintField(1, columns),
        uintField(2, weights instanceof Float64Array ? DOUBLE : FLOAT),
        textField(8, "w"),
        bytesField(9, new Uint8Array(weights.buffer)),
      ]),
      messageField(11, value(input)),
      ...outputs.map((output) => messageField(12, value(output))),
    ]),
    messageField(8, [uintField(2, 17)]),
  ]);
}
