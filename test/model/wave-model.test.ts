import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeAnyModel, decodeModel, loadAnyModel, loadModel } from "../../src/model/load.ts";
import { encodeSafetensors } from "../../src/model/safetensors.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { waveMap } from "../../src/model/wave-layers.ts";
import {
  isWaveModel,
  type WaveDescription,
  type WaveModel,
  waveSchema,
} from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { errorOf, rejectionOf } from "./model-error.ts";
import { tinyModel } from "./tiny-model.ts";
import { drawStrokes, tinyDeepDescription, tinyWaveDescription, tinyWaveModel } from "./tiny-wave-model.ts";

const NAME = "w.safetensors";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-wave-model-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const containerOf = (description: unknown, tensors = tinyWaveModel().tensors) =>
  encodeSafetensors({ tensors, description: JSON.stringify(description) }, NAME);
const refusal = (description: unknown, tensors?: WaveModel["tensors"]) =>
  errorOf(() => decodeAnyModel(containerOf(description, tensors), NAME));
const sorted = (model: { readonly tensors: ReadonlyMap<string, Tensor> }) => [...model.tensors].sort();

function damageCode(bytes: Uint8Array): string {
  const error = errorOf(() => decodeAnyModel(bytes, NAME));
  if (!error.code.startsWith("MODEL_") || error.exitCode !== 65) throw error;
  return error.code;
}

function withTensor(model: WaveModel, name: string, tensor: Tensor | undefined): WaveModel["tensors"] {
  const tensors = new Map(model.tensors);
  if (tensor === undefined) tensors.delete(name);
  else tensors.set(name, tensor);
  return tensors;
}

function withElement(model: WaveModel, name: string, at: number, value: number): WaveModel["tensors"] {
  const tensor = model.tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const data = tensor.data.slice();
  data[at] = value;
  return withTensor(model, name, { shape: tensor.shape, data });
}

describe("a saved wave model", () => {
  test.each([false, true])("comes back as it was, amid training: %s", (isAmidTraining) => {
    const model = tinyWaveModel({ isAmidTraining });
    const loaded = decodeAnyModel(encodeModel(model), NAME);
    expect(loaded.description).toEqual(model.description);
    expect(sorted(loaded)).toEqual(sorted(model));
    expect(encodeModel(loaded)).toEqual(encodeModel(model));
  });

  test("is refused in one sentence where only a clocked network will do", async () => {
    const path = join(folder, "wave.safetensors");
    writeFileSync(path, encodeModel(tinyWaveModel()));
    expect((await loadAnyModel(path)).description).toEqual(tinyWaveDescription());
    const error = await rejectionOf(loadModel(path));
    expect(error).toMatchObject({ code: "MODEL_KIND", exitCode: 65 });
    expect(error.message).toBe(
      `Expected a model of a clocked network in ${path}, but it is one of a wave network (tiny-wave), which only \`spikeline eval\` and \`spikeline info\` take.`,
    );
    expect(errorOf(() => decodeModel(encodeModel(tinyWaveModel()), NAME)).code).toBe("MODEL_KIND");
  });

  test("of two layers comes back, with the tensors of both", () => {
    const description = tinyDeepDescription();
    const network = WaveNetwork.create(description);
    network.learn(drawStrokes(20, Random.fromKey(1)).images, { layer: 1 });
    const readout = LinearReadout.create(description.readout);
    const tensors = new Map([...network.tensors(), ...readout.tensors()]);
    const loaded = decodeAnyModel(encodeModel({ description, tensors }), NAME);
    expect(loaded.description).toEqual(description);
    expect(sorted(loaded)).toEqual(sorted({ tensors }));
    for (const [name, at, value] of [
      ["layer1.weights", 3, 1.5],
      ["layer1.theta", 1, 4097],
    ] as const) {
      const damaged = withElement({ description, tensors }, name, at, value);
      expect(refusal(description, damaged).message).toContain(`"${name}"`);
    }
    tensors.delete("layer1.theta");
    expect(refusal(description, tensors).code).toBe("MODEL_TENSOR");
  });

  test("stands beside clocked ones: either kind loads as any", () => {
    expect(decodeAnyModel(encodeModel(tinyModel()), NAME).description).toEqual(tinyModel().description);
  });

  test("goes on learning, network and readout, bit for bit where it stood", () => {
    const description = tinyWaveDescription({ seed: 5 });
    const { images, labels } = drawStrokes(60, Random.fromKey(8));
    const [half, rest] = [images.subarray(0, 900), images.subarray(900)];
    const fresh = () => ({
      network: WaveNetwork.create(description),
      readout: LinearReadout.create(description.readout),
    });
    const stateOf = ({ network, readout }: ReturnType<typeof fresh>) =>
      new Map([...network.tensors(), ...readout.tensors()]);
    const [whole, first] = [fresh(), fresh()];
    for (const { network, readout } of [whole, first]) {
      network.learn(half);
      readout.learn(network.present(half), labels.subarray(0, 30));
    }
    const saved = decodeAnyModel(encodeModel({ description, tensors: stateOf(first) }), NAME);
    if (!isWaveModel(saved)) throw new Error("another kind came back");
    const again = {
      network: WaveNetwork.restore(saved),
      readout: LinearReadout.restore(saved.description.readout, saved.tensors),
    };
    for (const { network, readout } of [whole, again]) {
      network.learn(rest);
      readout.learn(network.present(rest), labels.subarray(30));
    }
    expect(stateOf(again)).toEqual(stateOf(whole));
    expect(stateOf(again).get("layer0.counters")?.data).toEqual(Uint32Array.of(60, 0));
    expect(stateOf(again)).not.toEqual(stateOf(first));
  });
});

