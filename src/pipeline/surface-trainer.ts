/** Learning and measuring of surface models over frames of events; each emits after every frame. */
import { map, type Observable, type OperatorFunction, scan } from "rxjs";
import type { SpikeBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { SurfaceNetwork } from "../network/surface-network.ts";
import type { LinearReadout } from "../readout/linear.ts";
import { type AnsweredFrames, countAnswers, type Evaluation } from "./evaluator.ts";

export type SurfaceProgress = {
  readonly frames: number;
  readonly events: number;
  /** CPU time of the network so far, in microseconds. */
  readonly cpuUs: number;
};

/** The prototypes learn from frames, without their labels. */
export function learnSurfaces(
  frames$: Observable<SpikeBatch>,
  network: Pick<SurfaceNetwork, "learn">,
  clock: Clock = systemClock,
): Observable<SurfaceProgress> {
  const start: SurfaceProgress = { frames: 0, events: 0, cpuUs: 0 };
  return frames$.pipe(
    scan(({ frames, events, cpuUs }, frame) => {
      const startUs = clock.cpuUs();
      network.learn(frame);
      const spentUs = clock.cpuUs() - startUs;
      return { frames: frames + 1, events: events + frame.length, cpuUs: cpuUs + spentUs };
    }, start),
  );
}

export type SurfaceFrame = {
  /** Class of the frame, or undefined where the truth is not known. */
  readonly label: number | undefined;
  readonly spikes: FeatureSpikes;
  /** CPU time of the network, in microseconds. */
  readonly cpuUs: number;
};

export function presentSurfaces(
  network: Pick<SurfaceNetwork, "present">,
  clock: Clock = systemClock,
): OperatorFunction<SpikeBatch, SurfaceFrame> {
  return map((frame) => {
    const startUs = clock.cpuUs();
    const spikes = network.present(frame);
    return { label: frame.episode?.label, spikes, cpuUs: clock.cpuUs() - startUs };
  });
}

/** Measures a surface network and its readout; the last evaluation is the result. */
export function evaluateSurfaces(
  frames$: Observable<SpikeBatch>,
  parts: {
    readonly network: Pick<SurfaceNetwork, "present">;
    readonly readout: Pick<LinearReadout, "judge">;
    readonly classes: number;
  },
  clock: Clock = systemClock,
): Observable<Evaluation> {
  const { network, readout, classes } = parts;
  return frames$.pipe(
    presentSurfaces(network, clock),
    map((frame) => answerOf(frame, readout, clock)),
    countAnswers(classes),
  );
}

function answerOf(
  { label = -1, spikes, cpuUs }: SurfaceFrame,
  readout: Pick<LinearReadout, "judge">,
  clock: Clock,
): AnsweredFrames {
  const startUs = clock.cpuUs();
  const judged = readout.judge(spikes);
  const spentUs = clock.cpuUs() - startUs;
  // Where nothing spoke there is no answer, only the readout's bias.
  const answer = spikes.feature.length === 0 ? -1 : (judged.labels[0] ?? -1);
  const isKnown = label >= 0;
  return {
    labels: Int16Array.of(label),
    answers: Int16Array.of(answer),
    right: isKnown && answer === label ? 1 : 0,
    judged: isKnown ? 1 : 0,
    cpuUs: cpuUs + spentUs,
  };
}
