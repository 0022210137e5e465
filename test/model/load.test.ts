import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeModel, loadModel } from "../../src/model/load.ts";
import { encodeSafetensors } from "../../src/model/safetensors.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Model } from "../../src/model/schema.ts";
import { errorOf, rejectionOf } from "./model-error.ts";
import { tinyModel, withElement, withTensor } from "./tiny-model.ts";

const NAME = "m.safetensors";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-load-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A sound container around what may be no model. */
const containerOf = (description: unknown, tensors: Model["tensors"] = tinyModel().tensors) =>
  encodeSafetensors({ tensors, description: JSON.stringify(description) }, NAME);

const refusal = (model: Model) =>
  errorOf(() => decodeModel(containerOf(model.description, model.tensors), NAME));

/** Loading these bytes must throw one SpikelineError of a bad file, nothing else; gives its code. */
function damageCode(bytes: Uint8Array): string {
  const error = errorOf(() => decodeModel(bytes, NAME));
  if (!error.code.startsWith("MODEL_") || error.exitCode !== 65) throw error;
  return error.code;
}

describe("a saved model", () => {
  test.each(["float32", "uint8"] as const)("with %s weights comes back as it was", (weights) => {
    const model = tinyModel({ weights, inputs: 7, neurons: 5, classes: 3 });
    const loaded = decodeModel(encodeModel(model), NAME);
    expect(loaded.description).toEqual(model.description);
    expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...model.tensors].sort()));
    expect(encodeModel(loaded)).toEqual(encodeModel(model));
  });

  test("loads from a file", async () => {
    const path = join(folder, "good.safetensors");
    writeFileSync(path, encodeModel(tinyModel()));
    expect((await loadModel(path)).description).toEqual(tinyModel().description);
  });
});

describe("a damaged file", () => {
  const bytes = encodeModel(tinyModel());
  const dataAt = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

  test("is refused whichever bit of the header is flipped", () => {
    const codes = new Set<string>();
    for (let bit = 0; bit < dataAt * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      codes.add(damageCode(damaged));
    }
    // Among them flips that leave valid JSON and a valid description: only the checksum can see those.
    expect(codes).toContain("MODEL_HASH");
  });

  test("is refused whichever bit of the data is flipped", () => {
    for (let bit = dataAt * 8; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(damageCode(damaged)).toBe("MODEL_HASH");
    }
  });

  test("is refused for 5,000 random flips in a larger model", () => {
    const large = encodeModel(tinyModel({ inputs: 100, neurons: 40, classes: 10 }));
    const random = Random.fromKey(7);
    for (let trial = 0; trial < 5000; trial++) {
      const at = random.nextBelow(large.length);
      const kept = large[at] ?? 0;
      large[at] = kept ^ (1 << random.nextBelow(8));
      damageCode(large);
      large[at] = kept;
    }
    expect(decodeModel(large, NAME).tensors.size).toBe(13);
  });

  test("is refused at every length it can be cut to", () => {
    const codes = new Set<string>();
    for (let length = 0; length < bytes.length; length++) codes.add(damageCode(bytes.subarray(0, length)));
    expect([...codes]).toEqual(["MODEL_EMPTY", "MODEL_TRUNCATED"]);
  });

  test("is refused when anything follows it", () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(damageCode(longer)).toBe("MODEL_LENGTH");
  });

  test("says which bytes are missing", () => {
    const error = errorOf(() => decodeModel(bytes.subarray(0, bytes.length - 5), NAME));
    expect(error.message).toBe(
      `Expected at least ${bytes.length} bytes in ${NAME}, but the file ends at byte ${bytes.length - 5}; copy it again.`,
    );
  });
});

describe("a file that is no model of ours", () => {
  test("is named when another kind of file stands there", () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
    for (const foreign of [
      png,
      Buffer.from('{"json": "file"}'),
      Buffer.alloc(100),
      Buffer.from("#!/bin/sh\nexit\n"),
    ]) {
      expect(damageCode(foreign)).toBe("MODEL_MAGIC");
    }
  });

  test("is refused with the version it says", () => {
    const error = errorOf(() => decodeModel(containerOf({ ...tinyModel().description, version: 7 }), NAME));
    expect(error).toMatchObject({ code: "MODEL_VERSION", exitCode: 65 });
    expect(error.message).toBe(
      "Expected a model file of version 1 in m.safetensors, but it says version 7; update spikeline or make the model again.",
    );
  });

  test("is refused whatever its description is", () => {
    const { description } = tinyModel();
    const codeOf = (text: unknown) => damageCode(containerOf(text));
    expect(codeOf({ ...description, format: "other" })).toBe("MODEL_MAGIC");
    expect(codeOf({ ...description, format: { toString: 1 } })).toBe("MODEL_MAGIC");
    expect(codeOf({ ...description, version: { toString: 1 } })).toBe("MODEL_VERSION");
    expect(codeOf({ ...description, seed: -1 })).toBe("MODEL_SCHEMA");
    expect(codeOf({ ...description, surprise: true })).toBe("MODEL_SCHEMA");
    expect(codeOf([description])).toBe("MODEL_SCHEMA");
    expect(codeOf(null)).toBe("MODEL_SCHEMA");
    const twice = encodeSafetensors(
      { tensors: tinyModel().tensors, description: '{"version":1,"version":1}' },
      NAME,
    );
    expect(damageCode(twice)).toBe("MODEL_SCHEMA");
  });

  test("is refused with the place of what is wrong in its description", () => {
    const { description } = tinyModel();
    const [layer] = description.layers;
    const wrong = { ...description, layers: [{ ...layer, dtMs: -1 }] };
    expect(errorOf(() => decodeModel(containerOf(wrong), NAME)).message).toContain("at layers.0.dtMs");
  });
});

