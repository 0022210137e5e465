import { describe, expect, test } from "vitest";
import { encodeOnnxReadout } from "../../src/readout/onnx-file.ts";
import { linear, reward, tensorsOf } from "./onnx-world.ts";

const POOLING = { features: 3, width: 6, height: 5, grid: 2, value: "sqrt", norm: "l2" } as const;
const LINEAR = linear({ pooling: POOLING, classes: 4 });
const REWARD = reward({ pooling: POOLING, classes: 4, neuronsPerClass: 2 });

type Field = { readonly number: number; readonly value: number | Uint8Array };

/** The fields of one message. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = () => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = number();
    const size = number();
    if ((key & 7) === 0) fields.push({ number: key >> 3, value: size });
    else {
      fields.push({ number: key >> 3, value: bytes.subarray(at, at + size) });
      at += size;
    }
  }
  return fields;
}

const all = (bytes: Uint8Array, number: number) =>
  fieldsOf(bytes).flatMap((field) => (field.number === number ? [field.value] : []));
const inner = (bytes: Uint8Array, number: number) =>
  all(bytes, number).filter((value): value is Uint8Array => typeof value !== "number");
const words = (bytes: Uint8Array, number: number) =>
  inner(bytes, number).map((text) => new TextDecoder("utf-8", { fatal: true }).decode(text));

const graphOf = (bytes: Uint8Array) => inner(bytes, 7)[0] ?? new Uint8Array(0);
const operatorsOf = (bytes: Uint8Array) => inner(graphOf(bytes), 1).flatMap((node) => words(node, 4));

const encode = (description: typeof LINEAR | typeof REWARD, classNames?: readonly string[]) =>
  encodeOnnxReadout({
    description,
    tensors: tensorsOf(description, () => 0.5),
    producerVersion: "1.2.3",
    ...(classNames === undefined ? {} : { classNames }),
  });

describe("the ONNX file of a readout", () => {
  test("says who made it, for which operators, and the names of the classes", () => {
    const bytes = encode(LINEAR, ["one", "zwölf", "", "d"]);
    expect(all(bytes, 1)).toEqual([7]);
    expect([...words(bytes, 2), ...words(bytes, 3)]).toEqual(["spikeline", "1.2.3"]);
    expect(inner(bytes, 8).map((opset) => all(opset, 2))).toEqual([[13]]);
    const metadata = inner(bytes, 14).map((entry) => [words(entry, 1)[0], words(entry, 2)[0]]);
    expect(Object.fromEntries(metadata)).toEqual({
      "spikeline.readout": "linear",
      "spikeline.pooling": JSON.stringify(LINEAR.pooling),
      "spikeline.class_names": '["one","zwölf","","d"]',
    });
  });

  test("explains its input in words", () => {
    const [said] = words(graphOf(encode(REWARD)), 10);
    expect(said).toContain("pooled[frame][(cellY * 2 + cellX) * 3 + feature] is the square root");
    expect(said).toContain("Euclidean length; cellX = floor(x * 2 / 6), cellY = floor(y * 2 / 5).");
    const counts = linear({ pooling: { ...POOLING, value: "count", norm: "none" }, classes: 4 });
    expect(words(graphOf(encode(counts)), 10)[0]).toContain("is how often the feature spoke in the cell; ");
  });

  test("is a product for a linear readout, and its highest of each class for one by reward", () => {
    expect(operatorsOf(encode(LINEAR))).toEqual(["Gemm", "ArgMax"]);
    expect(operatorsOf(encode(REWARD))).toEqual(["MatMul", "Reshape", "ReduceMax", "ArgMax"]);
  });

  test("is not written from a model without the tensors of its readout", () => {
    const call = () => encodeOnnxReadout({ description: LINEAR, tensors: new Map(), producerVersion: "1" });
    expect(call).toThrow(expect.objectContaining({ code: "READOUT_TENSOR" }));
  });
});
