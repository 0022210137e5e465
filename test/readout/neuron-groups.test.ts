import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { groupsFor, NeuronGroups } from "../../src/readout/neuron-groups.ts";
import { tinyModel, withTensor } from "../model/tiny-model.ts";

const FRAMES_PER_STEP = 300;

/** `kinds` kinds of frames; to each answer the neurons of its kind (neuron mod kinds), and now and then another. */
function frameOf(kind: number, options: { neurons: number; kinds: number; random: Random }): Uint16Array {
  const { neurons, kinds, random } = options;
  const counts = new Uint16Array(neurons);
  for (let n = 0; n < neurons; n++) {
    if (n % kinds === kind && random.nextUnit() < 0.4) counts[n] = 1 + random.nextBelow(3);
  }
  counts[random.nextBelow(neurons)] = 1;
  return counts;
}

function watch(groups: NeuronGroups, options: { neurons: number; kinds: number; frames: number }): void {
  const random = Random.fromKey(5);
  for (let i = 0; i < options.frames; i++) {
    groups.observe(frameOf(random.nextBelow(options.kinds), { ...options, random }));
    groups.follow();
  }
}

describe("groups of neurons", () => {
  it("are one for ten neurons, at most forty", () => {
    expect([1, 9, 25, 400, 1600].map(groupsFor)).toEqual([1, 1, 2, 40, 40]);
  });

  it("bring together what answers to the same frames, without being told what they are", () => {
    const neurons = 60;
    const groups = new NeuronGroups({ neurons, seed: 1 });
    watch(groups, { neurons, kinds: 6, frames: 600 });
    expect(groups.isSorted).toBe(true);
    // Six groups for six kinds: every group holds neurons of one kind only.
    for (let group = 0; group < groups.count; group++) {
      expect(new Set(groups.members(group).map((n) => n % 6)).size).toBe(1);
    }
  });

  it("stay as they are until enough frames have come", () => {
    const groups = new NeuronGroups({ neurons: 40, seed: 1 });
    const before = groups.groupOf.slice();
    for (let i = 0; i < FRAMES_PER_STEP - 1; i++) {
      groups.observe(new Uint16Array(40).fill(1));
      expect(groups.follow()).toBe(false);
    }
    expect(groups.groupOf).toEqual(before);
    groups.observe(new Uint16Array(40).fill(1));
    expect(groups.follow()).toBe(true);
    expect(groups.follow()).toBe(false);
  });

  it("keep their neurons, but for a few between two like groups, while the network goes on answering alike", () => {
    const neurons = 60;
    const groups = new NeuronGroups({ neurons, seed: 3 });
    watch(groups, { neurons, kinds: 6, frames: 600 });
    const settled = groups.groupOf.slice();
    watch(groups, { neurons, kinds: 6, frames: 1200 });
    const moved = groups.groupOf.filter((group, n) => group !== settled[n]).length;
    expect(moved).toBeLessThanOrEqual(6);
  });

  it("are never outside their range and lose no neuron, whatever is answered", () => {
    const spikes = fc.array(fc.nat(3), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(fc.array(spikes, { minLength: 1, maxLength: 8 }), fc.nat(1000), (frames, seed) => {
        const groups = new NeuronGroups({ neurons: 25, seed });
        for (let i = 0; i < 2 * FRAMES_PER_STEP; i++) {
          groups.observe(Uint16Array.from(frames[i % frames.length] ?? []));
          groups.follow();
        }
        const members = Array.from({ length: groups.count }, (_, group) => groups.members(group)).flat();
        expect(members.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, n) => n));
      }),
      { numRuns: 50 },
    );
  });

  it("are the same for the same answers and seed", () => {
    const make = () => {
      const groups = new NeuronGroups({ neurons: 50, seed: 9 });
      watch(groups, { neurons: 50, kinds: 5, frames: 900 });
      return groups.groupOf;
    };
    expect(make()).toEqual(make());
  });

  it("can be put into another order", () => {
    const groups = new NeuronGroups({ neurons: 30, seed: 1 });
    const first = groups.members(0);
    groups.reorder([2, 0, 1]);
    expect(groups.members(1)).toEqual(first);
  });
});

describe("saved groups", () => {
  it("come back as they were", () => {
    const groups = new NeuronGroups({ neurons: 30, seed: 1 });
    expect(groups.tensor().data.every((group) => group === -1)).toBe(true);
    watch(groups, { neurons: 30, kinds: 3, frames: 300 });
    const model = withTensor(tinyModel({ neurons: 30 }), "readout.group", groups.tensor());
    const restored = NeuronGroups.restore(model);
    expect(restored.isSorted).toBe(true);
    expect(restored.groupOf).toEqual(groups.groupOf);
  });

  it("are sorted anew where the model holds none, or some that cannot be", () => {
    expect(NeuronGroups.restore(tinyModel({ neurons: 30 })).isSorted).toBe(false);
    const strange = { shape: [30], data: new Int32Array(30).fill(7) };
    const restored = NeuronGroups.restore(withTensor(tinyModel({ neurons: 30 }), "readout.group", strange));
    expect(restored.isSorted).toBe(false);
    expect(Math.max(...restored.groupOf)).toBeLessThan(restored.count);
  });
});
