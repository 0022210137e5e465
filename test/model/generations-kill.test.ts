import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { newestGeneration, saveGeneration } from "../../src/model/generations.ts";
import { decodeModel } from "../../src/model/load.ts";
import { bundleProgram, killDuringSave } from "./killed-program.ts";
import { tinyModel } from "./tiny-model.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const model = (framesSeen: number) => tinyModel({ framesSeen, seed: framesSeen });

/** Frames seen of the newest generation; none may be unsound. */
async function framesOfNewest(base: string): Promise<number> {
  const { newest, skipped } = await newestGeneration(base);
  expect(skipped).toEqual([]);
  if (newest === undefined) throw new Error(`no generation of ${base}`);
  return decodeModel(newest.bytes, newest.path).description.provenance.framesSeen;
}

describe("a kill while a generation is saved", () => {
  test("leaves, 50 times, a readable newest one that is never older than the last acknowledged", async () => {
    const program = await bundleProgram("generations-forever", folder);
    const state = join(folder, "state");
    const base = join(state, "m.safetensors");
    const random = Random.fromKey(1);
    let orphans = 0;
    let found = 0;
    for (let kill = 0; kill < 50; kill++) {
      const delayMs = random.nextUnit() * 20;
      const acknowledged = await killDuringSave(program, base, { first: found + 1, delayMs });
      found = await framesOfNewest(base);
      expect(found).toBeGreaterThanOrEqual(acknowledged);
      expect(found).toBeLessThanOrEqual(acknowledged + 1);
      const names = readdirSync(state);
      const temporaries = names.filter((name) => name.endsWith(".tmp")).length;
      expect(temporaries).toBeLessThanOrEqual(1);
      expect(names.length - temporaries).toBeLessThanOrEqual(4);
      orphans += temporaries;
    }
    // Otherwise no kill hit a save while it wrote, and nothing was tested.
    expect(orphans).toBeGreaterThan(0);
    await saveGeneration(base, model(found + 1));
    expect(readdirSync(state)).toHaveLength(3);
    expect(await framesOfNewest(base)).toBe(found + 1);
  }, 120_000);

  test("leaves an orphan that the next save removes", async () => {
    const base = join(folder, "m.safetensors");
    await saveGeneration(base, model(1));
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(folder, `m.000002.safetensors.${dead}.0.0.tmp`), "x");
    await saveGeneration(base, model(2));
    expect(readdirSync(folder).sort()).toEqual(["m.000001.safetensors", "m.000002.safetensors"]);
  });
});
