/** One frame through the model, its time booked, its answer compared with the truth and counted. */
import type { SpikeBatch } from "../core/batches.ts";
import type { Accuracy, Decision, StageCounts } from "../core/telemetry.ts";
import { AccuracyTally } from "./accuracy-tally.ts";
import type { JudgedFrame, LiveModel } from "./live-model.ts";
import type { Meter } from "./meter.ts";

export type Judged = { readonly decision: Decision; readonly judged: JudgedFrame };

export class FrameJudge {
  readonly #model: Pick<LiveModel, "judge">;
  readonly #meter: Meter;
  #tally = new AccuracyTally();
  #frames = 0;
  #framesLearned = 0;

  constructor(options: { readonly model: Pick<LiveModel, "judge">; readonly meter: Meter }) {
    this.#model = options.model;
    this.#meter = options.meter;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Frames shown with learning on, since the weights were fresh or loaded. */
  get framesLearned(): number {
    return this.#framesLearned;
  }

  accuracy(): Accuracy {
    return this.#tally.accuracy();
  }

  counts(): readonly StageCounts[] {
    const frames = this.#frames;
    const whole = { received: frames, delivered: frames, held: 0, dropped: {}, unit: "frames" };
    return [
      { name: "network", ...whole },
      { name: "readout", ...whole },
    ];
  }

  /** The weights are fresh: what was right before says nothing about them. */
  startOver(): void {
    this.#tally = new AccuracyTally();
    this.#framesLearned = 0;
  }

  judge(frame: SpikeBatch, options: { readonly learn: boolean; readonly arrivedUs: number }): Judged {
    const { learn, arrivedUs } = options;
    const truth = frame.episode?.label;
    const judged = this.#model.judge(frame, {
      id: this.#frames,
      learn,
      framesLearned: this.#framesLearned,
      measure: (part, work) => this.#meter.measure(part, work),
    });
    const { vote, group, spikes } = judged;
    if (truth !== undefined) this.#tally.add(vote.label === truth);
    this.#meter.frame({ learn });
    if (learn) this.#framesLearned++;
    const decision = {
      id: this.#frames++,
      ...vote,
      truth,
      name: frame.episode?.name,
      spikes,
      group,
      startUs: frame.startUs,
      endUs: frame.startUs + frame.durationUs,
      arrivedUs,
    };
    return { decision, judged };
  }
}
