/**
 * Sorts neurons into groups that answer to the same frames, so that a person can name forty groups instead of hundreds
 * of neurons. It needs no labels and never touches the network.
 *
 *   A[n,m] = Σ over frames of spikes[n] · spikes[m], older frames fading     (m folded into at most 512 columns)
 *   neuron n belongs to the group g with the highest cosine of A[n] and c[g];   c[g] = mean of A[n]/|A[n]|, normed
 *
 * which is spherical k-means, one step for every few hundred frames, so that groups follow a network that goes on
 * learning and keep their place. Forty groups of 400 neurons, each named by its most frequent digit, named 76 to 82 % of
 * simulated digits; groups of similar fields 65 %, for fields alike are not of one class.
 */
import { usageError } from "../core/errors.ts";
import { hashWords, Random } from "../core/random.ts";
import type { Model, Tensor } from "../model/schema.ts";

/** More than a person wants to name. */
const MOST_GROUPS = 40;
const NEURONS_PER_GROUP = 10;
const MOST_COLUMNS = 512;
/** Share of what was seen that stays after each frame: about the last 1/(1 − share) frames count. */
const KEPT_SHARE = 0.999;
/** Sums are kept at a growing scale instead of shrinking them all at each frame. */
const LARGEST_SCALE = 1e12;
/** Frames between two steps; fewer say little about 400 neurons of which a dozen answer to a frame. */
const FRAMES_PER_STEP = 300;
/** Steps of the first sorting, from nothing: more changed no group. */
const FIRST_STEPS = 10;
const STREAM = 31;
/** In a model file: not sorted yet. */
const UNSORTED = -1;

export const groupsFor = (neurons: number): number =>
  Math.min(MOST_GROUPS, Math.max(1, Math.floor(neurons / NEURONS_PER_GROUP)));

/** The tensor of a model whose neurons nobody has sorted. */
export const unsortedGroups = (neurons: number): Tensor => ({
  shape: [neurons],
  data: new Int32Array(neurons).fill(UNSORTED),
});

export class NeuronGroups {
  readonly count: number;
  /** Group of each neuron. Not to be written. */
  readonly groupOf: Uint16Array;
  readonly #seed: number;
  readonly #columns: number;
  /** neurons × columns. */
  readonly #together: Float32Array;
  readonly #centres: Float32Array;
  readonly #sizes: Uint32Array;
  #scale = 1;
  #frames = 0;
  #isSorted = false;

  constructor(options: { readonly neurons: number; readonly seed: number }) {
    const { neurons, seed } = options;
    this.count = groupsFor(neurons);
    this.#seed = seed;
    this.#columns = Math.min(neurons, MOST_COLUMNS);
    this.#together = new Float32Array(neurons * this.#columns);
    this.#centres = new Float32Array(this.count * this.#columns);
    this.#sizes = new Uint32Array(this.count);
    this.groupOf = Uint16Array.from({ length: neurons }, (_, n) => Math.floor((n * this.count) / neurons));
  }

  /** Groups as they were saved; what they were sorted by is gathered anew. */
  static restore({ description, tensors }: Model): NeuronGroups {
    const [{ neurons }] = description.layers;
    const groups = new NeuronGroups({ neurons, seed: description.seed });
    const saved = tensors.get("readout.group")?.data;
    if (!(saved instanceof Int32Array) || saved.length !== neurons) {
      throw usageError("READOUT_TENSOR", `Expected readout.group as ${neurons} int32 numbers in the model.`);
    }
    if (saved.every((group) => group >= 0 && group < groups.count)) {
      groups.groupOf.set(saved);
      groups.#isSorted = true;
    }
    return groups;
  }

  /** Whether the groups come from answers, and not just from the neurons' order. */
  get isSorted(): boolean {
    return this.#isSorted;
  }

