/** One frame through network and readout: present, decide, compare with the truth, and only then learn from it. */
import type { SpikeBatch } from "../core/batches.ts";
import type { Accuracy, Decision, StageCounts } from "../core/telemetry.ts";
import type { Presented } from "../network/spiking-network.ts";
import { AccuracyTally } from "./accuracy-tally.ts";
import type { LiveModel } from "./live-model.ts";
import type { Meter } from "./meter.ts";

/**
 * Share of what the readout knows that stays after each frame it learns: the neurons still change, and what they
 * answered to a while ago no longer tells what they answer to. About the last 1/(1 − share) frames count.
 */
const KEPT_SHARE = 0.99;

export type Judged = { readonly decision: Decision; readonly presented: Presented };

export class FrameJudge {
  readonly #model: LiveModel;
  readonly #meter: Meter;
  #tally = new AccuracyTally();
  #frames = 0;
  #framesLearned = 0;

  constructor(options: { readonly model: LiveModel; readonly meter: Meter }) {
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
    const { network, readout, groups } = this.#model;
    const truth = frame.episode?.label;
    const presented = this.#meter.measure("network", () => network.present(frame, { learn }));
    const { counts } = presented;
    const vote = this.#meter.measure("readout", () => {
      const decided = readout.decide(counts);
      if (learn && truth !== undefined) this.#tell(counts, truth);
      return decided;
    });
    if (truth !== undefined) this.#tally.add(vote.label === truth);
    this.#meter.frame({ learn });
    if (learn) this.#framesLearned++;
    const decision = {
      id: this.#frames++,
      ...vote,
      truth,
      name: frame.episode?.name,
      spikes: counts.reduce((sum, count) => sum + count, 0),
      group: loudest(counts, groups),
      startUs: frame.startUs,
      endUs: frame.startUs + frame.durationUs,
      arrivedUs,
    };
    return { decision, presented };
  }

  #tell(counts: Uint16Array, truth: number): void {
    const { readout } = this.#model;
    readout.forgetBy(KEPT_SHARE);
    readout.learn(counts, [truth]);
  }
}

/** The group with the most spikes, of equal ones the first; undefined when nothing spoke. */
function loudest(counts: Uint16Array, groups: LiveModel["groups"]): number | undefined {
  const spikes = new Uint32Array(groups.count);
  counts.forEach((count, neuron) => {
    const group = groups.groupOf[neuron] ?? 0;
    spikes[group] = (spikes[group] ?? 0) + count;
  });
  const most = spikes.reduce((a, b) => Math.max(a, b), 0);
  return most === 0 ? undefined : spikes.indexOf(most);
}
