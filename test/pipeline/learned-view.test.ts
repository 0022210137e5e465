import { beforeEach, describe, expect, it } from "vitest";
import type { Learned } from "../../src/core/telemetry.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { groupOrder } from "../../src/pipeline/clocked-frames.ts";
import { LearnedView } from "../../src/pipeline/learned-view.ts";
import { NeuronGroups } from "../../src/readout/neuron-groups.ts";
import { eventDescription, fakeClock, fakeModel, fakeNetwork, fakeReadout } from "./live-world.ts";

const NEURONS = 20;
const INPUTS = 4;
const ROWS = [0, 9, 10, 19];
const off = { learning: false };

/** Twenty neurons, ten in each of two groups, with fields, labels and given names that the test sets. */
function world() {
  const fields = new Float32Array(NEURONS * INPUTS).fill(1);
  const labels = new Int16Array(NEURONS).fill(-1);
  const given = new Int32Array(NEURONS).fill(-1);
  const groups = new NeuronGroups({ neurons: NEURONS, seed: 1 });
  const { clock, passMs } = fakeClock();
  const description = eventDescription(NEURONS);
  const model = fakeModel([], {
    description,
    groups,
    classNames: ["nil", "one", "two"],
    network: { ...fakeNetwork(), neurons: NEURONS, fields: () => fields.slice() },
    readout: { ...fakeReadout(), assignments: () => labels.slice(), given: () => given.slice() },
  });
  const view = new LearnedView(ROWS, clock);
  /** The output spikes of a frame: so many of each group. */
  const say = (...spikes: readonly number[]) => {
    view.add({ said: spikes, features: undefined });
  };
  const setField = (neuron: number, ...weights: readonly number[]) => fields.set(weights, neuron * INPUTS);
  const take = (options = off): Learned => {
    const learned = view.take(model, options);
    if (learned === undefined) throw new Error("Expected something to be told.");
    return learned;
  };
  return { view, model, groups, fields, labels, given, clock, passMs, say, setField, take };
}

let now: ReturnType<typeof world>;
beforeEach(() => {
  now = world();
});

describe("the fields of what was learned", () => {
  it("are the mean weights of each group, its largest as 255", () => {
    const { setField, take } = now;
    for (let neuron = 0; neuron < 10; neuron++) {
      // Half of the first group on one line, half weaker on another: means 0.5, 0.2, 0, 0.
      setField(neuron, ...(neuron % 2 === 0 ? [1, 0, 0, 0] : [0, 0.4, 0, 0]));
      setField(10 + neuron, 0, 0, neuron / 1000, 0);
    }
    const { fields, groups, groupOfRow, neurons, planes, width, height } = take();
    expect([...fields]).toEqual([255, 102, 0, 0, 0, 0, 255, 0]);
    expect(groups.map((group) => group.neurons)).toEqual([10, 10]);
    expect([...groupOfRow]).toEqual([0, 0, 1, 1]);
    expect({ neurons, planes, width, height }).toEqual({ neurons: 20, planes: 1, width: 4, height: 1 });
  });

  it("follow the groups when these are sorted otherwise", () => {
    const { groups, setField, take } = now;
    for (let neuron = 0; neuron < 20; neuron++)
      setField(neuron, neuron < 10 ? 1 : 0, neuron < 10 ? 0 : 1, 0, 0);
    groups.reorder([1, 0]);
    const learned = take();
    expect([...learned.fields]).toEqual([0, 255, 0, 0, 255, 0, 0, 0]);
    expect([...learned.groupOfRow]).toEqual([1, 1, 0, 0]);
  });

  it("have two planes where polarities are apart, and the size of the pooled grid", () => {
    const { model, clock } = now;
    const shapeOf = (encoder: ModelDescription["encoder"], width: number, height: number) => {
      const description = { ...eventDescription(NEURONS), encoder, input: { width, height } };
      const learned = new LearnedView(ROWS, clock).take(fakeModel([], { ...model, description }), off);
      return [learned?.planes, learned?.width, learned?.height];
    };
    const grid = { kind: "event-grid", window: { by: "episode" } } as const;
    expect(shapeOf({ ...grid, pool: 2, polarity: "split" }, 34, 33)).toEqual([2, 17, 17]);
    expect(shapeOf({ ...grid, pool: 1, polarity: "merge" }, 4, 1)).toEqual([1, 4, 1]);
    expect(shapeOf({ kind: "poisson", maxRateHz: 60, brighterHz: 30 }, 28, 28)).toEqual([1, 28, 28]);
  });

  it("are nothing where all weights are", () => {
    const { fields, take } = now;
    fields.fill(0);
    const learned = take();
    expect([...learned.fields]).toEqual(new Array(8).fill(0));
    expect(learned.groups.map(({ isForming }) => isForming)).toEqual([true, true]);
  });

  it("are forming while they are noise, and not when they are concentrated", () => {
    const { setField, take, model } = now;
    for (let neuron = 0; neuron < 10; neuron++) setField(neuron, 0.9, 0.05, 0.05, 0.05);
    expect(take().groups.map(({ isForming }) => isForming)).toEqual([false, true]);

    const description = eventDescription(NEURONS);
    const [layer] = description.layers;
    const wide: ModelDescription = {
      ...description,
      input: { width: 400, height: 1 },
      layers: [{ ...layer, inputs: 400 }],
    };
    const network = SpikingNetwork.create(wide);
    const fresh = new LearnedView(ROWS, now.clock).take(
      fakeModel([], { ...model, description: wide, network }),
      off,
    );
    expect(fresh?.groups.map(({ isForming }) => isForming)).toEqual([true, true]);
    network.dispose();
  });
});