describe("a damaged wave model", () => {
  const bytes = encodeModel(tinyWaveModel({ isAmidTraining: true }));
  const dataAt = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

  test("is refused whichever bit is flipped", () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const code = damageCode(damaged);
      if (bit >= dataAt * 8) expect(code).toBe("MODEL_HASH");
    }
  });

  test("is refused at every length it can be cut to", () => {
    const codes = new Set<string>();
    for (let length = 0; length < bytes.length; length++) codes.add(damageCode(bytes.subarray(0, length)));
    expect([...codes]).toEqual(["MODEL_EMPTY", "MODEL_TRUNCATED"]);
  });

  test("is refused without any of its tensors, with another shape or type of it, and with one more", () => {
    const model = tinyWaveModel({ isAmidTraining: true });
    for (const [name, { shape, data }] of model.tensors) {
      for (const tensor of [
        undefined,
        { shape: [data.length, 1, 1], data },
        { shape, data: new Uint8Array(data.length) },
      ]) {
        expect(refusal(model.description, withTensor(model, name, tensor))).toMatchObject({
          code: "MODEL_TENSOR",
        });
      }
    }
    for (const name of ["readout.meanWeights", "layer1.weights"]) {
      const more = withTensor(tinyWaveModel(), name, { shape: [16, 3], data: new Float32Array(48) });
      expect(refusal(model.description, more).message).toContain(`"${name}" as well`);
    }
  });

  test.each([
    ["layer0.weights", 1, -0.01],
    ["layer0.weights", 1, 1.01],
    ["layer0.theta", 1, 0.9],
    ["layer0.theta", 1, 256],
    ["readout.weights", 1, 2e12],
    ["readout.bias", 1, -2e12],
    ["readout.meanWeights", 1, 2e12],
    ["readout.meanBias", 1, 2e12],
    ["readout.counters", 2, 2 ** 20 + 1],
    ["readout.counters", 3, 1],
  ])("is refused when %s has at %d the value %d", (name, at, value) => {
    const model = tinyWaveModel({ isAmidTraining: true });
    const error = refusal(model.description, withElement(model, name, at, value));
    expect(error).toMatchObject({ code: "MODEL_TENSOR", exitCode: 65 });
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).toContain(`element ${at} is`);
  });
});

