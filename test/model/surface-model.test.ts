import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnyModel, decodeModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { isSurfaceModel, type SurfaceModel, surfaceSchema } from "../../src/model/surface-schema.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { RewardReadout } from "../../src/readout/reward.ts";
import { errorOf } from "./model-error.ts";
import { linear, reward, tinySurfaceDescription, tinySurfaceModel } from "./tiny-surface-model.ts";

const withTensor = (model: SurfaceModel, name: string, change: (tensor: Tensor) => Tensor): SurfaceModel => {
  const tensors = new Map(model.tensors);
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`no ${name}`);
  tensors.set(name, change({ ...tensor, data: tensor.data.slice() as Tensor["data"] }));
  return { ...model, tensors };
};

const withValue = (model: SurfaceModel, name: string, at: number, value: number) =>
  withTensor(model, name, (tensor) => {
    tensor.data[at] = value;
    return tensor;
  });

describe("a surface model", () => {
  test.each([
    ["linear", linear],
    ["reward", reward],
  ])("is read as it was written, and its parts are made of it: %s", (_, readout) => {
    const model = tinySurfaceModel(readout);
    const read = decodeAnyModel(encodeModel(model), "m");
    expect(read).toEqual(model);
    if (!isSurfaceModel(read)) throw new Error("not a surface model");
    const network = SurfaceNetwork.restore(read);
    expect(network.tensors().get("layer0.weights")).toEqual(model.tensors.get("layer0.weights"));
    const restored =
      readout.kind === "linear"
        ? LinearReadout.restore(readout, read.tensors)
        : RewardReadout.restore(readout, read.tensors);
    expect(restored.tensors().get("readout.weights")).toEqual(model.tensors.get("readout.weights"));
  });

  test("may bring the mean frames of its classes, of its sensor's size and from 0 to 1", () => {
    const withFrames = (shape: number[], data: Float32Array) => {
      const model = tinySurfaceModel(reward);
      return { ...model, tensors: new Map(model.tensors).set("readout.meanFrames", { shape, data }) };
    };
    const model = withFrames([2, 6, 8], new Float32Array(96).fill(0.25));
    expect(decodeAnyModel(encodeModel(model), "m")).toEqual(model);
    for (const wrong of [
      withFrames([2, 8, 6], new Float32Array(96)),
      withFrames([2, 6, 8], new Float32Array(96).fill(1.5)),
    ]) {
      expect(errorOf(() => encodeModel(wrong)).code).toBe("MODEL_TENSOR");
    }
  });

  test("is none of a clocked network, and the sentence says what it is", () => {
    const error = errorOf(() => decodeModel(encodeModel(tinySurfaceModel()), "m.safetensors"));
    expect(error.code).toBe("MODEL_KIND");
    expect(error.message).toContain("one of a surface network (tiny-surface)");
  });

  test.each([
    ["a weight over 1", withValue(tinySurfaceModel(), "layer0.weights", 0, 1.5), "from 0 to 1"],
    [
      "a weight that is no number",
      withValue(tinySurfaceModel(), "layer0.weights", 4, Number.NaN),
      "from 0 to 1",
    ],
    [
      "an unused prototype that is not 0",
      withValue(tinySurfaceModel(), "layer0.weights", 3, 0.5),
      "0 for unused",
    ],
    [
      "a used prototype after an unused one",
      withValue(tinySurfaceModel(), "layer0.wins", 1, 0),
      "unused prototypes last",
    ],
    ["a mean of too many", withValue(tinySurfaceModel(), "readout.counters", 3, 1), "from 0 to 0"],
    ["a rewarded weight of 1", withValue(tinySurfaceModel(reward), "readout.weights", 0, 1), "0.999"],
    [
      "decisions past counting",
      withValue(tinySurfaceModel(reward), "readout.counters", 1, 2 ** 20),
      "at 1 from 0",
    ],
    [
      "another shape",
      withTensor(tinySurfaceModel(), "layer0.weights", ({ data }) => ({ shape: [1, 3, 6, 4], data })),
      '"layer0.weights" as F32 [2, 3, 3, 4]',
    ],
  ])("with %s is refused before it is written", (_, model, words) => {
    const error = errorOf(() => encodeModel(model));
    expect([error.code, error.message.includes(words), error.message]).toEqual([
      "MODEL_TENSOR",
      true,
      error.message,
    ]);
  });

  test.each([
    ["pooled events", { encoder: { ...tinySurfaceDescription().encoder, pool: 2 } }, "encoder"],
    ["merged polarities", { encoder: { ...tinySurfaceDescription().encoder, polarity: "merge" } }, "encoder"],
    ["too wide a sensor", { input: { width: 257, height: 6 } }, "input"],
    ["pooling of another map", { layers: [{ ...tinySurfaceDescription().layers[0], bins: 3 }] }, "pooling"],
    ["too few names", { readout: { ...linear, classNames: ["one"] } }, "classNames"],
    [
      "a grid finer than the map",
      { readout: { ...linear, pooling: { ...linear.pooling, grid: 7 } } },
      "grid",
    ],
  ])("with %s is no valid description", (_, change, place) => {
    const { success, error } = surfaceSchema.safeParse({ ...tinySurfaceDescription(), ...change });
    expect(success).toBe(false);
    expect(error?.issues.some(({ path }) => path.includes(place))).toBe(true);
  });

  test("of any description that passes is taken by the kernel", () => {
    const whole = (min: number, max: number) => fc.integer({ min, max });
    const layer = fc.record({
      kind: fc.constant("surface"),
      prototypes: whole(1, 256),
      radius: whole(1, 7),
      polarity: fc.constantFrom("own", "both"),
      tauMs: fc.oneof(fc.constantFrom(0.1, 10_000), whole(1, 9999)),
      binMs: fc.constantFrom(0.001, 5, 1_000_000),
      bins: whole(1, 64),
      centre: fc.boolean(),
      learning: fc.record({ vigilance: fc.constantFrom(0, 0.5, 1), rate: fc.constantFrom(0, 1) }),
    });
    const property = fc.property(layer, whole(1, 40), whole(1, 40), (made, width, height) => {
      const pooling = { ...linear.pooling, grid: 1, width, height, features: made.bins * made.prototypes };
      const description = surfaceSchema.parse({
        ...tinySurfaceDescription(),
        input: { width, height },
        layers: [made],
        readout: { ...linear, pooling },
      });
      SurfaceNetwork.create(description).dispose();
    });
    fc.assert(property, { numRuns: 100 });
  });
});
