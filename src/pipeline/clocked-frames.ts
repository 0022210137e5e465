/** How the live pipeline works with a clocked network, votes and groups of neurons: the plain functions of it. */
import type { SpikeBatch } from "../core/batches.ts";
import type { Learned } from "../core/telemetry.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { SpikingNetwork } from "../network/spiking-network.ts";
import type { NeuronGroups } from "../readout/neuron-groups.ts";
import type { VoteReadout } from "../readout/vote.ts";
import type { FrameOptions, JudgedFrame, LearnedState } from "./live-model.ts";

export type LiveNetwork = Pick<SpikingNetwork, "present" | "fields" | "neurons" | "inputs">;
export type LiveReadout = Pick<VoteReadout, "decide" | "learn" | "forgetBy" | "assignments" | "given">;

export type ClockedParts = {
  readonly network: LiveNetwork;
  readonly readout: LiveReadout;
  readonly groups: NeuronGroups;
};

/**
 * How many of the last frames the readout knows by, as it follows a network that learns: what neurons answered to a
 * while ago no longer tells what they answer to. The older the network, the less it changes, and the more frames count.
 */
const REMEMBERED = { share: 0.1, least: 100, most: 1000 } as const;
/**
 * A field whose weights are spread over more than this share of the inputs is noise still. The share is
 * (Σw)² ÷ (n·Σw²): 1 when all weights are equal, 0.75 for fresh ones, less than 0.5 for every group that had learned.
 */
const FORMING_SPREAD = 0.62;

export type JudgedClocked = JudgedFrame & { readonly counts: Uint16Array };

/** Presents, decides, and only then (when learning) tells the readout the truth. `framesLearned`: of all runs. */
export function judgeClocked(
  { network, readout, groups }: ClockedParts,
  frame: SpikeBatch,
  { learn, framesLearned, measure }: Omit<FrameOptions, "id">,
): JudgedClocked {
  const truth = frame.episode?.label;
  const { counts, output } = measure("network", () => network.present(frame, { learn }));
  const vote = measure("readout", () => {
    const decided = readout.decide(counts);
    if (learn && truth !== undefined) tell(readout, { counts, truth, framesLearned });
    return decided;
  });
  const said = spikesOfGroups(counts, groups);
  const spikes = said.reduce((sum, count) => sum + count, 0);
  return { vote, group: loudest(said), said, features: undefined, output, spikes, counts };
}

function tell(
  readout: LiveReadout,
  frame: { readonly counts: Uint16Array; readonly truth: number; readonly framesLearned: number },
): void {
  const { share, least, most } = REMEMBERED;
  readout.forgetBy(1 - 1 / Math.min(most, Math.max(least, share * frame.framesLearned)));
  readout.learn(frame.counts, [frame.truth]);
}

function spikesOfGroups(counts: Uint16Array, groups: NeuronGroups): Uint32Array {
  const spikes = new Uint32Array(groups.count);
  counts.forEach((count, neuron) => {
    const group = groups.groupOf[neuron] ?? 0;
    spikes[group] = (spikes[group] ?? 0) + count;
  });
  return spikes;
}

/** The group with the most spikes, of equal ones the first; undefined when nothing spoke. */
function loudest(spikes: Uint32Array): number | undefined {
  const most = spikes.reduce((a, b) => Math.max(a, b), 0);
  return most === 0 ? undefined : spikes.indexOf(most);
}

/** Groups follow what learns; where nothing learns they hold still, once there are any. True: they are others now. */
export function followGroups(
  { groups, readout }: Omit<ClockedParts, "network">,
  counts: Uint16Array,
  { learn }: { readonly learn: boolean },
): boolean {
  const isFirst = !groups.isSorted;
  if (!isFirst && !learn) return false;
  groups.observe(counts);
  if (!groups.follow() || !isFirst) return false;
  groups.reorder(groupOrder({ groups, readout }));
  return true;
}

/** In which order new groups are shown: by name, then by size; those without a name last. */
export function groupOrder({ groups, readout }: Omit<ClockedParts, "network">): number[] {
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

/** Groups with the mean of their neurons' fields, and what most of them are called. */
export function learnedByGroups(
  { network, readout, groups }: ClockedParts,
  {
    description,
    classNames,
  }: { readonly description: ModelDescription; readonly classNames: readonly string[] },
): LearnedState {
  const weights = network.fields();
  const { count, groupOf } = groups;
  const fields = meanFields(weights, groupOf, count);
  const labels = readout.assignments();
  const given = readout.given();
  const inputs = fields.length / count;
  const told = Array.from({ length: count }, (_, group) => {
    const members = groups.members(group);
    const label = mostFrequent(members.map((n) => labels[n] ?? -1));
    const byHand = members.filter((n) => (given[n] ?? -1) >= 0 && given[n] === label);
    return {
      name: label === undefined ? undefined : classNames[label],
      isGiven: 2 * byHand.length > members.length,
      neurons: members.length,
      isForming: spreadOf(fields.subarray(group * inputs, (group + 1) * inputs)) > FORMING_SPREAD,
    };
  });
  const shape = fieldShape(description);
  return {
    kind: "groups",
    ...shape,
    groups: told,
    groupOf: groupOf.slice(),
    fields,
    features: undefined,
    weights,
  };
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

function spreadOf(field: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of field) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 1 : (sum * sum) / (field.length * squares);
}