describe("a description of a wave model", () => {
  const plain = tinyWaveDescription();
  const [layer] = plain.layers;
  const { readout } = plain;
  const deep = tinyDeepDescription();
  const second = deep.layers[1];
  const withSecond = (change: object) => ({ ...deep, layers: [layer, { ...second, ...change }] });
  const wrong: readonly (readonly [string, unknown])[] = [
    ["layers.0.maps", { ...plain, layers: [{ ...layer, maps: 257 }] }],
    ["layers.0.pad", { ...plain, layers: [{ ...layer, pad: 3 }] }],
    ["layers.0.thresholds", { ...plain, layers: [{ ...layer, thresholds: [2.5, 1.5] }] }],
    [
      "layers.0.learning.aPlusMax",
      { ...plain, layers: [{ ...layer, learning: { ...layer.learning, aPlus: 0.2 } }] },
    ],
    ["input", { ...plain, input: { width: 400, height: 5 } }],
    ["input", { ...plain, layers: [{ ...layer, window: 9 }] }],
    ["readout.pooling", { ...plain, readout: { ...readout, pooling: { ...readout.pooling, features: 5 } } }],
    ["readout.pooling.grid", { ...plain, readout: { ...readout, pooling: { ...readout.pooling, grid: 6 } } }],
    ["readout.classNames", { ...plain, readout: { ...readout, classNames: ["a"] } }],
    ["encoder.kind", { ...plain, encoder: tinyModel().description.encoder }],
    ["readout.kind", { ...plain, readout: tinyModel().description.readout }],
    ["layers.1.kind", { ...plain, layers: [layer, layer] }],
    ["layers", { ...deep, layers: [layer, second, second, second, second] }],
    ["layers.1", withSecond({ window: 12 })],
    ["layers.1.pad", withSecond({ pad: 3 })],
    ["layers.1.pool.stride", withSecond({ pool: { side: 1, stride: 2 } })],
    ["layers.2", { ...deep, layers: [layer, { ...second, maps: 1024, thresholds: [1, 2] }, second] }],
    ["readout.pooling", { ...deep, outputs: "all" }],
    ["outputs", { ...plain, outputs: "none" }],
    ["the top", { ...plain, surprise: true }],
  ];
  test.each(wrong)("is refused with the place of what is wrong: %s", (place, description) => {
    const error = refusal(description);
    expect(error).toMatchObject({ code: "MODEL_SCHEMA", exitCode: 65 });
    expect(error.message).toContain(`at ${place} it has`);
  });

  test("is refused with parts of a clocked one", () => {
    const { description } = tinyModel();
    expect(refusal({ ...description, layers: plain.layers }).code).toBe("MODEL_SCHEMA");
    expect(refusal({ ...plain, layers: description.layers }).code).toBe("MODEL_SCHEMA");
  });

  test("makes a network and a readout whenever it is valid", () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const side = fc.integer({ min: 1, max: 40 });
    const arbitrary = fc.record({
      input: fc.record({ width: side, height: side }),
      encoder: fc.record({
        sigmaCentre: within(0.1, 8),
        sigmaSurround: within(0.1, 8),
        contrast: within(1e-6, 1),
        mostSpikes: fc.integer({ min: 1, max: 4096 }),
      }),
      maps: fc.integer({ min: 1, max: 40 }),
      window: fc.integer({ min: 1, max: 31 }),
      pad: fc.integer({ min: 0, max: 30 }),
      thresholds: fc.array(within(1, 255), { minLength: 1, maxLength: 4 }),
      initialMean: unit,
      learning: fc.record({
        threshold: within(1, 255),
        thetaPlus: within(0, 255),
        aPlus: unit,
        aPlusMax: unit,
        aRatio: unit,
        doublingFrames: fc.integer({ min: 1, max: 0xffffffff }),
        winners: fc.integer({ min: 1, max: 256 }),
        inhibitionRadius: fc.integer({ min: 0, max: 4096 }),
      }),
      grid: fc.integer({ min: 1, max: 40 }),
      batch: fc.integer({ min: 1, max: 256 }),
    });
    let made = 0;
    fc.assert(
      fc.property(arbitrary, ({ input, encoder, learning, grid, batch, ...more }) => {
        const layers: WaveDescription["layers"] = [
          { ...layer, ...more, learning, thresholds: more.thresholds.toSorted((a, b) => a - b) },
        ];
        const pooling = {
          ...readout.pooling,
          ...waveMap({ input, encoder: { kind: "dog-rank", ...encoder }, layers }),
          grid,
        };
        const description: WaveDescription = {
          ...plain,
          input,
          encoder: { kind: "dog-rank", ...encoder },
          layers,
          readout: { ...readout, pooling, batch },
        };
        if (!waveSchema.safeParse(description).success) return;
        made++;
        WaveNetwork.create(description).dispose();
        LinearReadout.create(description.readout).dispose();
      }),
      { numRuns: 400 },
    );
    expect(made).toBeGreaterThan(10);
  });
});
