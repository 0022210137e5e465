import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeAnyModel, decodeModel, loadAnyModel, loadModel } from "../../src/model/load.ts";
import { encodeSafetensors } from "../../src/model/safetensors.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { isWaveModel, type WaveModel } from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { createReadout, restoreReadout } from "../../src/readout/feature-readout.ts";
import { errorOf, rejectionOf } from "./model-error.ts";
import { tinyModel } from "./tiny-model.ts";
import {
  drawStrokes,
  tinyDeepDescription,
  tinyRewardModel,
  tinyWaveDescription,
  tinyWaveModel,
} from "./tiny-wave-model.ts";

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
  test.each([
    ["linear", tinyWaveModel()],
    ["linear, amid training", tinyWaveModel({ isAmidTraining: true })],
    ["reward", tinyRewardModel()],
  ])("comes back as it was: %s", (_, model) => {
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
    const readout = createReadout(description.readout);
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

  test.each(["linear", "reward"] as const)("goes on learning, bit for bit where it stood: %s", (readout) => {
    const description = tinyWaveDescription({ seed: 5, readout });
    const { images, labels } = drawStrokes(60, Random.fromKey(8));
    const [half, rest] = [images.subarray(0, 900), images.subarray(900)];
    const fresh = () => ({
      network: WaveNetwork.create(description),
      readout: createReadout(description.readout),
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
      readout: restoreReadout(saved.description.readout, saved.tensors),
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
