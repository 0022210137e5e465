/** The pipeline in its own thread; runs the compiled worker, so build first (npm test does). */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { lastValueFrom, NEVER, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { snapshotsOf } from "../../src/pipeline/live.ts";
import { LiveClockedModel } from "../../src/pipeline/live-clocked-model.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import type { FromPipeline, StartOptions, ToPipeline } from "../../src/pipeline/messages.ts";
import { openSource } from "../../src/pipeline/open-source.ts";
import { startWorker } from "../../src/pipeline/start-worker.ts";
import type { RecordingFolderOptions } from "../../src/sensors/recording-folder.ts";
import { nmnistBytes, wanderingWords } from "../formats/nmnist-bytes.ts";
import { temporaryFolder, writeRecordings } from "../sensors/recording-world.ts";
import { missingOf } from "./live-world.ts";
import { description, toySource, until } from "./worker-world.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const sourceOf = (over: Partial<RecordingFolderOptions> = {}) => toySource(folder, over);

describe("the pipeline thread", () => {
  it("ends with the same decisions and the same model, bit for bit, as the pipeline in this process", async () => {
    const source = sourceOf();
    const options = { source, model: { description: description() }, learn: true, wantModel: true };
    const { snapshot, model } = await startWorker(options).result;

    const mine = LiveClockedModel.create(description());
    const graph = new LiveGraph({ sensor: openSource(source), model: mine, learn: true, control$: NEVER });
    const here = await lastValueFrom(snapshotsOf(graph));
    expect(snapshot).toMatchObject({ state: "ended", frames: 9, learning: true, source: "toys" });
    // When the last events came is another matter.
    expect(snapshot.decision).toEqual({ ...here.decision, arrivedUs: snapshot.decision?.arrivedUs });
    expect(snapshot.accuracy).toEqual(here.accuracy);

    const there = decodeModel(model ?? new Uint8Array(0), "there");
    expect(there.description.provenance).toMatchObject({ framesSeen: 9, dataset: "toys" });
    const { tensors } = mine.capture({ framesLearned: graph.framesLearned, source: "toys" });
    const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const expected = encodeModel({ description: there.description, tensors });
    expect(digest(expected)).toBe(digest(encodeModel(there)));
    mine.dispose();
  });

  it("goes on from a model file's bytes", async () => {
    const fresh = { source: sourceOf(), model: { description: description() }, learn: true, wantModel: true };
    const first = await startWorker(fresh).result;
    const bytes = first.model ?? new Uint8Array(0);
    const again = { source: sourceOf(), model: { bytes, name: "mine" }, learn: false, wantModel: true };
    const second = await startWorker(again).result;
    // Nothing was learned, so what the file says of itself still holds.
    expect(decodeModel(second.model ?? bytes, "second").description).toEqual(
      decodeModel(bytes, "first").description,
    );
    expect(second.snapshot).toMatchObject({ state: "ended", learning: false, frames: 9 });
  });

  it("takes control messages while it runs and ends in good order when stopped", async () => {
    const source = sourceOf({ speed: 1, passes: Number.POSITIVE_INFINITY });
    const pipeline = startWorker({ source, model: { description: description() }, learn: false });
    await until(pipeline, ({ frames }) => frames > 0);
    pipeline.send({ kind: "learning", on: true });
    const learning = await until(pipeline, (snapshot) => snapshot.learning);
    expect(learning).toMatchObject({ state: "running", picture: { width: 34, height: 34 } });
    expect(learning.picture?.pixels.some((pixel) => pixel !== 0)).toBe(true);
    const rest = lastValueFrom(pipeline.snapshots$.pipe(toArray()));
    await Promise.all([pipeline.stop(), pipeline.stop()]);
    expect((await rest).at(-1)?.state).toBe("ended");
    expect(await pipeline.result).toMatchObject({ snapshot: { state: "ended" }, model: undefined });
    for (const stage of (await pipeline.result).snapshot.stages) expect(missingOf(stage)).toBe(0);
  });

  it("answers a failure with its code, exit code and sentence, and a last snapshot", async () => {
    const [recording] = writeRecordings(folder, {
      torn: nmnistBytes(wanderingWords(50, 10)).subarray(0, 248),
    });
    const source = sourceOf({ recordings: recording === undefined ? [] : [recording] });
    const pipeline = startWorker({ source, model: { description: description() }, learn: false });
    const snapshots = lastValueFrom(pipeline.snapshots$.pipe(toArray()));
    await expect(pipeline.result).rejects.toMatchObject({
      name: "SpikelineError",
      code: "NMNIST_TRUNCATED",
      exitCode: 65,
      message: expect.stringContaining("torn.bs2"),
    });
    expect((await snapshots).at(-1)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("byte 245"),
    });
  });

  it("refuses what cannot be started: a damaged model, labels beyond the classes", async () => {
    const source = sourceOf();
    const start = (model: StartOptions["model"]) => startWorker({ source, model, learn: false }).result;
    await expect(start({ bytes: new Uint8Array(9), name: "m" })).rejects.toMatchObject({ exitCode: 65 });
    await expect(start({ description: description(2) })).rejects.toMatchObject({
      code: "LIVE_LABELS",
      message: expect.stringContaining("found 2 for c"),
    });
  });

  it("sends no second snapshot before the first was seen, but always the last", async () => {
    const worker = new Worker(new URL("../../dist/pipeline/worker.js", import.meta.url));
    const received: FromPipeline[] = [];
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (message: FromPipeline) => received.push(message));
    const source = sourceOf({ speed: 0.5 });
    const options = { source, model: { description: description() }, learn: false };
    worker.postMessage({ kind: "start", options } satisfies ToPipeline);
    await ended;
    const states = received.map((message) =>
      message.kind === "snapshot" ? message.snapshot.state : message.kind,
    );
    expect(states).toEqual(["opening", "ended", "result"]);
    const last = received.at(-1);
    const stages = last?.kind === "result" ? last.result.snapshot.stages : [];
    const superseded = stages.find(({ name }) => name === "snapshots")?.dropped.superseded ?? 0;
    expect(superseded).toBeGreaterThan(3);
  });
});
