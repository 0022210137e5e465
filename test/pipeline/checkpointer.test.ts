import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ioError } from "../../src/core/errors.ts";
import { newestGeneration } from "../../src/model/generations.ts";
import { decodeModel } from "../../src/model/load.ts";
import { Checkpointer } from "../../src/pipeline/checkpointer.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { captures, framesOf, world } from "./checkpointer-world.ts";

describe("the checkpointer", () => {
  it("saves when a minute has passed and something was learned, and not otherwise", async () => {
    const { checkpointer, log, tick, begun, settled } = world();
    tick(0, 0);
    tick(59.9, 5);
    expect(log).toEqual([]);
    tick(60, 6);
    expect(log).toEqual(["capture 6"]);
    (await begun()).end();
    await settled();
    expect(checkpointer.state()).toEqual({
      saved: 1,
      path: "m.safetensors 1",
      fault: undefined,
      skipped: 0,
    });
    tick(500, 6);
    expect(captures(log)).toEqual(["capture 6"]);
    tick(501, 7);
    expect(captures(log)).toEqual(["capture 6", "capture 7"]);
  });

  it("captures in the turn of the tick and encodes in a later one", async () => {
    const { log, tick, begun } = world();
    tick(60, 1);
    await Promise.resolve();
    expect(log).toEqual(["capture 1"]);
    (await begun()).end();
    expect(log).toEqual(["capture 1", "save 1"]);
  });

  it("never begins a save while one runs, and saves later what came meanwhile", async () => {
    const { log, tick, begun, settled } = world();
    tick(60, 1);
    const first = await begun();
    tick(200, 2);
    await settled();
    expect(captures(log)).toEqual(["capture 1"]);
    first.end();
    await settled();
    tick(201, 2);
    expect(captures(log)).toEqual(["capture 1", "capture 2"]);
  });

  it("keeps the pace it is given", async () => {
    const { log, tick } = world({ everyMs: 5000 });
    tick(4.9, 1);
    tick(5, 1);
    expect(log).toEqual(["capture 1"]);
  });

  it("waits longer for large models, so that at most 1 GB a day is written", async () => {
    const { log, tick, begun, settled } = world({ bytes: 10_000_000 });
    tick(60, 1);
    (await begun()).end();
    await settled();
    // 10 MB a hundred times a day is every 864 s, counted from the start of the last save.
    tick(60 + 863, 2);
    expect(captures(log)).toEqual(["capture 1"]);
    tick(60 + 864, 2);
    expect(captures(log)).toEqual(["capture 1", "capture 2"]);
  });

  it("writes at most 1 GB a day unless asked to, for any size and pace of learning", async () => {
    const arb = fc.record({
      bytes: fc.integer({ min: 1000, max: 300_000_000 }),
      step: fc.integer({ min: 10, max: 9000 }),
    });
    await fc.assert(
      fc.asyncProperty(arb, async ({ bytes, step }) => {
        const { checkpointer, log, tick, begun, settled } = world({ bytes });
        for (let second = 0, frames = 0; second <= 86_400; second += step) {
          const before = captures(log).length;
          tick(second, ++frames);
          if (captures(log).length === before) continue;
          (await begun()).end();
          await settled();
        }
        const { saved } = checkpointer.state();
        expect(saved).toBeGreaterThan(0);
        // The first save comes out of an unworn day.
        expect((saved - 1) * bytes).toBeLessThanOrEqual(1e9);
      }),
      { numRuns: 20 },
    );
  });

  it("pays for saves that were asked for by waiting before the next of its own", async () => {
    const { log, tick, now, begun, settled } = world({ bytes: 1_000_000 });
    tick(1, 1);
    for (let name = 0; name < 5; name++) {
      const named = now("named");
      (await begun()).end();
      await named;
    }
    await settled();
    // Five times 86.4 s from second 1 on.
    tick(1 + 431, 2);
    expect(captures(log)).toHaveLength(5);
    tick(1 + 432, 2);
    expect(captures(log)).toHaveLength(6);
  });
});

