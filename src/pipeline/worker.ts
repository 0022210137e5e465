/** Entry of the pipeline thread: waits for the start message, runs the live pipeline, posts what it sees. */
import process from "node:process";
import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import {
  catchError,
  concat,
  defer,
  filter,
  finalize,
  first,
  ignoreElements,
  map,
  Observable,
  share,
  switchMap,
  throwError,
} from "rxjs";
import { dataError, EXIT, SpikelineError } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { encodeModel } from "../model/save.ts";
import { Checkpointer } from "./checkpointer.ts";
import { type SnapshotState, snapshotsOf } from "./live.ts";
import { LiveGraph } from "./live-graph.ts";
import type { FromPipeline, StartOptions, ToPipeline } from "./messages.ts";
import { openModel } from "./open-model.ts";
import { announcedLabels, openSource, type SourceDescription } from "./open-source.ts";
import { AcknowledgedCounts, whileAcknowledged } from "./operators/while-acknowledged.ts";

function runPipeline(options: StartOptions, messages$: Observable<ToPipeline>): Observable<FromPipeline> {
  return defer(() => {
    const { source, learn, checkpoints, wantModel = false } = options;
    const model = openModel(options.model);
    checkLabels(source, model.classNames);
    const control$ = messages$.pipe(
      filter((message) => message.kind === "control"),
      map(({ control }) => control),
      share(),
    );
    const accounts = new AcknowledgedCounts();
    const capture = () => model.capture({ framesLearned: graph.framesLearned, source: source.name });
    const saver = checkpoints === undefined ? undefined : new Checkpointer({ base: checkpoints, capture });
    let namesSaved: Promise<void> | undefined;
    const graph: LiveGraph = new LiveGraph({
      sensor: openSource(source),
      model,
      learn,
      control$,
      furtherStages: () => [accounts.counts()],
      notice: () => saver?.state().fault,
      onNamed: () => {
        namesSaved = saver?.now("named", graph.framesLearned);
      },
    });
    let last: Snapshot | undefined;
    const seen$ = messages$.pipe(filter(({ kind }) => kind === "seen"));
    const isFinal = (state: SnapshotState) => state === "ended";
    const snapshots$ = snapshotsOf(graph, whileAcknowledged(seen$, { isFinal, accounts })).pipe(
      map((snapshot): FromPipeline => {
        // Arrays are transferred away with the message; what is kept must not hold them.
        last = { ...snapshot, picture: undefined, raster: undefined, wave: undefined, learned: undefined };
        if (graph.framesLearned > 0) saver?.tick(graph.framesLearned);
        return { kind: "snapshot", snapshot };
      }),
    );
    const saveLast = async () => {
      // A name may still wait for the save before it, and the model must be there until then.
      await namesSaved;
      if (graph.framesLearned > 0) await saver?.now("ended", graph.framesLearned);
    };
    const result$ = defer(async (): Promise<FromPipeline> => {
      await saveLast();
      const bytes = wantModel ? encodeModel(capture()) : undefined;
      const snapshot = last ?? graph.snapshot("ended");
      return { kind: "result", result: { snapshot, model: bytes, checkpoint: saver?.state() } };
    });
    return concat(snapshots$, result$).pipe(
      // What was learned before a fault is kept as well; the saver never throws.
      catchError((error: unknown) =>
        concat(
          defer(saveLast).pipe(ignoreElements()),
          throwError(() => error),
        ),
      ),
      finalize(() => model.dispose()),
    );
  });
}

function checkLabels(source: SourceDescription, classNames: readonly string[]): void {
  const stranger = announcedLabels(source).find(({ label = -1 }) => label >= classNames.length);
  if (stranger === undefined) return;
  throw dataError(
    "LIVE_LABELS",
    `Expected labels below ${classNames.length}, the model's number of classes, in ${source.name}, found ${stranger.label} for ${stranger.name}.`,
  );
}

function failure(error: unknown): FromPipeline {
  if (error instanceof SpikelineError) {
    return { kind: "failed", code: error.code, exitCode: error.exitCode, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "failed", code: "PIPELINE_FAILED", exitCode: EXIT.internal, message };
}

function transferable(message: FromPipeline): TransferListItem[] {
  if (message.kind === "failed") return [];
  return arraysOf(message).flatMap((array) => (array?.buffer instanceof ArrayBuffer ? [array.buffer] : []));
}

function arraysOf(message: Exclude<FromPipeline, { kind: "failed" }>): (ArrayBufferView | undefined)[] {
  if (message.kind === "result") return [message.result.model];
  const { picture, raster, wave, learned } = message.snapshot;
  const spikes = [raster?.inputs, raster?.offsetUs, raster?.row];
  const featureSpikes = [wave?.offsetUs, wave?.feature, wave?.x, wave?.y];
  const features = [learned?.features?.fields, learned?.features?.share];
  return [picture?.pixels, ...spikes, ...featureSpikes, learned?.fields, learned?.groupOfRow, ...features];
}

function serve(port: MessagePort): void {
  const messages$ = new Observable<ToPipeline>((subscriber) => {
    const listen = (message: ToPipeline) => subscriber.next(message);
    port.on("message", listen);
    return () => port.off("message", listen);
  }).pipe(share());
  const post = (message: FromPipeline) => port.postMessage(message, transferable(message));
  messages$
    .pipe(
      first((message) => message.kind === "start"),
      switchMap(({ options }) => runPipeline(options, messages$)),
    )
    .subscribe({
      next: post,
      error: (error: unknown) => {
        post(failure(error));
        port.close();
      },
      complete: () => port.close(),
    });
}

if (parentPort === null) {
  process.exitCode = EXIT.internal;
} else {
  serve(parentPort);
}