describe("the names of what was learned", () => {
  const namesOf = ({ groups }: Learned) => groups.map(({ name, isGiven }) => [name, isGiven]);

  it("are what most of a group's named neurons are called, of equally many the first class", () => {
    const { labels, take } = now;
    labels.set([2, 2, 1, -1, -1, -1, -1, -1, -1, -1]);
    labels.set([2, 0, 2, 0, 1], 10);
    expect(namesOf(take())).toEqual([
      ["two", false],
      ["nil", false],
    ]);
  });

  it("are none where no neuron has one", () => {
    expect(namesOf(now.take())).toEqual(new Array(2).fill([undefined, false]));
  });

  it("are given by hand where more than half of the group's neurons were given the name it has", () => {
    const { labels, given, take, passMs } = now;
    labels.fill(1);
    given.fill(1, 0, 5);
    given.fill(1, 10, 16);
    expect(namesOf(take())).toEqual([
      ["one", false],
      ["one", true],
    ]);
    // Given names of another kind do not count: the group is called something else.
    given.fill(2, 10, 16);
    passMs(1000);
    expect(namesOf(take())[1]).toEqual(["one", false]);
  });
});

describe("the shares of the spikes", () => {
  const sharesOf = ({ groups }: Learned) => groups.map(({ share }) => share);

  it("are those of about the last minute: older spikes fade", () => {
    const { say, take, passMs } = now;
    expect(sharesOf(take())).toEqual([0, 0]);
    say(30, 10);
    passMs(500);
    expect(sharesOf(take())).toEqual([0.75, 0.25]);
    passMs(59_500);
    say(0, 40);
    const [first, second] = sharesOf(take());
    expect(first).toBeCloseTo(30 / Math.E / (40 / Math.E + 40), 9);
    expect((first ?? 0) + (second ?? 0)).toBeCloseTo(1, 12);
  });

  it("begin anew when the groups are others", () => {
    const { view, say, take } = now;
    say(30, 10);
    view.regroup();
    expect(sharesOf(take())).toEqual([0, 0]);
    say(1, 3);
    view.regroup();
    say(0, 3);
    expect(sharesOf(take())).toEqual([0, 1]);
  });
});

describe("when what was learned is told", () => {
  it("is at most twice a second, each time with a higher revision", () => {
    const { view, model, passMs, take } = now;
    const told: number[] = [];
    for (let ms = 0; ms < 3000; ms += 10) {
      const learned = view.take(model, off);
      if (learned !== undefined) told.push(ms);
      passMs(10);
    }
    expect(told).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    expect(take().revision).toBe(6);
  });

  it("is less often when reading the weights takes long, so that it takes two hundredths of the time", () => {
    const { view, model, fields, passMs } = now;
    const slow = fakeModel([], {
      ...model,
      network: {
        ...fakeNetwork(),
        fields: () => {
          passMs(20);
          return fields.slice();
        },
      },
    });
    expect(view.take(slow, off)).toBeDefined();
    passMs(979);
    expect(view.take(slow, off)).toBeUndefined();
    passMs(1);
    expect(view.take(slow, off)).toBeDefined();
  });

  it("is at once after a reset, a name or another order", () => {
    const { view, model } = now;
    for (const change of [() => view.renew(), () => view.regroup()]) {
      view.take(model, off);
      expect(view.take(model, off)).toBeUndefined();
      change();
      expect(view.take(model, off)).toBeDefined();
    }
  });

  it("says how fast the weights change while they learn, and not across a reset", () => {
    const { view, fields, passMs, take } = now;
    const on = { learning: true };
    expect(take(on).changePerMinute).toBeUndefined();
    passMs(6000);
    fields.fill(1.25);
    // A quarter of 1.25 in a tenth of a minute.
    expect(take(on).changePerMinute).toBeCloseTo(2, 6);
    view.renew();
    passMs(6000);
    fields.fill(9);
    expect(take(on).changePerMinute).toBeUndefined();
    passMs(6000);
    expect(take(off).changePerMinute).toBeUndefined();
  });
});

describe("the order of new groups", () => {
  it("is by name, then by size, those without a name last", () => {
    const neurons = 40;
    const groups = new NeuronGroups({ neurons, seed: 1 });
    // Old groups: 0 has 4 neurons and no name, 1 has 16 without, 2 and 3 are both "one", of 8 and 12.
    groups.groupOf.set([4, 16, 8, 12].flatMap((size, group) => new Array<number>(size).fill(group)));
    const assignments = () => Int16Array.from(groups.groupOf, (group) => [-1, -1, 1, 1][group] ?? -1);
    expect(groupOrder({ groups, readout: { ...fakeReadout(), assignments } })).toEqual([3, 2, 1, 0]);
    const other = () => Int16Array.from(groups.groupOf, (group) => [2, 0, 1, -1][group] ?? -1);
    expect(groupOrder({ groups, readout: { ...fakeReadout(), assignments: other } })).toEqual([1, 2, 0, 3]);
  });
});
