/** What the pipeline thread saves while it runs; runs the compiled worker, so build first (npm test does). */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newestGeneration } from "../../src/model/generations.ts";
import { decodeModel } from "../../src/model/load.ts";
import { LiveClockedModel } from "../../src/pipeline/live-clocked-model.ts";
import type { StartOptions } from "../../src/pipeline/messages.ts";
import { startWorker } from "../../src/pipeline/start-worker.ts";
import { nmnistBytes, wanderingWords } from "../formats/nmnist-bytes.ts";
import { temporaryFolder, writeRecordings } from "../sensors/recording-world.ts";
import { description, toySource, until } from "./worker-world.ts";

let folder: string;
let base: string;
beforeEach(() => {
  folder = temporaryFolder();
  base = join(folder, "mine.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (over: Partial<StartOptions> = {}) =>
  startWorker({
    source: toySource(folder),
    model: { description: description(3, 20) },
    learn: false,
    checkpoints: base,
    ...over,
  });

/** A source that goes on until it is stopped. */
const endless = () => toySource(folder, { speed: 1, passes: Number.POSITIVE_INFINITY });

const newest = async () => {
  const { newest: generation, skipped } = await newestGeneration(base);
  if (generation === undefined) throw new Error("Expected a generation.");
  expect(skipped).toEqual([]);
  return generation;
};
const filesBeside = () =>
  readdirSync(folder, { recursive: true }).filter((path) => !String(path).endsWith(".bs2"));

describe("the checkpoints of the pipeline thread", () => {
  it("are written at the end, when something was learned: what the result holds, bit for bit", async () => {
    const { model, checkpoint } = await start({ learn: true, wantModel: true }).result;
    expect(checkpoint).toMatchObject({ saved: 1, fault: undefined, skipped: 0 });
    const generation = await newest();
    expect(checkpoint?.path).toBe(generation.path);
    expect(statSync(generation.path).size).toBe(model?.byteLength);
    const saved = decodeModel(generation.bytes, "saved");
    const told = decodeModel(model ?? new Uint8Array(0), "told");
    expect(saved.tensors).toEqual(told.tensors);
    expect(saved.description.provenance.framesSeen).toBe(9);
  });

  it("keep what was learned before the source failed", async () => {
    const whole = nmnistBytes(wanderingWords(6000, 10));
    const recordings = writeRecordings(folder, { whole, torn: whole.subarray(0, whole.length - 3) });
    const source = { kind: "recordings", name: "torn", recordings, speed: "max" } as const;
    await expect(start({ source, learn: true }).result).rejects.toThrow(/byte/);
    const saved = decodeModel((await newest()).bytes, "saved");
    expect(saved.description.provenance.framesSeen).toBeGreaterThanOrEqual(3);
  });

  it("are not written when nothing was learned and nothing was named", async () => {
    const { checkpoint } = await start().result;
    expect(checkpoint).toEqual({ saved: 0, path: undefined, fault: undefined, skipped: 0 });
    expect(filesBeside()).toEqual([]);
    const unasked = { source: toySource(folder), model: { description: description() }, learn: true };
    const untold = await startWorker(unasked).result;
    expect(untold.checkpoint).toBeUndefined();
    expect(filesBeside()).toEqual([]);
  });

  it("are written when a group was named, also when nothing was learned, and a restart knows the name", async () => {
    const pipeline = start({ source: endless() });
    await until(pipeline, ({ frames }) => frames > 0);
    pipeline.send({ kind: "name", group: 1, name: "Ada" });
    const named = await until(pipeline, ({ classNames }) => classNames.includes("Ada"));
    expect(named.learned?.groups[1]).toMatchObject({ name: "Ada", isGiven: true });
    await pipeline.stop();
    expect((await pipeline.result).checkpoint).toMatchObject({ saved: 1, fault: undefined });
    const { bytes } = await newest();
    const restored = LiveClockedModel.restore(decodeModel(bytes, "mine"));
    expect(restored.classNames.at(-1)).toBe("Ada");
    const given = [...restored.readout.given()];
    expect(given).toEqual([...new Array(10).fill(-1), ...new Array(10).fill(3)]);
    restored.dispose();

    const again = start({ source: endless(), model: { bytes, name: "mine" } });
    const known = await until(again, ({ learned }) => learned !== undefined);
    expect(known.learned?.groups).toMatchObject([{ name: undefined }, { name: "Ada", isGiven: true }]);
    await again.stop();
  });

  it("hold the last name even when the end comes while an earlier one is being saved", async () => {
    for (const learn of [false, true]) {
      const pipeline = start({ source: endless(), learn });
      await until(pipeline, ({ frames }) => frames > 0);
      pipeline.send({ kind: "name", group: 0, name: "Ada" });
      pipeline.send({ kind: "name", group: 1, name: "Bert" });
      pipeline.send({ kind: "name", group: 0, name: "Cleo" });
      await pipeline.stop();
      const { checkpoint } = await pipeline.result;
      expect(checkpoint).toMatchObject({ fault: undefined, skipped: 0 });
      const { description: saved, tensors } = decodeModel((await newest()).bytes, "mine");
      expect(saved.readout.classNames.slice(3)).toEqual(["Ada", "Bert", "Cleo"]);
      const given = tensors.get("readout.given")?.data;
      expect(given?.[0]).toBe(5);
      expect(given?.[19]).toBe(4);
    }
  });

  it("are left as they are by a reset", async () => {
    await start({ learn: true }).result;
    const before = await newest();
    const pipeline = start({ source: endless(), model: { bytes: before.bytes, name: "mine" } });
    await until(pipeline, ({ frames }) => frames > 0);
    pipeline.send({ kind: "reset" });
    await pipeline.stop();
    expect((await pipeline.result).checkpoint).toMatchObject({ saved: 0 });
    expect((await newest()).path).toBe(before.path);
  });

  it("that cannot be written are told in the snapshots, and recognition goes on", async () => {
    const pipeline = start({
      source: endless(),
      checkpoints: join(folder, "none", "deeper", "m.safetensors"),
    });
    await until(pipeline, ({ frames }) => frames > 0);
    pipeline.send({ kind: "name", group: 0, name: "Ada" });
    const told = await until(pipeline, ({ message }) => message !== undefined);
    expect(told).toMatchObject({
      state: "running",
      message: expect.stringMatching(/^Expected .*; recognition goes on\.$/),
    });
    await until(pipeline, ({ frames }) => frames > told.frames);
    await pipeline.stop();
    expect((await pipeline.result).checkpoint).toMatchObject({ saved: 0, skipped: 1 });
  });
});
