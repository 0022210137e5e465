/** What the network has learned, for the page: groups of neurons with their names, mean fields and share of the spikes. */
import { type Clock, systemClock } from "../core/clock.ts";
import type { Learned, NeuronGroup } from "../core/telemetry.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { LiveModel } from "./live-model.ts";
import { WeightChange } from "./weight-change.ts";

const EVERY_US = 500_000;
/** Reading all weights takes time that frames cannot have: at most this share of it. */
const MOST_LOAD = 0.02;
const SHARE_TAU_US = 60e6;
/**
 * A field whose weights are spread over more than this share of the inputs is noise still. The share is
 * (Σw)² ÷ (n·Σw²): 1 when all weights are equal, 0.75 for fresh ones, less than 0.5 for every group that had learned.
 */
const FORMING_SPREAD = 0.62;

export class LearnedView {
  readonly #clock: Clock;
  readonly #shape: Pick<Learned, "planes" | "width" | "height">;
  readonly #rows: readonly number[];
  readonly #change: WeightChange;
  #spikes = new Float64Array(0);
  #spikesUs = 0;
  #revision = 0;
  #dueUs = Number.NEGATIVE_INFINITY;

  /** `rows` are the neurons that the raster shows. */
  constructor(description: ModelDescription, rows: readonly number[], clock: Clock = systemClock) {
    this.#shape = fieldShape(description);
    this.#rows = rows;
    this.#clock = clock;
    this.#change = new WeightChange(clock);
  }

  /** Takes in the output spikes of a frame. */
  add(counts: Uint16Array, { groupOf, count }: Pick<LiveModel["groups"], "groupOf" | "count">): void {
    const nowUs = this.#clock.nowUs();
    if (this.#spikes.length !== count) this.#spikes = new Float64Array(count);
    const kept = Math.exp((this.#spikesUs - nowUs) / SHARE_TAU_US);
    this.#spikesUs = nowUs;
    for (let group = 0; group < count; group++) this.#spikes[group] = (this.#spikes[group] ?? 0) * kept;
    for (let n = 0; n < counts.length; n++) {
      const group = groupOf[n] ?? 0;
      this.#spikes[group] = (this.#spikes[group] ?? 0) + (counts[n] ?? 0);
    }
  }

  /** The network has changed otherwise than by learning: it is told at once. */
  renew(): void {
    this.#dueUs = Number.NEGATIVE_INFINITY;
    this.#change.forget();
  }

  /** The groups come in another order, or are others. */
  regroup(): void {
    this.#spikes.fill(0);
    this.#dueUs = Number.NEGATIVE_INFINITY;
  }

  /** What there is to tell, or undefined when it was told a moment ago. */
  take(model: LiveModel, options: { readonly learning: boolean }): Learned | undefined {
    const nowUs = this.#clock.nowUs();
    if (nowUs < this.#dueUs) return undefined;
    const weights = model.network.fields();
    const { count, groupOf } = model.groups;
    const means = meanFields(weights, groupOf, count);
    const learned: Learned = {
      revision: this.#revision++,
      kind: "groups",
      groups: this.#groupsOf(model, means),
      neurons: groupOf.length,
      groupOfRow: Uint16Array.from(this.#rows, (neuron) => groupOf[neuron] ?? 0),
      ...this.#shape,
      fields: scaled(means, count),
      features: undefined,
      changePerMinute: this.#change.perMinute(weights, options),
    };
    const tookUs = this.#clock.nowUs() - nowUs;
    this.#dueUs = nowUs + Math.max(EVERY_US, tookUs / MOST_LOAD);
    return learned;
  }

  #groupsOf({ groups, readout, classNames }: LiveModel, means: Float32Array): NeuronGroup[] {
    const labels = readout.assignments();
    const given = readout.given();
    const total = this.#spikes.reduce((sum, spikes) => sum + spikes, 0);
    const inputs = means.length / groups.count;
    return Array.from({ length: groups.count }, (_, group) => {
      const members = groups.members(group);
      const label = mostFrequent(members.map((n) => labels[n] ?? -1));
      const byHand = members.filter((n) => (given[n] ?? -1) >= 0 && given[n] === label);
      return {
        name: label === undefined ? undefined : classNames[label],
        isGiven: 2 * byHand.length > members.length,
        neurons: members.length,
        share: total === 0 ? 0 : (this.#spikes[group] ?? 0) / total,
        isForming: spreadOf(means.subarray(group * inputs, (group + 1) * inputs)) > FORMING_SPREAD,
      };
    });
  }
}

/** In which order new groups are shown: by name, then by size; those without a name last. */
export function groupOrder({ groups, readout }: Pick<LiveModel, "groups" | "readout">): number[] {
  const labels = readout.assignments();
  const ranks = Array.from({ length: groups.count }, (_, group) => {
    const members = groups.members(group);
    const label = mostFrequent(members.map((n) => labels[n] ?? -1)) ?? Number.POSITIVE_INFINITY;
    return { group, label, size: members.length };
  });
  // Infinity − Infinity is no order.
  ranks.sort((a, b) => (a.label === b.label ? b.size - a.size : a.label - b.label));
  return ranks.map(({ group }) => group);
}

function fieldShape({ input, encoder }: ModelDescription): Pick<Learned, "planes" | "width" | "height"> {
  if (encoder.kind === "poisson") return { planes: 1, ...input };
  const { pool, polarity } = encoder;
  const planes = polarity === "split" ? 2 : 1;
  return { planes, width: Math.ceil(input.width / pool), height: Math.ceil(input.height / pool) };
}

/** The most frequent label of those that are not -1; of equal ones the lowest. */
function mostFrequent(labels: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  let best: number | undefined;
  for (const [label, count] of counts) {
    const most = best === undefined ? 0 : (counts.get(best) ?? 0);
    if (count > most || (count === most && label < (best ?? 0))) best = label;
  }
  return best;
}

/** groups × inputs; 0 for a group without neurons. */
function meanFields(weights: Float32Array, groupOf: Uint16Array, groups: number): Float32Array {
  const inputs = weights.length / groupOf.length;
  const sizes = new Uint32Array(groups);
  for (const group of groupOf) sizes[group] = (sizes[group] ?? 0) + 1;
  const means = new Float32Array(groups * inputs);
  groupOf.forEach((group, neuron) => {
    const share = 1 / (sizes[group] ?? 1);
    const [to, from] = [group * inputs, neuron * inputs];
    for (let i = 0; i < inputs; i++) means[to + i] = (means[to + i] ?? 0) + share * (weights[from + i] ?? 0);
  });
  return means;
}

function scaled(means: Float32Array, groups: number): Uint8Array {
  const inputs = means.length / groups;
  const fields = new Uint8Array(means.length);
  for (let group = 0; group < groups; group++) {
    const mean = means.subarray(group * inputs, (group + 1) * inputs);
    const most = mean.reduce((a, b) => Math.max(a, b), 0);
    for (let i = 0; most > 0 && i < inputs; i++)
      fields[group * inputs + i] = Math.round((255 * (mean[i] ?? 0)) / most);
  }
  return fields;
}

function spreadOf(field: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of field) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 1 : (sum * sum) / (field.length * squares);
}
