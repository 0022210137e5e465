/** Learning and measuring of wave models over batches of labelled images; each emits after every batch. */
import { concatMap, from, map, type Observable, type OperatorFunction, of, scan } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { LabelledImages } from "../datasets/labelled-frames.ts";
import type { WaveNetwork, WaveOutputs, WhichLayer } from "../network/wave-network.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import type { Judged } from "../readout/pooling.ts";
import { type AnsweredFrames, countAnswers, type Evaluation } from "./evaluator.ts";

export type WaveProgress = {
  readonly frames: number;
  /** CPU time of encoding and network so far, in microseconds. */
  readonly cpuUs: number;
  /** Mean w(1 − w): 0 when every weight has decided. */
  readonly convergence: number;
};

/** A layer learns from images, without their labels; the first if none is named. */
export function learnWaves(
  images$: Observable<LabelledImages>,
  network: Pick<WaveNetwork, "learn" | "convergence">,
  { layer = 0, clock = systemClock }: WhichLayer & { readonly clock?: Clock } = {},
): Observable<WaveProgress> {
  const start: WaveProgress = { frames: 0, cpuUs: 0, convergence: 0 };
  return images$.pipe(
    scan(({ frames, cpuUs }, batch) => {
      const startUs = clock.cpuUs();
      network.learn(batch.images, { layer });
      const spentUs = clock.cpuUs() - startUs;
      return {
        frames: frames + batch.frames,
        cpuUs: cpuUs + spentUs,
        convergence: network.convergence({ layer }),
      };
    }, start),
  );
}

export type WaveFrames = {
  readonly labels: Uint8Array;
  readonly spikes: WaveOutputs;
  /** CPU time of encoding and network, in microseconds. */
  readonly cpuUs: number;
};

export function presentWaves(
  network: Pick<WaveNetwork, "present">,
  clock: Clock = systemClock,
): OperatorFunction<LabelledImages, WaveFrames> {
  return map(({ images, labels }) => {
    const startUs = clock.cpuUs();
    const spikes = network.present(images);
    return { labels, spikes, cpuUs: clock.cpuUs() - startUs };
  });
}

/** Feature spikes in, classes out, now or, from a runtime that takes its time, later. */
export type FeatureJudge = { judge(spikes: FeatureSpikes): Judged | Promise<Judged> };

export type WaveJudges = {
  readonly network: Pick<WaveNetwork, "present">;
  readonly readout: Pick<FeatureReadout, "judge">;
};

/**
 * Measures a wave network and its readout; the last evaluation is the result. One batch at a time, so that the CPU time
 * of a readout that answers later is that of its batch.
 */
export function evaluateWaves(
  images$: Observable<LabelledImages>,
  parts: {
    readonly network: Pick<WaveNetwork, "present">;
    readonly readout: FeatureJudge;
    readonly classes: number;
  },
  clock: Clock = systemClock,
): Observable<Evaluation> {
  const { network, readout, classes } = parts;
  return images$.pipe(
    concatMap((batch) => {
      const startUs = clock.cpuUs();
      const spikes = network.present(batch.images);
      const judged = readout.judge(spikes);
      const judged$ = judged instanceof Promise ? from(judged) : of(judged);
      return judged$.pipe(
        map((found) => {
          const answers = answersOf(spikes, found);
          return answeredFrames(batch.labels, { answers, cpuUs: clock.cpuUs() - startUs });
        }),
      );
    }),
    countAnswers(classes),
  );
}

/** The class of each image, −1 where nothing spoke: there is no answer then, only the readout's bias. */
export function answerImages(images: Uint8Array, { network, readout }: WaveJudges): Int16Array {
  const spikes = network.present(images);
  return answersOf(spikes, readout.judge(spikes));
}

function answersOf({ start }: FeatureSpikes, { labels }: Judged): Int16Array {
  return Int16Array.from(labels, (label, k) => (start[k] === start[k + 1] ? -1 : label));
}

export function answeredFrames(
  labels: Uint8Array,
  { answers, cpuUs }: Pick<AnsweredFrames, "answers" | "cpuUs">,
): AnsweredFrames {
  const right = answers.reduce((sum, answer, frame) => sum + (answer === labels[frame] ? 1 : 0), 0);
  return { labels: Int16Array.from(labels), answers, right, judged: labels.length, cpuUs };
}
