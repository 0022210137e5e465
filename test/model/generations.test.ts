import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GenerationSystem, newestGeneration, saveGeneration } from "../../src/model/generations.ts";
import { decodeModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { rejectionOf } from "./model-error.ts";
import { tinyModel, withElement } from "./tiny-model.ts";

let folder = "";
let base = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-generations-"));
  base = join(folder, "m.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

const model = (framesSeen: number) => tinyModel({ framesSeen, seed: framesSeen });
const files = (within = folder) => readdirSync(within).sort();
const fileOf = (number: number) => `m.${String(number).padStart(6, "0")}.safetensors`;

async function saveMany(count: number): Promise<void> {
  for (let framesSeen = 1; framesSeen <= count; framesSeen++) await saveGeneration(base, model(framesSeen));
}

/** Frames seen of the newest sound generation, read from the bytes it gives. */
async function framesOfNewest(of = base): Promise<number | undefined> {
  const { newest } = await newestGeneration(of);
  return newest && decodeModel(newest.bytes, newest.path).description.provenance.framesSeen;
}

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

/** The real system, which notes what changes the folder and lets calls fail that `fails` names. */
function watchedSystem(fails: (call: string) => boolean = () => false) {
  const calls: string[] = [];
  const note = (call: string) => {
    calls.push(call);
    if (fails(call)) throw systemError("EIO");
  };
  const system: GenerationSystem = {
    ...nodeFiles,
    open: async (path, flags, mode) => {
      const handle = await nodeFiles.open(path, flags, mode);
      return {
        writeFile: (bytes) => handle.writeFile(bytes),
        close: () => handle.close(),
        sync: async () => {
          note(`fsync ${path.endsWith(".tmp") ? "file" : basename(path)}`);
          await handle.sync();
        },
      };
    },
    rename: async (from, to) => {
      note(`rename ${basename(to)}`);
      await nodeFiles.rename(from, to);
    },
    unlink: async (path) => {
      note(`unlink ${basename(path)}`);
      await nodeFiles.unlink(path);
    },
  };
  return { calls, system };
}

const withFreeBytes = (freeBytes: number): GenerationSystem => ({
  ...nodeFiles,
  statfs: async () => ({ bavail: freeBytes / 512, bsize: 512 }),
});

describe("saving a generation", () => {
  test("numbers them from 1 beside the model, which stays as it is, and tells path and size", async () => {
    writeFileSync(base, "the model");
    const saved = await saveGeneration(base, model(1));
    expect(saved).toEqual({
      path: join(folder, "m.000001.safetensors"),
      number: 1,
      bytes: encodeModel(model(1)).length,
    });
    expect((await saveGeneration(base, model(2))).number).toBe(2);
    expect(files()).toEqual([fileOf(1), fileOf(2), "m.safetensors"]);
    expect(readFileSync(base, "utf8")).toBe("the model");
  });

  test("keeps the three newest and never gives a number of one that is there a second time", async () => {
    await saveMany(5);
    expect(files()).toEqual([fileOf(3), fileOf(4), fileOf(5)]);
    rmSync(join(folder, fileOf(4)));
    expect((await saveGeneration(base, model(6))).number).toBe(6);
    expect(files()).toEqual([fileOf(3), fileOf(5), fileOf(6)]);
    expect(await framesOfNewest()).toBe(6);
  });

  test("removes older ones only after the new one's name is on the disk", async () => {
    await saveMany(3);
    const { calls, system } = watchedSystem();
    await saveGeneration(base, model(4), system);
    const name = basename(folder);
    expect(calls).toEqual(["fsync file", `rename ${fileOf(4)}`, `fsync ${name}`, `unlink ${fileOf(1)}`]);
  });

  test("succeeds although older ones cannot be removed, and removes them next time", async () => {
    await saveMany(3);
    const { system } = watchedSystem((call) => call.startsWith("unlink"));
    await saveGeneration(base, model(4), system);
    await saveGeneration(base, model(5), system);
    expect(files()).toHaveLength(5);
    await saveGeneration(base, model(6));
    expect(files()).toEqual([fileOf(4), fileOf(5), fileOf(6)]);
  });

  test("that fails removes nothing and leaves at most one file, however often it is tried", async () => {
    await saveMany(3);
    const { system } = watchedSystem((call) => call === `fsync ${basename(folder)}`);
    for (let framesSeen = 4; framesSeen < 8; framesSeen++) {
      const error = await rejectionOf(saveGeneration(base, model(framesSeen), system));
      expect(error).toMatchObject({ code: "MODEL_SAVE", exitCode: 74 });
    }
    expect(files()).toEqual([fileOf(1), fileOf(2), fileOf(3), fileOf(4)]);
    expect((await saveGeneration(base, model(8))).number).toBe(4);
    expect(files()).toEqual([fileOf(2), fileOf(3), fileOf(4)]);
    expect(await framesOfNewest()).toBe(8);
  });

  test("writes the model as it was when it was called, and refuses one that could not be loaded", async () => {
    const changing = model(1);
    const before = encodeModel(changing);
    const saved = saveGeneration(base, changing);
    changing.tensors.get("layer0.weights")?.data.fill(0);
    expect(new Uint8Array(readFileSync((await saved).path))).toEqual(before);
    const broken = withElement(model(2), "layer0.theta", 0, Number.NaN);
    expect(await rejectionOf(saveGeneration(base, broken))).toMatchObject({ code: "MODEL_TENSOR" });
    expect(files()).toEqual([fileOf(1)]);
  });
});

describe("the folder of the generations", () => {
  test("is made when only it is missing, and its own name is put on the disk", async () => {
    const inner = join(folder, "state");
    const { calls, system } = watchedSystem();
    await saveGeneration(join(inner, "m.safetensors"), model(1), system);
    expect(files(inner)).toEqual([fileOf(1)]);
    expect(calls[0]).toBe(`fsync ${basename(folder)}`);
    const deeper = join(folder, "a", "b", "m.safetensors");
    const error = await rejectionOf(saveGeneration(deeper, model(1)));
    expect(error.message).toContain("its folder does not exist");
    expect(files()).toEqual(["state"]);
  });

  test("is not left behind when its name could not be put on the disk", async () => {
    const { system } = watchedSystem((call) => call === `fsync ${basename(folder)}`);
    const error = await rejectionOf(saveGeneration(join(folder, "state", "m.safetensors"), model(1), system));
    expect(error).toMatchObject({ code: "MODEL_SAVE" });
    expect(error.message).toMatch(/^Expected to make the folder .*state for the model, but .*EIO: injected/);
    expect(files()).toEqual([]);
  });

  test("may be the working folder", async () => {
    const cwd = process.cwd();
    process.chdir(folder);
    try {
      await saveGeneration("m.safetensors", model(1));
      await saveGeneration("m.safetensors", model(2));
      expect(await framesOfNewest("m.safetensors")).toBe(2);
    } finally {
      process.chdir(cwd);
    }
    expect(files()).toEqual([fileOf(1), fileOf(2)]);
  });

  test("that cannot be listed is a failure, not an empty one", async () => {
    const system: GenerationSystem = {
      ...nodeFiles,
      readdir: () => Promise.reject(systemError("EACCES")),
    };
    const error = await rejectionOf(saveGeneration(base, model(1), system));
    expect(error).toMatchObject({ code: "MODEL_READ", exitCode: 74 });
    expect(files()).toEqual([]);
  });

  test("keeps what is not a generation, and two models beside each other do not mix", async () => {
    const foreign = [
      "m.1.safetensors",
      "m.abc.safetensors",
      "m.000000.safetensors",
      "m.20260131.safetensors",
      "m.0000009.safetensors",
      "m.000009.safetensors.bak",
      "x.m.000009.safetensors",
    ];
    for (const name of foreign) writeFileSync(join(folder, name), "x");
    mkdirSync(join(folder, fileOf(7)));
    const longer = join(folder, "m.extra.safetensors");
    for (let framesSeen = 101; framesSeen <= 105; framesSeen++)
      await saveGeneration(longer, model(framesSeen));
    // Above the folder of number 7, which could not be replaced.
    for (const number of [8, 9, 10, 11]) {
      expect((await saveGeneration(base, model(number))).number).toBe(number);
    }
    const generations = [fileOf(9), fileOf(10), fileOf(11)];
    const longerOnes = [3, 4, 5].map((number) => `m.extra.00000${number}.safetensors`);
    expect(files()).toEqual([...foreign, fileOf(7), ...generations, ...longerOnes].sort());
    expect(await framesOfNewest()).toBe(11);
    expect(await framesOfNewest(longer)).toBe(105);
  });

  test("keeps three generations beside a folder with the name of one", async () => {
    await saveMany(3);
    mkdirSync(join(folder, fileOf(4)));
    await saveGeneration(base, model(5));
    expect(files()).toEqual([fileOf(2), fileOf(3), fileOf(4), fileOf(5)]);
  });

  test("is told to be full of numbers instead of hiding the next one", async () => {
    writeFileSync(join(folder, "m.999999.safetensors"), encodeModel(model(1)));
    expect((await saveGeneration(base, model(2))).number).toBe(1_000_000);
    expect(await framesOfNewest()).toBe(2);
    writeFileSync(join(folder, "m.9999999.safetensors"), "x");
    expect(await rejectionOf(saveGeneration(base, model(3)))).toMatchObject({ code: "MODEL_GENERATION" });
  });
});

describe("room on the disk", () => {
  const bytes = encodeModel(model(1)).length;
  // In whole blocks of 512 bytes.
  const neededBytes = Math.ceil((3 * bytes + 16 * 2 ** 20) / 512) * 512;

  test("below three copies and 16 MiB refuses the save before anything is written or removed", async () => {
    await saveMany(3);
    const error = await rejectionOf(saveGeneration(base, model(4), withFreeBytes(neededBytes - 512)));
    expect(error).toMatchObject({ code: "MODEL_DISK_FULL", exitCode: 74 });
    expect(error.message).toMatch(
      /^Expected 16\.8 MB free in .* for a generation of m\.safetensors, found 16\.8 MB; make room there\.$/,
    );
    expect(files()).toEqual([fileOf(1), fileOf(2), fileOf(3)]);
    await saveGeneration(base, model(4), withFreeBytes(neededBytes));
    expect(await framesOfNewest()).toBe(4);
  });

  test("that cannot be asked for does not stop the save", async () => {
    const system = { ...nodeFiles, statfs: () => Promise.reject(systemError("ENOSYS")) };
    expect((await saveGeneration(base, model(1), system)).number).toBe(1);
  });
});

describe("the newest generation", () => {
  test("is none where there is none", async () => {
    expect(await newestGeneration(base)).toEqual({ newest: undefined, skipped: [] });
    expect(await newestGeneration(join(folder, "absent", "m.safetensors"))).toMatchObject({ skipped: [] });
    mkdirSync(join(folder, fileOf(1)));
    expect(await newestGeneration(base)).toEqual({ newest: undefined, skipped: [] });
  });

  test("is the one before when it is cut off anywhere, and the damaged file stays", async () => {
    await saveMany(2);
    const path = join(folder, fileOf(2));
    const whole = readFileSync(path);
    const headerEnd = 8 + whole.readUInt32LE(0);
    const lengths = [0, 1, 7, 8, 9, 100, headerEnd - 1, headerEnd, headerEnd + 1, whole.length - 1];
    const longer = Buffer.concat([whole, Buffer.of(0)]);
    for (const damaged of [...lengths.map((length) => whole.subarray(0, length)), longer]) {
      writeFileSync(path, damaged);
      const { newest, skipped } = await newestGeneration(base);
      expect(newest).toMatchObject({ path: join(folder, fileOf(1)), number: 1 });
      expect(skipped).toHaveLength(1);
      expect(skipped[0]).toContain(path);
      expect(readFileSync(path)).toEqual(damaged);
    }
  });

  test("is the one before when any bit of it is flipped", async () => {
    await saveMany(2);
    const path = join(folder, fileOf(2));
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(whole);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(path, damaged);
        expect(await framesOfNewest()).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  test("is none when all are damaged, and the next save counts on above them", async () => {
    await saveMany(3);
    for (const name of files()) writeFileSync(join(folder, name), "");
    const { newest, skipped } = await newestGeneration(base);
    expect(newest).toBeUndefined();
    expect(skipped).toHaveLength(3);
    expect((await saveGeneration(base, model(9))).number).toBe(4);
    expect(await framesOfNewest()).toBe(9);
  });
});
