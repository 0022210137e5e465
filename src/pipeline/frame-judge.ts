/** One frame through network and readout: present, decide, compare with the truth, and only then learn from it. */
import type { SpikeBatch } from "../core/batches.ts";
import type { Accuracy, Decision, StageCounts } from "../core/telemetry.ts";
import type { Presented } from "../network/spiking-network.ts";
import { AccuracyTally } from "./accuracy-tally.ts";
import type { LiveModel } from "./live-model.ts";
import type { Meter } from "./meter.ts";

/**
 * How many of the last frames the readout knows by, as it follows a network that learns: what neurons answered to a
 * while ago no longer tells what they answer to. The older the network, the less it changes, and the more frames count.
 */
const REMEMBERED = { share: 0.1, least: 100, most: 1000 } as const;

export type Judged = { readonly decision: Decision; readonly presented: Presented };

export class FrameJudge {
  readonly #model: LiveModel;
  readonly #meter: Meter;
  #tally = new AccuracyTally();
  #frames = 0;
  #framesLearned = 0;
  /** Frames the weights had learned from before. */
  #framesBefore: number;

  constructor(options: { readonly model: LiveModel; readonly meter: Meter }) {
    this.#model = options.model;
    this.#meter = options.meter;
    this.#framesBefore = options.model.description.provenance.framesSeen;
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
    this.#framesBefore = 0;
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
    const { share, least, most } = REMEMBERED;
    const remembered = share * (this.#framesBefore + this.#framesLearned);
    readout.forgetBy(1 - 1 / Math.min(most, Math.max(least, remembered)));
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