describe("tensors that do not fit the description", () => {
  const model = tinyModel();

  test.each([...model.tensors.keys()])(
    "are refused without %s, with another shape or another type of it",
    (name) => {
      const tensor = model.tensors.get(name);
      const length = tensor?.data.length ?? 0;
      const refusals = [
        withTensor(model, name, undefined),
        withTensor(model, name, { shape: [length, 1, 1], data: tensor?.data ?? new Uint8Array(0) }),
        withTensor(model, name, { shape: tensor?.shape ?? [], data: new Uint8Array(length) }),
      ].map(refusal);
      for (const error of refusals) {
        expect(error).toMatchObject({ code: "MODEL_TENSOR", exitCode: 65 });
        expect(error.message).toContain(`"${name}"`);
      }
    },
  );

  test("are refused when there is one more", () => {
    const error = refusal(withTensor(model, "layer1.weights", { shape: [1], data: new Uint8Array(1) }));
    expect(error.message).toContain('"layer1.weights" as well');
  });

  const outside: readonly (readonly [string, number])[] = [
    ["layer0.weights", -0.01],
    ["layer0.weights", 2.1],
    ["layer0.scale", 0],
    ["layer0.scale", -1],
    ["layer0.scale", 1e-40],
    ["layer0.sum", -1],
    ["layer0.theta", -0.5],
    ["layer0.membrane", 1e30],
    ["layer0.refractory", -1],
    ["layer0.preAge", -2],
    ["layer0.postAge", -2],
    ["layer0.postAge", 2 ** 25],
    ["readout.response", -1],
    ["readout.seen", -1],
    ["readout.given", -2],
    ["readout.given", 2],
    ["readout.group", -2],
  ];
  test.each(outside)("are refused when an element of %s is %d", (name, value) => {
    const error = refusal(withElement(model, name, 1, value));
    expect(error).toMatchObject({ code: "MODEL_TENSOR", exitCode: 65 });
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).toContain("element 1 is");
  });

  test("are refused when the random generator has no state", () => {
    const counters = { shape: [8], data: new Uint32Array([0, 0, 0, 0, 5, 5, 5, 5]) };
    expect(refusal(withTensor(model, "layer0.counters", counters)).code).toBe("MODEL_TENSOR");
  });

  test("may hold a weight that rounding or scaling to a sum has lifted over wMax", () => {
    const scaled = withTensor(model, "layer0.scale", { shape: [3], data: new Float32Array(3).fill(1) });
    const rounded = withElement(scaled, "layer0.weights", 0, 1.000005);
    expect(decodeModel(encodeModel(rounded), NAME).tensors.size).toBe(13);
    const { description } = model;
    const [layer] = description.layers;
    const synapses = { ...layer.synapses, normalisedSum: 1.5 };
    const lifted = withElement(scaled, "layer0.weights", 0, 1.4);
    const normalised: Model = {
      ...lifted,
      description: { ...description, layers: [{ ...layer, synapses }] },
    };
    expect(decodeModel(encodeModel(normalised), NAME).tensors.size).toBe(13);
    expect(refusal(lifted).code).toBe("MODEL_TENSOR");
  });
});

describe("a path without a model", () => {
  const rejection = (path: string) => rejectionOf(loadModel(path));

  test("that leads nowhere ends with exit code 66", async () => {
    const error = await rejection(join(folder, "absent.safetensors"));
    expect(error).toMatchObject({ code: "MODEL_MISSING", exitCode: 66 });
    writeFileSync(join(folder, "file"), "x");
    expect(await rejection(join(folder, "file", "m"))).toMatchObject({ code: "MODEL_MISSING", exitCode: 66 });
  });

  test("that is an empty file ends with exit code 65", async () => {
    writeFileSync(join(folder, "empty"), "");
    expect(await rejection(join(folder, "empty"))).toMatchObject({ code: "MODEL_EMPTY", exitCode: 65 });
  });

  test("that is a directory or a device ends with exit code 74", async () => {
    mkdirSync(join(folder, "directory"));
    const error = await rejection(join(folder, "directory"));
    expect(error).toMatchObject({ code: "MODEL_NOT_A_FILE", exitCode: 74 });
    expect(error.message).toContain("a directory");
    expect(await rejection("/dev/zero")).toMatchObject({ code: "MODEL_NOT_A_FILE", exitCode: 74 });
  });

  test("that is a pipe nobody writes to does not wait for a writer", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await rejection(join(folder, "pipe"))).toMatchObject({ code: "MODEL_NOT_A_FILE", exitCode: 74 });
  });

  test("that the system cannot take ends with exit code 74", async () => {
    expect(await rejection(join(folder, "n".repeat(300)))).toMatchObject({
      code: "MODEL_READ",
      exitCode: 74,
    });
    expect(await rejection("with\0nul")).toMatchObject({ code: "MODEL_READ", exitCode: 74 });
  });

  test("whose file is over 1 GiB is refused before it is read", async () => {
    const path = join(folder, "huge");
    writeFileSync(path, "");
    truncateSync(path, 2 ** 30 + 1);
    expect(await rejection(path)).toMatchObject({ code: "MODEL_TOO_LARGE", exitCode: 65 });
  });
});
