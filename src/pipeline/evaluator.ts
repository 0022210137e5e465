/** Measures a network and its readout on labelled frames, learning off. */
import { type Observable, type OperatorFunction, scan } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import { dataError } from "../core/errors.ts";
import { type FrameReadout, type JudgedFrames, judge } from "./operators/judge.ts";
import { type FrameNetwork, type LabelledFrames, presentFrames } from "./operators/present-frames.ts";

export type Evaluation = {
  readonly frames: number;
  /** Frames whose truth is known: the sum of `confusion` and `unanswered`. */
  readonly judged: number;
  readonly right: number;
  /** Per truth, frames in which no named neuron fired. */
  readonly unanswered: readonly number[];
  /** right ÷ judged, 0..1; unanswered frames count as wrong. */
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
  options: { readonly network: FrameNetwork; readonly readout: FrameReadout; readonly classes: number },
  clock: Clock = systemClock,
): Observable<Evaluation> {
  const { network, readout, classes } = options;
  return frames$.pipe(
    presentFrames({ network, learn: false }, clock),
    judge({ readout, profile: "keep" }, clock),
    countAnswers(classes),
  );
}

/** Frames that were answered, as much of them as is counted. */
export type AnsweredFrames = Pick<JudgedFrames, "labels" | "answers" | "right" | "judged" | "cpuUs">;

/** Adds answers up; emits the evaluation so far after every batch. */
export function countAnswers(classes: number): OperatorFunction<AnsweredFrames, Evaluation> {
  const nothing: Evaluation = {
    frames: 0,
    judged: 0,
    right: 0,
    unanswered: new Array<number>(classes).fill(0),
    accuracy: 0,
    testFps: 0,
    cpuUs: 0,
    confusion: Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
  };
  return scan((all, batch) => {
    const { confusion, unanswered } = tally(all, batch);
    const frames = all.frames + batch.labels.length;
    const judged = all.judged + batch.judged;
    const right = all.right + batch.right;
    const cpuUs = all.cpuUs + batch.cpuUs;
    return {
      frames,
      judged,
      right,
      unanswered,
      accuracy: judged === 0 ? 0 : right / judged,
      testFps: frames / (cpuUs / 1e6),
      cpuUs,
      confusion,
    };
  }, nothing);
}

/** The two counts with one batch more; frames whose truth is not known stand in neither. */
function tally(
  { confusion, unanswered }: Pick<Evaluation, "confusion" | "unanswered">,
  { labels, answers }: Pick<JudgedFrames, "labels" | "answers">,
): { readonly confusion: number[][]; readonly unanswered: number[] } {
  const sums = { confusion: confusion.map((row) => [...row]), unanswered: [...unanswered] };
  for (const [frame, truth] of labels.entries()) {
    const answer = answers[frame] ?? -1;
    if (truth < 0) continue;
    const row = answer < 0 ? sums.unanswered : sums.confusion[truth];
    const column = answer < 0 ? truth : answer;
    if (row?.[column] === undefined) {
      throw dataError(
        "EVALUATE_CLASS",
        `Expected classes below ${sums.unanswered.length} to judge, but a frame of class ${truth} was answered with ${answer < 0 ? "nothing" : answer}.`,
      );
    }
    row[column]++;
  }
  return sums;
}
