/** Learning over labelled frames: the network learns without labels; they only name its neurons and judge it. */
import { map, type Observable, scan, tap } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import type { VoteReadout } from "../readout/vote.ts";
import { type FrameReadout, judge, tellTruth } from "./operators/judge.ts";
import { type FrameNetwork, type LabelledFrames, presentFrames } from "./operators/present-frames.ts";

export type TrainingProgress = {
  readonly frames: number;
  /** CPU time of encoding, network and readout so far. */
  readonly cpuUs: number;
  /** Frames ÷ CPU time of encoding, network and readout. */
  readonly trainFps: number;
  readonly outputSpikes: number;
  readonly inputSpikes: number;
  /** Presentations beyond the first. */
  readonly repeats: number;
  /** Share of right answers in the last batches (test first, then train); undefined without a profile or any truth. */
  readonly accuracySoFar: number | undefined;
};

const SMOOTHING = 0.95;

const sum = (values: ArrayLike<number>) => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
};

/**
 * Presents every batch with learning on and reports after each. `profile` is a readout that follows along, for the
 * accuracy so far only; name the neurons anew with `nameNeurons` when done.
 */
export function train(
  frames$: Observable<LabelledFrames>,
  options: { readonly network: FrameNetwork; readonly profile?: FrameReadout },
  clock: Clock = systemClock,
): Observable<TrainingProgress> {
  const { network, profile } = options;
  const start = { frames: 0, cpuUs: 0, outputSpikes: 0, inputSpikes: 0, repeats: 0, smoothed: 0, weight: 0 };
  return frames$.pipe(
    presentFrames({ network, learn: true }, clock),
    profile === undefined
      ? map((batch) => ({ ...batch, right: 0, judged: 0 }))
      : judge({ readout: profile, profile: "follow" }, clock),
    scan((all, batch) => {
      const frames = batch.outputs.frames;
      // A batch without any truth says nothing about the accuracy.
      const weight = batch.judged === 0 ? 0 : 1 - SMOOTHING;
      const share = batch.judged === 0 ? 0 : batch.right / batch.judged;
      return {
        frames: all.frames + frames,
        cpuUs: all.cpuUs + batch.cpuUs,
        outputSpikes: all.outputSpikes + sum(batch.outputs.counts),
        inputSpikes: all.inputSpikes + sum(batch.outputs.inputSpikes),
        repeats: all.repeats + sum(batch.outputs.repeats),
        smoothed: (1 - weight) * all.smoothed + weight * share,
        weight: (1 - weight) * all.weight + weight,
      };
    }, start),
    map(({ smoothed, weight, ...all }) => ({
      ...all,
      trainFps: all.frames / (all.cpuUs / 1e6),
      accuracySoFar: weight === 0 ? undefined : smoothed / weight,
    })),
  );
}

/** Shows labelled frames with learning off and tells the readout which neuron answers to which class. */
export function nameNeurons(
  frames$: Observable<LabelledFrames>,
  options: { readonly network: FrameNetwork; readonly readout: Pick<VoteReadout, "learn"> },
): Observable<number> {
  const { network, readout } = options;
  return frames$.pipe(
    presentFrames({ network, learn: false }),
    tap((presented) => tellTruth(readout, presented)),
    scan((frames, { outputs }) => frames + outputs.frames, 0),
  );
}
