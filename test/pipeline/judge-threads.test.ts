import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";
import { defer, lastValueFrom, take } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { batches } from "../../src/datasets/labelled-frames.ts";
import type { WaveModel } from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { evaluateOnThreads } from "../../src/pipeline/judge-threads.ts";
import { evaluateWaves } from "../../src/pipeline/wave-trainer.ts";
import { createReadout, restoreReadout } from "../../src/readout/feature-readout.ts";
import { drawStrokes, tinyWaveDescription } from "../model/tiny-wave-model.ts";
import { temporaryFolder } from "../sensors/recording-world.ts";

let folder = "";
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const drawn = drawStrokes(120, Random.fromKey(3));
/** As files are read: in a Buffer, whose slices share its memory. */
const strokes = { ...drawn, images: Buffer.from(drawn.images), count: 120 };
const strokes$ = defer(() => batches(strokes, { size: 7 }));

/** A model that was taught a little, so that its answers differ. */
function taught(readoutKind: "linear" | "reward"): WaveModel {
  const description = tinyWaveDescription({ readout: readoutKind });
  const network = WaveNetwork.create(description);
  const readout = createReadout(description.readout);
  const { images, labels } = drawStrokes(200, Random.fromKey(1));
  readout.train(network.present(images), labels, { passes: 3 });
  return { description, tensors: new Map([...network.tensors(), ...readout.tensors()]) };
}

/** A thread that says it is ready and then does this with each batch. */
function thread(onBatch: string): URL {
  const path = join(folder, `${encodeURIComponent(onBatch).slice(0, 40)}.mjs`);
  writeFileSync(
    path,
    `import { parentPort } from "node:worker_threads";
    parentPort.on("message", () => { ${onBatch} });
    parentPort.postMessage(new Int16Array(0));`,
  );
  return pathToFileURL(path);
}

describe("judging on threads", () => {
  test.each([
    ["linear", 1],
    ["linear", 2],
    ["reward", 3],
  ] as const)("gives the answers of a single thread: %s readout, %d threads", async (kind, threads) => {
    const model = taught(kind);
    const network = WaveNetwork.restore(model);
    const readout = restoreReadout(model.description.readout, model.tensors);
    const alone = await lastValueFrom(evaluateWaves(strokes$, { network, readout, classes: 3 }));
    const together = await lastValueFrom(evaluateOnThreads(strokes$, { model, threads }));
    const { frames, judged, right, unanswered, accuracy, confusion } = alone;
    expect(together).toMatchObject({ frames, judged, right, unanswered, accuracy, confusion });
    expect(frames).toBe(120);
    expect(right).toBeGreaterThan(60);
    expect(together.wallUs).toBeGreaterThan(0);
  });

  test("tells when a thread dies, at its start or later, instead of waiting for ever", async () => {
    const model = taught("linear");
    const judged = (url: URL) => lastValueFrom(evaluateOnThreads(strokes$, { model, threads: 2, url }));
    const absent = pathToFileURL(join(folder, "absent.mjs"));
    await expect(judged(absent)).rejects.toMatchObject({ code: "JUDGE_THREAD", exitCode: 70 });
    await expect(judged(thread("process.exit()"))).rejects.toThrow("it ended");
    await expect(judged(thread("throw new Error('burnt')"))).rejects.toThrow("burnt");
  });

  test("leaves no thread behind when nobody listens any more", async () => {
    const model = taught("linear");
    const exits: Promise<unknown>[] = [];
    const watch = (worker: Worker) => exits.push(once(worker, "exit"));
    process.on("worker", watch);
    const first = await lastValueFrom(evaluateOnThreads(strokes$, { model, threads: 2 }).pipe(take(1)));
    process.off("worker", watch);
    expect(first.frames).toBe(7);
    expect(exits).toHaveLength(2);
    await Promise.all(exits);
  });

  test("refuses a number of threads that is none", () => {
    const model = taught("linear");
    for (const threads of [0, 1.5, 65, Number.NaN]) {
      expect(() => evaluateOnThreads(strokes$, { model, threads })).toThrow(
        expect.objectContaining({ code: "EVALUATE_THREADS" }),
      );
    }
  });
});
