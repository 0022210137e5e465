/** Learning and measuring of wave models over batches of labelled images; each emits after every batch. */
import { map, type Observable, type OperatorFunction, scan } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import type { LabelledImages } from "../datasets/labelled-frames.ts";
import type { WaveNetwork, WaveOutputs, WhichLayer } from "../network/wave-network.ts";
import type { LinearReadout } from "../readout/linear.ts";
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

/** Measures a wave network and its readout; the last evaluation is the result. */
export function evaluateWaves(
  images$: Observable<LabelledImages>,
  parts: {
    readonly network: Pick<WaveNetwork, "present">;
    readonly readout: Pick<LinearReadout, "judge">;
    readonly classes: number;
  },
  clock: Clock = systemClock,
): Observable<Evaluation> {
  const { network, readout, classes } = parts;
  return images$.pipe(
    presentWaves(network, clock),
    map((frames) => answersOf(frames, readout, clock)),
    countAnswers(classes),
  );
}

function answersOf(
  { labels, spikes, cpuUs }: WaveFrames,
  readout: Pick<LinearReadout, "judge">,
  clock: Clock,
): AnsweredFrames {
  const startUs = clock.cpuUs();
  const judged = readout.judge(spikes);
  const spentUs = clock.cpuUs() - startUs;
  // Where nothing spoke there is no answer, only the readout's bias.
  const isSilent = (frame: number) => spikes.start[frame] === spikes.start[frame + 1];
  const answers = Int16Array.from(judged.labels, (label, frame) => (isSilent(frame) ? -1 : label));
  const right = answers.reduce((sum, answer, frame) => sum + (answer === labels[frame] ? 1 : 0), 0);
  return { labels: Int16Array.from(labels), answers, right, judged: labels.length, cpuUs: cpuUs + spentUs };
}
