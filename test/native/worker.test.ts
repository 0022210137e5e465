import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { native } from "../../src/native/binding.ts";
import { digestOf, paramsWith, stateOf } from "./world.ts";

const FRAMES = 20;
const PARAMS = paramsWith();
const PIXELS = Uint8Array.from({ length: FRAMES * PARAMS.inputs }, (_, k) => (k * 41) % 256);

/** Plain JavaScript: Node 20 runs no TypeScript in a worker, so the addon is loaded as binding.ts loads it. */
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const { ClockedNetwork } = require(workerData.nodeGypBuild)(workerData.folder);
const network = new ClockedNetwork(workerData.params);
const { pixels, frames } = workerData;
const present = () => {
  const counts = new Uint16Array(frames * workerData.params.neurons);
  network.presentImages(pixels, counts, new Uint32Array(frames), new Uint8Array(frames), true);
  return counts;
};
parentPort.postMessage(present());
if (workerData.forEver) for (;;) present();
`;

/** Calls that throw and calls that read properties: what a call asks of Node while its thread ends is refused. */
const REFUSED = `
const { parentPort, workerData } = require("node:worker_threads");
const { ClockedNetwork, kernelNames, sumAll } = require(workerData.nodeGypBuild)(workerData.folder);
const attempt = (call) => { try { call(); } catch {} };
parentPort.postMessage("ready");
for (;;) {
  attempt(() => sumAll(workerData.pixels, "many"));
  attempt(() => new ClockedNetwork({ ...workerData.params, neurons: 0 }));
  attempt(kernelNames);
}
`;

function startWorker(options: { readonly forEver: boolean; readonly code?: string }): Worker {
  return new Worker(options.code ?? WORKER, {
    eval: true,
    workerData: {
      forEver: options.forEver,
      nodeGypBuild: createRequire(import.meta.url).resolve("node-gyp-build"),
      folder: fileURLToPath(new URL("../../native", import.meta.url)),
      params: PARAMS,
      pixels: PIXELS,
      frames: FRAMES,
    },
  });
}

async function firstCounts(worker: Worker): Promise<unknown> {
  const [counts]: unknown[] = await once(worker, "message");
  return counts;
}

function presentHere() {
  const network = new native.ClockedNetwork(PARAMS);
  const counts = new Uint16Array(FRAMES * PARAMS.neurons);
  network.presentImages(PIXELS, counts, new Uint32Array(FRAMES), new Uint8Array(FRAMES), true);
  return { counts, digest: digestOf({ ...stateOf(network, PARAMS) }) };
}

describe("the addon in worker threads", () => {
  it("loads in several at once and gives the same bits as here", async () => {
    const here = presentHere();
    const workers = [1, 2, 3].map(() => startWorker({ forEver: false }));
    for (const counts of await Promise.all(workers.map(firstCounts))) expect(counts).toEqual(here.counts);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  it("lives on here and in new workers after one was terminated in the middle of its work", async () => {
    const before = presentHere();
    for (let round = 0; round < 3; round++) {
      const busy = startWorker({ forEver: true });
      await firstCounts(busy);
      await busy.terminate();
    }
    expect(presentHere()).toEqual(before);
    const next = startWorker({ forEver: false });
    expect(await firstCounts(next)).toEqual(before.counts);
    await next.terminate();
  });

  it("does not bring the process down when its thread ends while it throws or reads arguments", async () => {
    for (let round = 0; round < 60; round++) {
      const busy = startWorker({ forEver: true, code: REFUSED });
      expect(await firstCounts(busy)).toBe("ready");
      await busy.terminate();
    }
  });
});
