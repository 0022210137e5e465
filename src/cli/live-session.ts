/** One run of the live pipeline, with or without a page, from start to the last save. Shared by `run` and `start`. */
import process from "node:process";
import {
  firstValueFrom,
  fromEvent,
  lastValueFrom,
  merge,
  type Observable,
  shareReplay,
  take,
  tap,
} from "rxjs";
import type { Snapshot } from "../core/telemetry.ts";
import type { Dashboard } from "../dashboard/server.ts";
import type { PipelineResult, StartOptions } from "../pipeline/messages.ts";
import { startWorker } from "../pipeline/start-worker.ts";
import { percentText } from "./learn.ts";
import type { Output } from "./output.ts";
import { type PageOptions, showPage } from "./show-page.ts";

/** Ctrl-C, the service manager, and a terminal that is closed. A second one ends the program at once. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export const accuracyText = ({ right, judged }: Snapshot["accuracy"]) =>
  judged === 0 ? "–" : percentText(right / judged);

/** Resolves when everything is closed: pipeline ended and saved, result told, page closed. */
export async function runSession(options: {
  readonly start: StartOptions;
  /** Undefined runs without a page. */
  readonly page: PageOptions | undefined;
  /** Frames that will come, if the source has an end. */
  readonly total: number | undefined;
  readonly output: Output;
  /** Takes the result, while the page still stands. */
  readonly onResult: (result: PipelineResult) => Promise<void>;
}): Promise<void> {
  const { start, page, total, output, onResult } = options;
  const pipeline = startWorker(start);
  let isInterrupted = false;
  const interrupted$ = merge(...INTERRUPTS.map((signal) => fromEvent(process, signal))).pipe(
    tap(() => {
      isInterrupted = true;
      void pipeline.stop();
    }),
    take(1),
    shareReplay(1),
  );
  const watching = interrupted$.subscribe();
  let dashboard: Dashboard | undefined;
  try {
    if (page !== undefined) dashboard = await showPage(pipeline, page, output);
    const [result] = await Promise.all([pipeline.result, follow(pipeline.snapshots$, { total, output })]);
    await onResult(result);
    if (dashboard !== undefined && !isInterrupted) {
      output.announce("The source has ended; the page stays until Ctrl-C.");
      await firstValueFrom(interrupted$);
    }
  } finally {
    watching.unsubscribe();
    await Promise.all([dashboard?.close(), pipeline.stop()]);
  }
}

/** Shows how the run goes on stderr, until the pipeline is over. */
function follow(
  snapshots$: Observable<Snapshot>,
  options: { readonly total: number | undefined; readonly output: Output },
) {
  const bar = options.output.progress({ label: "run", unit: "frames", total: options.total });
  const bars$ = snapshots$.pipe(
    tap(({ frames, accuracy, speed, learning }) => {
      const possible = learning ? speed.trainFps : speed.testFps;
      bar.update(frames, [
        `accuracy ${accuracyText(accuracy)}`,
        possible === undefined
          ? "possible –"
          : `possible ${Math.round(possible).toLocaleString("en-US")} fps`,
        `load ${(100 * speed.load).toFixed(1)} %`,
      ]);
    }),
  );
  return lastValueFrom(bars$, { defaultValue: undefined }).finally(() => bar.finish());
}
