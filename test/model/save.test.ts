import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { threadId } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeModel, loadModel } from "../../src/model/load.ts";
import { encodeModel, type SaveSystem, saveModel } from "../../src/model/save.ts";
import { bundleProgram, killDuringSave } from "./killed-program.ts";
import { errorOf, rejectionOf } from "./model-error.ts";
import { tinyModel, withElement } from "./tiny-model.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-save-"));
  path = join(folder, "m.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

const generationOf = async (file: string) => (await loadModel(file)).description.provenance.framesSeen;
const generation = (framesSeen: number) => tinyModel({ framesSeen, seed: framesSeen });

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

/** The real system, which notes its calls and lets the one called `failing` fail with `code`. */
function watchedSystem({ failing, code = "EIO" }: { failing?: string; code?: string } = {}) {
  const calls: string[] = [];
  const note = (call: string) => {
    calls.push(call);
    if (call === failing) throw systemError(code);
  };
  const kindOf = (opened: string) => (opened === folder ? "folder" : "file");
  const system: SaveSystem = {
    ...nodeFiles,
    open: async (opened, flags, mode) => {
      const kind = kindOf(opened);
      note(`open ${kind}`);
      const handle = await nodeFiles.open(opened, flags, mode);
      return {
        writeFile: async (bytes) => {
          // Half of it gets through, as when a disk fills up.
          await handle.writeFile(bytes.subarray(0, bytes.length / 2));
          note(`write ${kind}`);
          await handle.writeFile(bytes.subarray(bytes.length / 2));
        },
        sync: async () => {
          note(`fsync ${kind}`);
          await handle.sync();
        },
        close: async () => {
          await handle.close();
          note(`close ${kind}`);
        },
      };
    },
    rename: async (from, to) => {
      note("rename");
      await nodeFiles.rename(from, to);
    },
  };
  return { calls, system };
}

describe("saving", () => {
  test("writes a file that loads again, readable by everybody, and leaves nothing else", async () => {
    const umask = process.umask(0o022);
    try {
      await saveModel(path, generation(1));
    } finally {
      process.umask(umask);
    }
    expect(await generationOf(path)).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(["m.safetensors"]);
  });

  test("acknowledges only after write, fsync, rename and fsync of the folder, in this order", async () => {
    const { calls, system } = watchedSystem();
    await saveModel(path, generation(1), system);
    const file = ["open file", "write file", "fsync file", "close file"];
    expect(calls).toEqual([...file, "rename", "open folder", "fsync folder", "close folder"]);
    expect(await generationOf(path)).toBe(1);
  });

  test("writes the model as it was when it was called", async () => {
    const model = generation(1);
    const before = encodeModel(model);
    const saved = saveModel(path, model);
    model.tensors.get("layer0.weights")?.data.fill(0);
    await saved;
    expect(new Uint8Array(readFileSync(path))).toEqual(before);
  });

  test("works through a path relative to the working folder", async () => {
    const relative = basename(path);
    const cwd = process.cwd();
    process.chdir(folder);
    try {
      await saveModel(relative, generation(1));
      await saveModel(relative, generation(2));
    } finally {
      process.chdir(cwd);
    }
    expect(await generationOf(path)).toBe(2);
  });

  test("keeps one whole model when several saves to one path run at once", async () => {
    await Promise.all([1, 2, 3, 4, 5].map((number) => saveModel(path, generation(number))));
    expect([1, 2, 3, 4, 5]).toContain(await generationOf(path));
    expect(readdirSync(folder)).toEqual(["m.safetensors"]);
  });

  test("refuses a model that could not be loaded again and touches nothing", async () => {
    await saveModel(path, generation(1));
    for (const value of [Number.NaN, -1]) {
      const error = await rejectionOf(saveModel(path, withElement(generation(2), "layer0.theta", 0, value)));
      expect(error).toMatchObject({ code: "MODEL_TENSOR", exitCode: 70 });
      expect(error.message).toContain("nothing was written");
    }
    expect(await generationOf(path)).toBe(1);
  });

  test("encodes the same model to the same bytes whatever the order of its parts", () => {
    const model = tinyModel();
    const { format, ...rest } = model.description;
    const shuffled = {
      description: { ...rest, format },
      tensors: new Map([...model.tensors].reverse()),
    };
    expect(encodeModel(shuffled)).toEqual(encodeModel(model));
    expect(errorOf(() => encodeModel({ ...model, tensors: new Map() })).exitCode).toBe(70);
  });
});

describe("a save that fails", () => {
  const steps = ["open file", "write file", "fsync file", "close file", "rename"];
  test.each(steps)("at %s is not acknowledged, keeps the old model and cleans up", async (failing) => {
    await saveModel(path, generation(1));
    const { system } = watchedSystem({ failing });
    const error = await rejectionOf(saveModel(path, generation(2), system));
    expect(error).toMatchObject({ code: "MODEL_SAVE", exitCode: 74 });
    expect(error.message).toContain(
      "the disk reports an error (EIO: injected); what stood there is unchanged.",
    );
    expect(await generationOf(path)).toBe(1);
    expect(readdirSync(folder)).toEqual(["m.safetensors"]);
  });

  test.each(["open folder", "fsync folder", "close folder"])(
    "at %s is not acknowledged either",
    async (failing) => {
      await saveModel(path, generation(1));
      const { system } = watchedSystem({ failing });
      const error = await rejectionOf(saveModel(path, generation(2), system));
      expect(error).toMatchObject({ code: "MODEL_SAVE", exitCode: 74 });
      expect(error.message).toContain("a power cut may bring the older one back");
      expect(await generationOf(path)).toBe(2);
    },
  );

  test.each(["ENOSPC", "EDQUOT"])("for want of room (%s) says so", async (code) => {
    const { system } = watchedSystem({ failing: "write file", code });
    const error = await rejectionOf(saveModel(path, generation(1), system));
    expect(error).toMatchObject({ code: "MODEL_DISK_FULL", exitCode: 74 });
    expect(error.message).toContain(code === "ENOSPC" ? "the disk is full" : "the disk quota is used up");
  });

  test("because a directory stands there says so and leaves it", async () => {
    mkdirSync(path);
    const error = await rejectionOf(saveModel(path, generation(1)));
    expect(error).toMatchObject({ code: "MODEL_NOT_A_FILE", exitCode: 74 });
    expect(error.message).toContain("is a directory");
    expect(readdirSync(folder)).toEqual(["m.safetensors"]);
  });

  test("because the folder is not there says so", async () => {
    const error = await rejectionOf(saveModel(join(folder, "absent", "m.safetensors"), generation(1)));
    expect(error).toMatchObject({ code: "MODEL_SAVE", exitCode: 74 });
    expect(error.message).toContain("its folder does not exist");
  });
});

describe("what a killed save left behind", () => {
  test("is removed by the next save, but not what is alive or somebody else's", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const kept = [
      `m.safetensors.${process.ppid}.0.0.tmp`,
      `m.safetensors.${process.pid}.${threadId + 1}.0.tmp`,
      `other.safetensors.${dead}.0.0.tmp`,
      "m.safetensors.tmp",
      "m.safetensors.bak",
    ];
    const gone = [`m.safetensors.${dead}.0.12.tmp`, `m.safetensors.${process.pid}.${threadId}.999999.tmp`];
    for (const name of [...kept, ...gone]) writeFileSync(join(folder, name), "x");
    await saveModel(path, generation(1));
    expect(readdirSync(folder).sort()).toEqual([...kept, "m.safetensors"].sort());
  });

  test("does not stop the next save when it cannot be removed", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(join(folder, `m.safetensors.${dead}.0.0.tmp`));
    await saveModel(path, generation(1));
    expect(await generationOf(path)).toBe(1);
  });
});

