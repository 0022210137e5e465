/** Learning as the commands `train` and `start` share it: train, name the neurons, judge; with bars while it lasts. */
import { lastValueFrom, tap } from "rxjs";
import { dataError, usageError } from "../core/errors.ts";
import type { Model, ModelDescription } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { type Evaluation, evaluate } from "../pipeline/evaluator.ts";
import { nameNeurons, type TrainingProgress, train } from "../pipeline/trainer.ts";
import { VoteReadout } from "../readout/vote.ts";
import type { Progress } from "../report/progress.ts";
import type { FramePart } from "./frame-set.ts";
import type { Output } from "./output.ts";

/** Liu & Yue 2017, after the founding survey. */
export const PUBLISHED_TRAIN_FPS = 21.3;
export const PUBLISHED_TEST_FPS = 17.9;

export const percentText = (share: number) => `${(100 * share).toFixed(1)} %`;
const fpsText = (fps: number, published: number) =>
  `${Math.round(fps).toLocaleString("en-US")} fps (published ${published})`;
const shortFpsText = (fps: number, published: number) =>
  `${Math.round(fps).toLocaleString("en-US")} fps (${published})`;

/** Shows how learning goes, in many words or, on a narrow terminal, in few. */
function showTraining(
  bar: Progress,
  { frames, trainFps, outputSpikes, accuracySoFar }: TrainingProgress,
): void {
  const spikes = (outputSpikes / frames).toFixed(1);
  // Unknown while no frame has brought its truth.
  const isKnown = accuracySoFar !== undefined;
  bar.update(
    frames,
    [
      fpsText(trainFps, PUBLISHED_TRAIN_FPS),
      `${spikes} spikes/frame`,
      ...(isKnown ? [`accuracy ${percentText(accuracySoFar)}`] : []),
    ],
    [
      shortFpsText(trainFps, PUBLISHED_TRAIN_FPS),
      ...(isKnown ? [`accuracy ${Math.round(100 * accuracySoFar)} %`] : []),
      `${spikes} spikes`,
    ],
  );
}

/**
 * Presents `passes` times all frames of a part with learning on.
 * @param profile a readout that follows along, for the accuracy so far
 */
export async function learn(
  network: SpikingNetwork,
  options: {
    readonly part: FramePart;
    readonly frames?: number | undefined;
    readonly passes: number;
    readonly profile: VoteReadout;
    readonly output: Output;
  },
): Promise<TrainingProgress> {
  const { part, frames, passes, profile, output } = options;
  const count = Math.min(frames ?? part.count, part.count);
  const bar = output.progress({ label: "train", unit: "frames", total: count * passes });
  try {
    return await lastValueFrom(
      train(part.frames({ count, passes }), { network, profile }).pipe(tap((so) => showTraining(bar, so))),
    );
  } finally {
    bar.finish();
  }
}

/** A network that continues where the given one stands, so that measuring leaves no trace in what is saved. */
function copyOf(network: SpikingNetwork, description: ModelDescription): SpikingNetwork {
  return SpikingNetwork.restore({ description, tensors: network.tensors() });
}

/**
 * A readout that knows each neuron's class, from all labelled frames with learning off, as Diehl & Cook name theirs.
 * Without labels it knows none.
 */
export async function name(
  network: SpikingNetwork,
  options: { readonly description: ModelDescription; readonly part: FramePart; readonly output: Output },
): Promise<VoteReadout> {
  const { description, part, output } = options;
  const readout = VoteReadout.create(description);
  const { count, labelled } = part;
  if (labelled === 0) return readout;
  const bar = output.progress({ label: "name", unit: "frames", total: count });
  const copy = copyOf(network, description);
  try {
    const named$ = nameNeurons(part.frames({ count }), { network: copy, readout });
    await lastValueFrom(named$.pipe(tap((frames) => bar.update(frames))));
    return readout;
  } finally {
    copy.dispose();
    bar.finish();
  }
}

/** Judges a model on frames with learning off, starting from the model's own state, so it is repeatable. */
export async function judgeModel(
  model: Model,
  options: { readonly part: FramePart; readonly frames?: number | undefined; readonly output: Output },
): Promise<Evaluation> {
  const { part, frames, output } = options;
  if (part.labelled === 0) {
    throw usageError(
      "LABELS_NONE",
      "Expected labels to judge by, but no recording has one; give them with --labels FILE.",
    );
  }
  const count = Math.min(frames ?? part.count, part.count);
  const network = SpikingNetwork.restore(model);
  const readout = VoteReadout.restore(model);
  const bar = output.progress({ label: "test", unit: "frames", total: count });
  try {
    const classes = model.description.readout.classNames.length;
    const result = await lastValueFrom(
      evaluate(part.frames({ count }), { network, readout, classes }).pipe(
        tap((so) =>
          bar.update(so.frames, [
            fpsText(so.testFps, PUBLISHED_TEST_FPS),
            `accuracy ${percentText(so.accuracy)}`,
          ]),
        ),
      ),
      { defaultValue: undefined },
    );
    if (result === undefined)
      throw dataError("FRAMES_NONE", "Expected at least one frame to judge on, but none came.");
    return result;
  } finally {
    network.dispose();
    bar.finish();
  }
}

export function assembleModel(
  description: ModelDescription,
  network: SpikingNetwork,
  readout: VoteReadout,
): Model {
  return { description, tensors: new Map([...network.tensors(), ...readout.tensors()]) };
}