  tensor(): Tensor {
    if (!this.#isSorted) return unsortedGroups(this.groupOf.length);
    return { shape: [this.groupOf.length], data: Int32Array.from(this.groupOf) };
  }

  /** Takes in the output spikes of one frame. */
  observe(counts: Uint16Array): void {
    const columns = this.#columns;
    const speaking: number[] = [];
    for (let n = 0; n < counts.length; n++) if (counts[n] !== 0) speaking.push(n);
    this.#scale /= KEPT_SHARE;
    for (const n of speaking) {
      const weight = this.#scale * (counts[n] ?? 0);
      for (const m of speaking) {
        const at = n * columns + (m % columns);
        this.#together[at] = (this.#together[at] ?? 0) + weight * (counts[m] ?? 0);
      }
    }
    this.#frames++;
    if (this.#scale > LARGEST_SCALE) this.#rescale();
  }

  /** Sorts when enough frames have come since the last time; answers whether it did. */
  follow(): boolean {
    if (this.#frames < FRAMES_PER_STEP) return false;
    this.#frames = 0;
    const norms = this.#norms();
    if (this.#isSorted) this.#recentre(norms);
    else this.#seedCentres(norms);
    for (let step = this.#isSorted ? FIRST_STEPS - 1 : 0; step < FIRST_STEPS; step++) {
      const worst = this.#assign(norms);
      this.#fillEmpty(worst);
      this.#recentre(norms);
    }
    this.#isSorted = true;
    return true;
  }

  /** Renumbers the groups: `order[new] = old`. */
  reorder(order: readonly number[]): void {
    const newOf = new Uint16Array(this.count);
    order.forEach((old, now) => {
      newOf[old] = now;
    });
    this.groupOf.forEach((old, neuron) => {
      this.groupOf[neuron] = newOf[old] ?? 0;
    });
  }

  /** The neurons of one group. */
  members(group: number): number[] {
    const members: number[] = [];
    this.groupOf.forEach((of, neuron) => {
      if (of === group) members.push(neuron);
    });
    return members;
  }

  #rescale(): void {
    for (let i = 0; i < this.#together.length; i++)
      this.#together[i] = (this.#together[i] ?? 0) / this.#scale;
    this.#scale = 1;
  }

  #norms(): Float64Array {
    const columns = this.#columns;
    return Float64Array.from(this.groupOf, (_, n) => {
      let sum = 0;
      for (let i = n * columns; i < (n + 1) * columns; i++) sum += (this.#together[i] ?? 0) ** 2;
      return Math.sqrt(sum);
    });
  }

  /** k-means++: each next centre is a neuron far from those before, drawn by its distance. */
  #seedCentres(norms: Float64Array): void {
    const neurons = norms.length;
    const random = Random.fromKey(hashWords(this.#seed, STREAM));
    const distance = new Float64Array(neurons).fill(1);
    for (let group = 0; group < this.count; group++) {
      let left = random.nextUnit() * distance.reduce((sum, value) => sum + value, 0);
      let chosen = 0;
      while (chosen < neurons - 1 && left >= (distance[chosen] ?? 0)) left -= distance[chosen++] ?? 0;
      this.#centreOn(group, chosen, norms);
      for (let n = 0; n < neurons; n++) {
        distance[n] = Math.min(distance[n] ?? 0, Math.max(0, 1 - this.#cosine(group, n, norms)));
      }
    }
  }

  /** Answers the neuron that fits its group worst. Neurons that never spoke stay where they are. */
  #assign(norms: Float64Array): number {
    let worst = 0;
    let worstCosine = Number.POSITIVE_INFINITY;
    this.#sizes.fill(0);
    for (let neuron = 0; neuron < norms.length; neuron++) {
      let best = this.groupOf[neuron] ?? 0;
      let bestCosine = this.#cosine(best, neuron, norms);
      for (let group = 0; group < this.count && norms[neuron] !== 0; group++) {
        const cosine = this.#cosine(group, neuron, norms);
        if (cosine <= bestCosine) continue;
        best = group;
        bestCosine = cosine;
      }
      this.groupOf[neuron] = best;
      this.#sizes[best] = (this.#sizes[best] ?? 0) + 1;
      if (bestCosine >= worstCosine || norms[neuron] === 0) continue;
      worst = neuron;
      worstCosine = bestCosine;
    }
    return worst;
  }

  /** A group that lost its last neuron begins anew with the neuron that fits nowhere. */
  #fillEmpty(worst: number): void {
    const empty = this.#sizes.indexOf(0);
    const from = this.groupOf[worst] ?? 0;
    if (empty < 0 || (this.#sizes[from] ?? 0) < 2) return;
    this.#sizes[from] = (this.#sizes[from] ?? 0) - 1;
    this.#sizes[empty] = 1;
    this.groupOf[worst] = empty;
  }

  #recentre(norms: Float64Array): void {
    const columns = this.#columns;
    const centres = this.#centres.fill(0);
    for (let neuron = 0; neuron < norms.length; neuron++) {
      const to = (this.groupOf[neuron] ?? 0) * columns;
      const scale = norms[neuron] === 0 ? 0 : 1 / (norms[neuron] ?? 1);
      const from = neuron * columns;
      for (let i = 0; i < columns; i++) {
        centres[to + i] = (centres[to + i] ?? 0) + scale * (this.#together[from + i] ?? 0);
      }
    }
    for (let group = 0; group < this.count; group++) {
      const centre = centres.subarray(group * columns, (group + 1) * columns);
      const norm = Math.sqrt(centre.reduce((sum, value) => sum + value * value, 0));
      if (norm > 0) for (let i = 0; i < columns; i++) centre[i] = (centre[i] ?? 0) / norm;
    }
  }

  #centreOn(group: number, neuron: number, norms: Float64Array): void {
    const columns = this.#columns;
    const norm = norms[neuron] === 0 ? 1 : (norms[neuron] ?? 1);
    for (let i = 0; i < columns; i++) {
      this.#centres[group * columns + i] = (this.#together[neuron * columns + i] ?? 0) / norm;
    }
  }

  #cosine(group: number, neuron: number, norms: Float64Array): number {
    const columns = this.#columns;
    const [centres, together] = [this.#centres, this.#together];
    const at = group * columns;
    const from = neuron * columns;
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += (centres[at + i] ?? 0) * (together[from + i] ?? 0);
    return norms[neuron] === 0 ? 0 : sum / (norms[neuron] ?? 1);
  }
}