describe("power and room", () => {
  test("50 kills during saves leave a readable model, never older than the last acknowledged", async () => {
    const program = await bundleProgram("save-forever", folder);
    const target = join(folder, "model", "m.safetensors");
    mkdirSync(dirname(target));
    const random = Random.fromKey(1);
    let orphans = 0;
    let found = 0;
    for (let kill = 0; kill < 50; kill++) {
      const delayMs = random.nextUnit() * 20;
      const acknowledged = await killDuringSave(program, target, { first: found + 1, delayMs });
      found = await generationOf(target);
      expect(found).toBeGreaterThanOrEqual(acknowledged);
      expect(found).toBeLessThanOrEqual(acknowledged + 1);
      const left = readdirSync(dirname(target)).length - 1;
      expect(left).toBeLessThanOrEqual(1);
      orphans += left;
    }
    // Otherwise no kill hit a save while it wrote, and nothing was tested.
    expect(orphans).toBeGreaterThan(0);
    await saveModel(target, generation(found + 1));
    expect(readdirSync(dirname(target))).toEqual(["m.safetensors"]);
  }, 120_000);

  test("a full disk is named, ends with exit code 74 and keeps the old model", async (context) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { encoding: "utf8" });
    if (mount.status !== 0) {
      const reason = `NOT TESTED, a full disk: mounting a tmpfs was refused (${mount.error?.message ?? mount.stderr.trim()})`;
      console.warn(reason);
      context.skip(reason);
    }
    try {
      const target = join(disk, "m.safetensors");
      const large = (framesSeen: number) => tinyModel({ inputs: 784, neurons: 200, classes: 10, framesSeen });
      await saveModel(target, large(1));
      const error = await rejectionOf(saveModel(target, large(2)));
      expect(error).toMatchObject({ code: "MODEL_DISK_FULL", exitCode: 74 });
      expect(error.message).toMatch(/^Expected to save the model .*, but the disk is full .*unchanged\.$/);
      expect(decodeModel(readFileSync(target), target).description.provenance.framesSeen).toBe(1);
      expect(readdirSync(disk)).toEqual(["m.safetensors"]);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});