describe("asked to save now", () => {
  it("saves a name at once although nothing was learned, and at the end only what changed", async () => {
    const { log, now, begun } = world();
    await now("ended");
    expect(log).toEqual([]);
    const named = now("named");
    expect(log).toEqual(["capture 0"]);
    (await begun()).end();
    await named;
    await now("ended");
    expect(captures(log)).toHaveLength(1);
    const ended = now("ended", 3);
    (await begun()).end();
    await ended;
    expect(captures(log)).toEqual(["capture 0", "capture 3"]);
  });

  it("waits for the save that runs and makes one more, shared by all who asked meanwhile", async () => {
    const { checkpointer, log, tick, now, begun } = world();
    tick(60, 1);
    const first = await begun();
    const asked = Promise.all([now("named"), now("named"), now("ended", 2)]);
    expect(captures(log)).toEqual(["capture 1"]);
    first.end();
    (await begun()).end();
    await asked;
    expect(log).toEqual(["capture 1", "save 1", "capture 2", "save 2"]);
    expect(checkpointer.state()).toMatchObject({ saved: 2, path: "m.safetensors 2" });
  });

  it("only waits for the save that runs when that has everything", async () => {
    const { log, tick, now, begun } = world();
    tick(60, 1);
    const first = await begun();
    let isOver = false;
    const ended = now("ended").then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    first.end();
    await ended;
    expect(captures(log)).toEqual(["capture 1"]);
  });
});

describe("a save that fails", () => {
  const diskFull = () => ioError("MODEL_DISK_FULL", "Expected 17.0 MB free, found 1.0 MB; make room there.");

  it("is told in one line, tried again when due, and forgotten after a good one", async () => {
    const { checkpointer, log, tick, begun, settled } = world();
    tick(60, 1);
    (await begun()).fail(diskFull());
    await settled();
    const fault = "Disk full. Expected 17.0 MB free, found 1.0 MB; make room there; recognition goes on.";
    expect(checkpointer.state()).toEqual({ saved: 0, path: undefined, fault, skipped: 1 });
    tick(119, 1);
    expect(captures(log)).toHaveLength(1);
    tick(120, 1);
    expect(captures(log)).toHaveLength(2);
    expect(checkpointer.state().fault).toBe(fault);
    (await begun()).end();
    await settled();
    expect(checkpointer.state()).toEqual({
      saved: 1,
      path: "m.safetensors 1",
      fault: undefined,
      skipped: 1,
    });
  });

  it("does not reject who asked for it, and keeps the name for the next", async () => {
    const { checkpointer, log, tick, now, begun, settled } = world();
    const named = now("named");
    (await begun()).fail(ioError("MODEL_SAVE", "Expected to save, but the disk reports an error."));
    await named;
    expect(checkpointer.state().fault).toBe(
      "Expected to save, but the disk reports an error; recognition goes on.",
    );
    tick(60, 0);
    expect(captures(log)).toHaveLength(2);
    (await begun()).end();
    await settled();
    expect(checkpointer.state()).toMatchObject({ saved: 1, fault: undefined });
  });

  it("of many bytes wears the disk as well", async () => {
    const { log, modelBytes, tick, now, begun } = world({ everyMs: 0 });
    tick(0, 0);
    const named = now("named");
    (await begun()).fail(diskFull());
    await named;
    const wornSeconds = modelBytes * 86.4e-6;
    tick(wornSeconds * 0.99, 0);
    expect(captures(log)).toHaveLength(1);
    tick(wornSeconds * 1.01, 0);
    expect(captures(log)).toHaveLength(2);
  });

  it("because the model cannot be captured is a fault as well, and never thrown at the tick", async () => {
    let seconds = 0;
    const checkpointer = new Checkpointer({
      base: "m.safetensors",
      clock: { nowUs: () => seconds * 1e6, cpuUs: () => 0 },
      capture: () => {
        throw new TypeError("the network is disposed");
      },
    });
    seconds = 60;
    checkpointer.tick(1);
    await checkpointer.now("ended", 1);
    expect(checkpointer.state()).toMatchObject({
      saved: 0,
      skipped: 2,
      fault: "Expected to save the model, but the network is disposed; recognition goes on.",
    });
  });
});

describe("the real save", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-checkpointer-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("leaves three generations of which the newest holds what was learned last", async () => {
    const base = join(folder, "m.safetensors");
    let seconds = 0;
    let frames = 0;
    const checkpointer = new Checkpointer({
      base,
      clock: { nowUs: () => seconds * 1e6, cpuUs: () => 0 },
      capture: () => tinyModel({ framesSeen: frames }),
    });
    for (frames = 1; frames <= 5; frames++) {
      seconds += 60;
      checkpointer.tick(frames);
      await checkpointer.now("ended", frames);
    }
    expect(checkpointer.state()).toEqual({
      saved: 5,
      path: join(folder, "m.000005.safetensors"),
      fault: undefined,
      skipped: 0,
    });
    expect(readdirSync(folder)).toHaveLength(3);
    const { newest } = await newestGeneration(base);
    expect(newest === undefined ? 0 : framesOf(decodeModel(newest.bytes, newest.path))).toBe(5);
  });
});
