/**
 * Lets the readout answer every frame, compares with the truth, and only then (when learning) tells it the truth:
 * test first, then train, so that a running accuracy is never measured on what was already told.
 */
import { map, type OperatorFunction } from "rxjs";
import { type Clock, systemClock } from "../../core/clock.ts";
import type { VoteReadout } from "../../readout/vote.ts";
import type { PresentedFrames } from "./present-frames.ts";

/** The part of a readout that answers and is told the truth. */
export type FrameReadout = Pick<VoteReadout, "decide" | "learn" | "forgetBy">;

export type JudgedFrames = PresentedFrames & {
  /** Per frame the answered class, or -1 for no answer. */
  readonly answers: Int16Array;
  readonly right: number;
  /** Frames whose truth is known: only these can be right or wrong. */
  readonly judged: number;
};

export function judge(
  options: {
    readonly readout: FrameReadout;
    /** "keep": the readout stays as it is; "follow": it learns the frame and slowly forgets older ones. */
    readonly profile: "keep" | "follow";
    /** Share of the old profile kept per batch when it follows a changing network. */
    readonly keptShare?: number;
  },
  clock: Clock = systemClock,
): OperatorFunction<PresentedFrames, JudgedFrames> {
  const { readout, profile, keptShare = 0.99 } = options;
  return map((presented) => {
    const { outputs, labels } = presented;
    const startUs = clock.cpuUs();
    const neurons = outputs.frames === 0 ? 0 : outputs.counts.length / outputs.frames;
    const answers = new Int16Array(outputs.frames);
    let right = 0;
    let judged = 0;
    for (let frame = 0; frame < outputs.frames; frame++) {
      const answer =
        readout.decide(outputs.counts.subarray(frame * neurons, (frame + 1) * neurons)).label ?? -1;
      answers[frame] = answer;
      const truth = labels[frame] ?? -1;
      if (truth < 0) continue;
      judged++;
      if (answer === truth) right++;
    }
    if (profile === "follow") {
      readout.forgetBy(keptShare);
      tellTruth(readout, presented);
    }
    return { ...presented, answers, right, judged, cpuUs: presented.cpuUs + clock.cpuUs() - startUs };
  });
}

/** Tells a readout the truth about the frames whose truth is known. */
export function tellTruth(
  readout: Pick<VoteReadout, "learn">,
  { labels, outputs }: Pick<PresentedFrames, "labels" | "outputs">,
): void {
  if (labels.every((label) => label >= 0)) {
    readout.learn(outputs.counts, labels);
    return;
  }
  const neurons = outputs.counts.length / outputs.frames;
  for (const [frame, label] of labels.entries()) {
    if (label >= 0) readout.learn(outputs.counts.subarray(frame * neurons, (frame + 1) * neurons), [label]);
  }
}
