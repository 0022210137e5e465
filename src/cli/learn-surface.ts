/** The work of surface models for the commands: learn the prototypes, learn the readout, judge; with bars while it lasts. */
import { lastValueFrom, tap, toArray } from "rxjs";
import { joinFeatureSpikes } from "../core/feature-spikes.ts";
import { eventGridInputs } from "../encoders/event-grid.ts";
import type { SurfaceDescription, SurfaceModel } from "../model/surface-schema.ts";
import { SurfaceNetwork } from "../network/surface-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { evaluateSurfaces, learnSurfaces, presentSurfaces } from "../pipeline/surface-trainer.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import type { EventTaker, RecordingPart } from "./frame-set.ts";
import { percentText } from "./learn.ts";
import { fpsText, teach, withBar } from "./learn-readout.ts";
import { openReadout } from "./open-readout.ts";
import type { Output } from "./output.ts";

/** What recordings are opened for. */
export function eventTaker({
  system,
  input,
  encoder,
  readout,
}: Omit<SurfaceDescription, "provenance" | "accuracy">) {
  const inputs = encoder.kind === "event-grid" ? eventGridInputs(input, encoder) : 0;
  return { system, input, encoder, inputs, classes: readout.classes } satisfies EventTaker;
}

export type LearnedSurfaces = {
  /** Events that the prototypes learned from. */
  readonly events: number;
  /** Events that the prototypes learn from in a second of CPU time. */
  readonly eventsPerSecond: number;
  readonly spikesPerFrame: number;
  /** Share of the last pass that was judged right before it was learned, moved as it was for learning. */
  readonly accuracySoFar: number;
  /** CPU time of all learning, in microseconds. */
  readonly cpuUs: number;
};

/** The prototypes learn from all frames without labels, then the readout from those that have one. */
export async function learnSurface(
  parts: { readonly network: SurfaceNetwork; readonly readout: FeatureReadout },
  options: {
    readonly part: RecordingPart;
    readonly frames: number;
    readonly passes: number;
    readonly output: Output;
  },
): Promise<LearnedSurfaces> {
  const { network, readout } = parts;
  const { passes, output } = options;
  const { events, cpuUs } = await learnPrototypes(network, options);
  const presented = await presentAll(network, options);
  const taught = await teach(readout, presented.spikes, { labels: presented.labels, passes, output });
  const labelled = presented.labels.length;
  return {
    events,
    eventsPerSecond: events / (cpuUs / 1e6),
    spikesPerFrame: presented.spikes.feature.length / labelled,
    accuracySoFar: taught.right / labelled,
    cpuUs: cpuUs + presented.cpuUs + taught.cpuUs,
  };
}

type Showing = { readonly part: RecordingPart; readonly frames: number; readonly output: Output };

function learnPrototypes(network: SurfaceNetwork, { part, frames: count, output }: Showing) {
  return withBar(output, { label: "learn", total: count }, (bar) =>
    lastValueFrom(
      learnSurfaces(part.frames({ count }), network).pipe(
        tap(({ frames, cpuUs }) => bar.update(frames, [fpsText(frames, cpuUs)])),
      ),
    ),
  );
}

/** The feature spikes of all labelled frames: the prototypes learn no more, so they are made once for all passes. */
function presentAll(network: SurfaceNetwork, { part, frames: count, output }: Showing) {
  return withBar(output, { label: "present", total: count }, async (bar) => {
    let frames = 0;
    let cpuUs = 0;
    const all = await lastValueFrom(
      part.frames({ count }).pipe(
        presentSurfaces(network),
        tap((frame) => {
          frames++;
          cpuUs += frame.cpuUs;
          bar.update(frames, [fpsText(frames, cpuUs)]);
        }),
        toArray(),
      ),
    );
    const labelled = all.filter(({ label }) => label !== undefined);
    const labels = Uint16Array.from(labelled, ({ label = 0 }) => label);
    return { spikes: joinFeatureSpikes(labelled.map(({ spikes }) => spikes)), labels, cpuUs };
  });
}

/** Judges a surface model on recordings, learning off. */
export async function judgeSurfaceModel(
  model: SurfaceModel,
  options: {
    readonly part: RecordingPart;
    readonly frames?: number | undefined;
    readonly output: Output;
    /** An ONNX file in place of the model's readout. */
    readonly readout?: string | undefined;
  },
): Promise<Evaluation> {
  const { part, output } = options;
  const count = Math.min(options.frames ?? part.count, part.count);
  const { classes } = model.description.readout;
  const readout = await openReadout(model, options.readout);
  const network = SurfaceNetwork.restore(model);
  try {
    return await withBar(output, { label: "test", total: count }, (bar) =>
      lastValueFrom(
        evaluateSurfaces(part.frames({ count }), { network, readout, classes }).pipe(
          tap(({ frames, cpuUs, accuracy }) =>
            bar.update(frames, [fpsText(frames, cpuUs), `accuracy ${percentText(accuracy)}`]),
          ),
        ),
      ),
    );
  } finally {
    network.dispose();
    await readout.dispose();
  }
}
