/**
 * A readout of feature spikes as an ONNX file, for any runtime: pooled values in, a score for each class out.
 *
 *   pooled  float32 [frames, inputs]   input (cellY · grid + cellX) · features + feature: √count or count, by norm
 *   scores  float32 [frames, classes]  linear: pooled · weights + bias; by reward: the highest of a class's neurons
 *   label   int64   [frames]           the class of the highest score, of equal ones the first
 *
 * Pooling is no part of the graph: its input are counts over spikes, not a tensor. The numbers of fields and types are
 * those of onnx.proto3 (ONNX, https://onnx.ai). Pure: bytes out of a description and tensors.
 */
import type { Model } from "../model/schema.ts";
import type { LinearDescription } from "./linear.ts";
import { fillTensor, inputsOf, type Pooling } from "./pooling.ts";
import { bytesField, joinBytes, messageField, textField, uintField } from "./protobuf.ts";
import type { RewardDescription } from "./reward.ts";

/** Operators of 2020 and the container of that time: every runtime since ONNX 1.8 takes them. */
export const OPSET = 13;
const IR_VERSION = 7;

export const INPUT_NAME = "pooled";
export const SCORES_NAME = "scores";
const LABEL_NAME = "label";
/** The name of the axis of any length. */
const FRAMES = "frames";

const TYPE = { float32: 1, int64: 7 } as const;
const ATTRIBUTE = { int: 2, ints: 7 } as const;

export type ReadoutToExport = {
  readonly description: LinearDescription | RewardDescription;
  readonly tensors: Model["tensors"];
  readonly classNames?: readonly string[];
  /** Version of spikeline that the file names as its maker. */
  readonly producerVersion: string;
};

/** @throws SpikelineError READOUT_TENSOR if the model has no such readout */
export function encodeOnnxReadout({
  description,
  tensors,
  classNames,
  producerVersion,
}: ReadoutToExport): Uint8Array {
  const { pooling, kind } = description;
  const metadata: readonly (readonly [string, string])[] = [
    ["spikeline.readout", kind],
    ["spikeline.pooling", JSON.stringify(pooling)],
    ...(classNames === undefined ? [] : [["spikeline.class_names", JSON.stringify(classNames)] as const]),
  ];
  return joinBytes([
    uintField(1, IR_VERSION),
    textField(2, "spikeline"),
    textField(3, producerVersion),
    messageField(7, graph(description, tensors)),
    messageField(8, [textField(1, ""), uintField(2, OPSET)]),
    ...metadata.map(([key, value]) => messageField(14, [textField(1, key), textField(2, value)])),
  ]);
}

function graph(description: ReadoutToExport["description"], tensors: Model["tensors"]): Uint8Array[] {
  const { pooling, classes, kind } = description;
  const { nodes, initializers } =
    kind === "linear" ? linearScores(description, tensors) : rewardScores(description, tensors);
  const label = node("ArgMax", [SCORES_NAME], LABEL_NAME, [
    intAttribute("axis", 1),
    intAttribute("keepdims", 0),
  ]);
  return [
    ...[...nodes, label].map((fields) => messageField(1, fields)),
    textField(2, "readout"),
    ...initializers.map((fields) => messageField(5, fields)),
    textField(10, meaningOf(pooling)),
    messageField(11, valueInfo(INPUT_NAME, "float32", [FRAMES, inputsOf(pooling)])),
    messageField(12, valueInfo(SCORES_NAME, "float32", [FRAMES, classes])),
    messageField(12, valueInfo(LABEL_NAME, "int64", [FRAMES])),
  ];
}

type Scores = { readonly nodes: Uint8Array[][]; readonly initializers: Uint8Array[][] };

function linearScores({ pooling, classes }: LinearDescription, tensors: Model["tensors"]): Scores {
  const inputs = inputsOf(pooling);
  return {
    nodes: [node("Gemm", [INPUT_NAME, "weights", "bias"], SCORES_NAME)],
    initializers: [
      floats("weights", [inputs, classes], floatsOf("readout.weights", inputs * classes, tensors)),
      floats("bias", [classes], floatsOf("readout.bias", classes, tensors)),
    ],
  };
}

function rewardScores(description: RewardDescription, tensors: Model["tensors"]): Scores {
  const { pooling, classes, neuronsPerClass } = description;
  const inputs = inputsOf(pooling);
  const neurons = classes * neuronsPerClass;
  // 0: as many as there are frames.
  const shape = [0, classes, neuronsPerClass];
  return {
    nodes: [
      node("MatMul", [INPUT_NAME, "weights"], "potentials"),
      node("Reshape", ["potentials", "by_class"], "potentials_by_class"),
      node("ReduceMax", ["potentials_by_class"], SCORES_NAME, [
        intsAttribute("axes", [2]),
        intAttribute("keepdims", 0),
      ]),
    ],
    initializers: [
      floats("weights", [inputs, neurons], floatsOf("readout.weights", inputs * neurons, tensors)),
      tensor("by_class", {
        type: "int64",
        dims: [shape.length],
        data: BigInt64Array.from(shape.map(BigInt)),
      }),
    ],
  };
}

function floatsOf(name: string, length: number, tensors: Model["tensors"]): Float32Array {
  const data = new Float32Array(length);
  fillTensor(data, name, tensors);
  return data;
}

const node = (operator: string, inputs: readonly string[], output: string, attributes: Uint8Array[] = []) => [
  ...inputs.map((name) => textField(1, name)),
  textField(2, output),
  textField(3, output),
  textField(4, operator),
  ...attributes,
];

const intAttribute = (name: string, value: number) =>
  messageField(5, [textField(1, name), uintField(3, value), uintField(20, ATTRIBUTE.int)]);

const intsAttribute = (name: string, values: readonly number[]) =>
  messageField(5, [
    textField(1, name),
    ...values.map((value) => uintField(8, value)),
    uintField(20, ATTRIBUTE.ints),
  ]);

type TensorOf = {
  readonly type: keyof typeof TYPE;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
};

const floats = (name: string, dims: readonly number[], data: Float32Array) =>
  tensor(name, { type: "float32", dims, data });

const tensor = (name: string, { type, dims, data }: TensorOf) => [
  ...dims.map((size) => uintField(1, size)),
  uintField(2, TYPE[type]),
  textField(8, name),
  bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

const valueInfo = (name: string, type: keyof typeof TYPE, dims: readonly (number | string)[]) => [
  textField(1, name),
  messageField(2, [
    messageField(1, [
      uintField(1, TYPE[type]),
      messageField(
        2,
        dims.map((size) =>
          messageField(1, [typeof size === "string" ? textField(2, size) : uintField(1, size)]),
        ),
      ),
    ]),
  ]),
];

/** What a person or program has to feed in, in one paragraph inside the file. */
function meaningOf({ features, width, height, grid, value, norm }: Pooling): string {
  const worth = value === "sqrt" ? "the square root of how often" : "how often";
  const length = norm === "l2" ? ", each frame divided by its Euclidean length" : "";
  return (
    `${INPUT_NAME}[frame][(cellY * ${grid} + cellX) * ${features} + feature] is ${worth} the feature spoke in the cell` +
    `${length}; cellX = floor(x * ${grid} / ${width}), cellY = floor(y * ${grid} / ${height}).`
  );
}
