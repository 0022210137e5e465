/** Entry of the pipeline thread: waits for the start message, runs the live pipeline, posts what it sees. */
import process from "node:process";
import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { defer, endWith, filter, finalize, first, map, Observable, share, startWith, switchMap } from "rxjs";
import { dataError, EXIT, SpikelineError } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { decodeModel } from "../model/load.ts";
import { encodeModel } from "../model/save.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { VoteReadout } from "../readout/vote.ts";
import { snapshotsOf } from "./live.ts";
import { LiveGraph } from "./live-graph.ts";
import type { FromPipeline, StartOptions, ToPipeline } from "./messages.ts";
import { announcedLabels, openSource, type SourceDescription } from "./open-source.ts";
import { AcknowledgedCounts, whileAcknowledged } from "./operators/while-acknowledged.ts";
import { trainedModel } from "./trained-model.ts";

function runPipeline(options: StartOptions, messages$: Observable<ToPipeline>): Observable<FromPipeline> {
  return defer(() => {
    const { source, learn, wantModel = false } = options;
    const { description, network, readout } = openModel(options.model);
    checkLabels(source, description.readout.classNames);
    const control$ = messages$.pipe(
      filter((message) => message.kind === "control"),
      map(({ control }) => control),
    );
    const accounts = new AcknowledgedCounts();
    const graph = new LiveGraph({
      sensor: openSource(source),
      description,
      network,
      readout,
      learning$: control$.pipe(
        filter((control) => control.kind === "learning"),
        map(({ on }) => on),
        startWith(learn),
      ),
      stop$: control$.pipe(filter((control) => control.kind === "stop")),
      furtherStages: () => [accounts.counts()],
    });
    let last: Snapshot | undefined;
    const seen$ = messages$.pipe(filter(({ kind }) => kind === "seen"));
    const isFinal = ({ state }: Snapshot) => state === "ended" || state === "failed";
    return snapshotsOf(graph).pipe(
      whileAcknowledged(seen$, { isFinal, accounts }),
      map((snapshot): FromPipeline => {
        // The picture is transferred away with the message; what is kept must not hold it.
        last = { ...snapshot, picture: undefined };
        return { kind: "snapshot", snapshot };
      }),
      endWith(undefined),
      map((message): FromPipeline => {
        if (message !== undefined) return message;
        const parts = { network, readout, framesLearned: graph.framesLearned, source: source.name };
        const model = wantModel ? encodeModel(trainedModel(description, parts)) : undefined;
        return { kind: "result", result: { snapshot: last ?? graph.snapshot("ended"), model } };
      }),
      finalize(() => network.dispose()),
    );
  });
}

function openModel(model: StartOptions["model"]) {
  if ("bytes" in model) {
    const restored = decodeModel(model.bytes, model.name);
    return {
      description: restored.description,
      network: SpikingNetwork.restore(restored),
      readout: VoteReadout.restore(restored),
    };
  }
  const { description } = model;
  const { classNames, vote } = description.readout;
  const [{ neurons }] = description.layers;
  return {
    description,
    network: SpikingNetwork.create(description),
    readout: new VoteReadout({ neurons, classes: classNames.length, vote }),
  };
}

function checkLabels(source: SourceDescription, classNames: readonly string[]): void {
  const stranger = announcedLabels(source).find(({ label = 0 }) => label >= classNames.length);
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
  const array = message.kind === "snapshot" ? message.snapshot.picture?.pixels : message.result.model;
  return array?.buffer instanceof ArrayBuffer ? [array.buffer] : [];
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
