/**
 * Names for neurons that learned without labels, and a decision by their votes. It never touches the network.
 *
 * r[n,c] = mean output spikes of neuron n over the labelled frames of class c
 *
 * majority (Diehl & Cook 2015): a neuron belongs to the class of its highest r;
 *   score[c] = mean spikes in this frame of the neurons that belong to c
 * proportion: every neuron votes with its whole profile;
 *   score[c] = Σn spikes[n] · r[n,c] / Σk r[n,k]
 *   (BindsNET's `proportion_weighting` weights by the same profile, but adds up, per class, only the neurons
 *   that belong to it and divides by their number.)
 *
 * The highest score wins. Of equal ones the lowest class index wins, for neurons and for frames.
 *
 * A name given by hand stands above what labelled frames say: its neuron belongs to that class and votes for it alone.
 */
import { usageError } from "../core/errors.ts";
import type { Model, ModelDescription, ReadoutDescription, Tensor } from "../model/schema.ts";
import { unsortedGroups } from "./neuron-groups.ts";
import { checkLabels, fill, type Vote, voteOf } from "./votes.ts";

export type { Vote };

export type VoteOptions = {
  readonly neurons: number;
  readonly classes: number;
  readonly vote: ReadoutDescription["vote"];
};

const UNNAMED = -1;

/** A class whose frames have decayed to less than this is forgotten, before 0/0 or slow subnormals come up. */
const FORGOTTEN_FRAMES = 1e-150;

export class VoteReadout {
  readonly #neurons: number;
  readonly #classes: number;
  readonly #vote: VoteOptions["vote"];
  /** Neurons × classes: sums of spikes over labelled frames. */
  readonly #response: Float64Array;
  /** Labelled frames per class. */
  readonly #seen: Float64Array;
  /** Class given by hand per neuron, or -1. */
  readonly #given: Int32Array;
  // Derived from those above, when they are needed after a change.
  /** Neurons × classes: r[n,c]. */
  readonly #mean: Float64Array;
  /** Σk r[n,k]; 0 for a neuron without a name. */
  readonly #meanSum: Float64Array;
  readonly #assignment: Int16Array;
  readonly #assigned: Uint32Array;
  readonly #score: Float64Array;
  /** 1 where frames of the class have come since its means were derived. */
  readonly #stale: Uint8Array;
  #isStale = true;

  constructor({ neurons, classes, vote }: VoteOptions) {
    this.#neurons = neurons;
    this.#classes = classes;
    this.#vote = vote;
    this.#response = new Float64Array(neurons * classes);
    this.#seen = new Float64Array(classes);
    this.#given = new Int32Array(neurons).fill(UNNAMED);
    this.#mean = new Float64Array(neurons * classes);
    this.#meanSum = new Float64Array(neurons);
    this.#assignment = new Int16Array(neurons);
    this.#assigned = new Uint32Array(classes);
    this.#score = new Float64Array(classes);
    this.#stale = new Uint8Array(classes).fill(1);
  }

  /** A readout that knows no neuron yet, shaped for a model. */
  static create({ layers: [{ neurons }], readout }: ModelDescription): VoteReadout {
    return new VoteReadout({ neurons, classes: readout.classNames.length, vote: readout.vote });
  }

