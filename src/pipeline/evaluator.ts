/** Measures a network and its readout on labelled frames, learning off. */
import { type Observable, scan } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";

import type { SpikingNetwork } from "../network/spiking-network.ts";
import type { VoteReadout } from "../readout/vote.ts";
import { judge } from "./operators/judge.ts";
import { type LabelledFrames, presentFrames } from "./operators/present-frames.ts";

export type Evaluation = {
  readonly frames: number;
  readonly right: number;
  /** Per truth, frames in which no named neuron fired. */
  readonly unanswered: readonly number[];
  /** 0..1; unanswered frames count as wrong. */
  readonly accuracy: number;
  /** Frames ÷ CPU time of encoding, network and readout. */
  readonly testFps: number;
  readonly cpuUs: number;
  /** confusion[truth][answer]; unanswered frames stand in none. */
  readonly confusion: readonly (readonly number[])[];
};

/** Emits the evaluation so far after every batch; the last one is the result. */
export function evaluate(
  frames$: Observable<LabelledFrames>,
  options: { readonly network: SpikingNetwork; readonly readout: VoteReadout; readonly classes: number },
  clock: Clock = systemClock,
): Observable<Evaluation> {
  const { network, readout, classes } = options;
  const nothing: Evaluation = {
    frames: 0,
    right: 0,
    unanswered: new Array<number>(classes).fill(0),
    accuracy: 0,
    testFps: 0,
    cpuUs: 0,
    confusion: Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
  };
  return frames$.pipe(
    presentFrames({ network, learn: false }, clock),
    judge({ readout, profile: "keep" }, clock),
    scan((all, { outputs, labels, answers, right, cpuUs: batchUs }) => {
      const confusion = all.confusion.map((row) => [...row]);
      const unanswered = [...all.unanswered];
      for (let frame = 0; frame < outputs.frames; frame++) {
        const answer = answers[frame] ?? -1;
        const truth = labels[frame] ?? -1;
        const row = answer < 0 ? unanswered : confusion[truth];
        const column = answer < 0 ? truth : answer;
        if (row?.[column] !== undefined) row[column] = (row[column] ?? 0) + 1;
      }
      const frames = all.frames + outputs.frames;
      const cpuUs = all.cpuUs + batchUs;
      const rightSoFar = all.right + right;
      return {
        frames,
        right: rightSoFar,
        unanswered,
        accuracy: frames === 0 ? 0 : rightSoFar / frames,
        testFps: frames / (cpuUs / 1e6),
        cpuUs,
        confusion,
      };
    }, nothing),
  );
}
