/** The main thread's end of the pipeline: starts the worker, hands out its snapshots, passes control on. */
import { Worker } from "node:worker_threads";
import { type Observable, ReplaySubject } from "rxjs";
import type { Control } from "../core/control.ts";
import { EXIT, SpikelineError } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import type { FromPipeline, PipelineResult, StartOptions, ToPipeline } from "./messages.ts";

export type PipelineWorker = {
  /** Hot; begins with the newest snapshot and completes when the pipeline is over, however it ended. */
  readonly snapshots$: Observable<Snapshot>;
  /** The end of the pipeline, or why it failed. */
  readonly result: Promise<PipelineResult>;
  send(control: Control): void;
  /** Ends the pipeline in good order, within ten seconds in any case. Idempotent. */
  stop(): Promise<void>;
};

/** A network may be in the middle of a frame, and its model be on its way to a slow disk; longer nobody waits. */
const STOP_WITHIN_MS = 10_000;

/** Batches live for milliseconds; V8's usual 48 MB for them would only fill a small box's memory. */
const YOUNG_MB = 6;

/** What is large and was told with its snapshot. */
const UNKEPT = { picture: undefined, raster: undefined, wave: undefined, learned: undefined };

/** From the sources (tests) the compiled worker runs: Node 20 loads no TypeScript. */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/pipeline/worker.js" : "./worker.js",
  import.meta.url,
);

export function startWorker(options: StartOptions, url = WORKER_URL): PipelineWorker {
  const worker = new Worker(url, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  const snapshots$ = new ReplaySubject<Snapshot>(1);
  let last: Snapshot | undefined;
  const post = (message: ToPipeline) => worker.postMessage(message);
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => resolve());
  });
  const result = new Promise<PipelineResult>((resolve, reject) => {
    worker.on("message", (message: FromPipeline) => {
      switch (message.kind) {
        case "snapshot":
          last = { ...message.snapshot, ...UNKEPT };
          snapshots$.next(message.snapshot);
          post({ kind: "seen" });
          break;
        case "result":
          resolve(message.result);
          break;
        case "failed":
          reject(new SpikelineError(message.code, message.exitCode, message.message));
          break;
      }
    });
    worker.once("error", (error) => reject(crashed(error.message, error)));
    // Without effect when the result has come before.
    worker.once("exit", () => reject(crashed("it ended without a result")));
  });
  const over = () => snapshots$.complete();
  // Also marks the rejection as handled: who does not ask for the result is not ended by it.
  result.then(over, (error: unknown) => {
    // A thread that died could not say so itself.
    const isTold = last?.state === "failed" || last?.state === "ended";
    const message = error instanceof Error ? error.message : String(error);
    if (last !== undefined && !isTold) snapshots$.next({ ...last, state: "failed", message });
    over();
  });
  post({ kind: "start", options });
  return {
    snapshots$: snapshots$.asObservable(),
    result,
    send: (control) => post({ kind: "control", control }),
    stop: () => {
      post({ kind: "control", control: { kind: "stop" } });
      const deadline = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
      return exited.finally(() => clearTimeout(deadline));
    },
  };
}

const crashed = (reason: string, cause?: unknown) =>
  new SpikelineError(
    "PIPELINE_CRASHED",
    EXIT.internal,
    `Expected the pipeline thread to end with a result, found that it crashed: ${reason}.`,
    { cause },
  );