  /** The readout as it was saved, bit for bit. */
  static restore({ description, tensors }: Model): VoteReadout {
    const readout = VoteReadout.create(description);
    fill(readout.#response, "readout.response", tensors);
    fill(readout.#seen, "readout.seen", tensors);
    fill(readout.#given, "readout.given", tensors);
    return readout;
  }

  /** The same readout with room for more classes, which nothing votes for yet. */
  withClasses(classes: number): VoteReadout {
    const wider = new VoteReadout({ neurons: this.#neurons, classes, vote: this.#vote });
    wider.#seen.set(this.#seen);
    wider.#given.set(this.#given);
    for (let neuron = 0; neuron < this.#neurons; neuron++) {
      const row = this.#response.subarray(neuron * this.#classes, (neuron + 1) * this.#classes);
      wider.#response.set(row, neuron * classes);
    }
    return wider;
  }

  /**
   * Gives these neurons to a class by hand, or with undefined takes the given name away.
   * @throws SpikelineError READOUT_LABEL, READOUT_NEURON
   */
  name(neurons: ArrayLike<number>, label: number | undefined): void {
    if (label !== undefined) checkLabels([label], this.#classes);
    for (let i = 0; i < neurons.length; i++) {
      const neuron = neurons[i] ?? -1;
      if (Number.isInteger(neuron) && neuron >= 0 && neuron < this.#neurons) continue;
      throw usageError("READOUT_NEURON", `Expected neurons below ${this.#neurons} to name, found ${neuron}.`);
    }
    for (let i = 0; i < neurons.length; i++) this.#given[neurons[i] ?? 0] = label ?? UNNAMED;
    this.#isStale = true;
  }

  /** Class given by hand per neuron, or -1. */
  given(): Int32Array {
    return this.#given.slice();
  }

  /** Adds labelled frames to what is known. `counts` are frames × neurons. */
  learn(counts: Uint16Array, labels: ArrayLike<number>): void {
    this.#checkFrames(counts, labels.length);
    checkLabels(labels, this.#classes);
    const neurons = this.#neurons;
    const classes = this.#classes;
    for (let frame = 0; frame < labels.length; frame++) {
      const label = labels[frame] ?? 0;
      this.#seen[label] = (this.#seen[label] ?? 0) + 1;
      this.#stale[label] = 1;
      for (let neuron = 0; neuron < neurons; neuron++) {
        const spikes = counts[frame * neurons + neuron] ?? 0;
        if (spikes === 0) continue;
        const cell = neuron * classes + label;
        this.#response[cell] = (this.#response[cell] ?? 0) + spikes;
      }
    }
    this.#isStale = true;
  }

  /** As new: no neuron has a name. */
  forget(): void {
    this.#response.fill(0);
    this.#seen.fill(0);
    this.#given.fill(UNNAMED);
    this.#stale.fill(1);
    this.#isStale = true;
  }

  /**
   * Keeps `factor` (0..1) of the weight of all frames so far, so that names follow a network that goes on
   * learning. Means stay as they are; later frames count for more.
   */
  forgetBy(factor: number): void {
    if (!(factor >= 0 && factor <= 1)) {
      throw usageError("READOUT_FACTOR", `Expected a factor from 0 to 1 for forgetBy, but got ${factor}.`);
    }
    const classes = this.#classes;
    for (let label = 0; label < classes; label++) {
      const seen = (this.#seen[label] ?? 0) * factor;
      const kept = seen < FORGOTTEN_FRAMES ? 0 : factor;
      this.#seen[label] = kept === 0 ? 0 : seen;
      for (let cell = label; cell < this.#response.length; cell += classes) {
        this.#response[cell] = (this.#response[cell] ?? 0) * kept;
      }
    }
    this.#stale.fill(1);
    this.#isStale = true;
  }

  /** The votes of one frame's output spikes. */
  decide(counts: Uint16Array): Vote {
    this.#checkFrames(counts, 1);
    this.#derive();
    const score = this.#score.fill(0);
    if (this.#vote === "majority") this.#scoreMajority(counts);
    else this.#scoreProportion(counts);
    return voteOf(score);
  }

  /** Class per neuron, or -1 for a neuron that was given no name and has not responded to a labelled frame. */
  assignments(): Int16Array {
    this.#derive();
    return this.#assignment.slice();
  }

  /** The complete state, as copies; the neurons are in no groups. */
  tensors(): Map<string, Tensor> {
    return new Map<string, Tensor>([
      ["readout.response", { shape: [this.#neurons, this.#classes], data: this.#response.slice() }],
      ["readout.seen", { shape: [this.#classes], data: this.#seen.slice() }],
      ["readout.given", { shape: [this.#neurons], data: this.#given.slice() }],
      // Groups are another's (neuron-groups.ts); where nobody sorted, the model says so.
      ["readout.group", unsortedGroups(this.#neurons)],
    ]);
  }

  #scoreMajority(counts: Uint16Array): void {
    const score = this.#score;
    for (let neuron = 0; neuron < counts.length; neuron++) {
      const spikes = counts[neuron] ?? 0;
      const label = this.#assignment[neuron] ?? UNNAMED;
      if (spikes !== 0 && label !== UNNAMED) score[label] = (score[label] ?? 0) + spikes;
    }
    for (let label = 0; label < score.length; label++) {
      const assigned = this.#assigned[label] ?? 0;
      if (assigned > 0) score[label] = (score[label] ?? 0) / assigned;
    }
  }

  #scoreProportion(counts: Uint16Array): void {
    const score = this.#score;
    const mean = this.#mean;
    for (let neuron = 0; neuron < counts.length; neuron++) {
      const spikes = counts[neuron] ?? 0;
      if (spikes === 0) continue;
      const given = this.#given[neuron] ?? UNNAMED;
      if (given !== UNNAMED) score[given] = (score[given] ?? 0) + spikes;
      const meanSum = this.#meanSum[neuron] ?? 0;
      if (given !== UNNAMED || meanSum === 0) continue;
      const weight = spikes / meanSum;
      const row = neuron * score.length;
      for (let label = 0; label < score.length; label++) {
        score[label] = (score[label] ?? 0) + weight * (mean[row + label] ?? 0);
      }
    }
  }

  /** In a stream a frame comes, is judged and learned: then one class of all is stale. */
  #derive(): void {
    if (!this.#isStale) return;
    for (let label = 0; label < this.#classes; label++) {
      if (this.#stale[label] === 1) this.#deriveMeans(label);
    }
    this.#assigned.fill(0);
    for (let neuron = 0; neuron < this.#neurons; neuron++) {
      const label = this.#deriveName(neuron);
      if (label !== UNNAMED) this.#assigned[label] = (this.#assigned[label] ?? 0) + 1;
    }
    this.#stale.fill(0);
    this.#isStale = false;
  }

  #deriveMeans(label: number): void {
    const seen = this.#seen[label] ?? 0;
    const response = this.#response;
    for (let cell = label; cell < response.length; cell += this.#classes) {
      // Divided and not multiplied by 1/seen: only so equal means (2/6 and 1/3) are equal in floating point.
      this.#mean[cell] = seen > 0 ? (response[cell] ?? 0) / seen : 0;
    }
  }

  #deriveName(neuron: number): number {
    const mean = this.#mean;
    const row = neuron * this.#classes;
    let best = UNNAMED;
    let bestMean = 0;
    let sum = 0;
    for (let label = 0; label < this.#classes; label++) {
      const value = mean[row + label] ?? 0;
      sum += value;
      if (value > bestMean) {
        best = label;
        bestMean = value;
      }
    }
    this.#meanSum[neuron] = sum;
    const given = this.#given[neuron] ?? UNNAMED;
    const name = given === UNNAMED ? best : given;
    this.#assignment[neuron] = name;
    return name;
  }

  #checkFrames(counts: Uint16Array, frames: number): void {
    if (counts.length === frames * this.#neurons) return;
    throw usageError(
      "READOUT_COUNTS",
      `Expected spike counts of ${frames} × ${this.#neurons} for the readout, but got ${counts.length}.`,
    );
  }
}
