import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Model } from "../../src/model/schema.ts";
import { VoteReadout } from "../../src/readout/vote.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { bytesOf, decide, type Taught, taught } from "./taught.ts";

/** The definition, written for reading: scores per class from plain arrays. */
function scoresOf({ vote, classes, frames }: Required<Taught>, counts: readonly number[]): number[] {
  const all = Array.from({ length: classes }, (_, label) => label);
  const means = counts.map((_, neuron) =>
    all.map((label) => {
      const of = frames.filter(([truth]) => truth === label);
      return of.length === 0 ? 0 : of.reduce((sum, [, spikes]) => sum + (spikes[neuron] ?? 0), 0) / of.length;
    }),
  );
  const sums = means.map((row) => row.reduce((a, b) => a + b, 0));
  const assigned = means.map((row, neuron) => (sums[neuron] === 0 ? -1 : row.indexOf(Math.max(...row))));
  return all.map((label) => {
    const members = counts.filter((_, neuron) => assigned[neuron] === label);
    if (vote === "majority")
      return members.length === 0 ? 0 : members.reduce((a, b) => a + b, 0) / members.length;
    return counts.reduce((score, spikes, neuron) => {
      const sum = sums[neuron] ?? 0;
      return sum === 0 ? score : score + (spikes / sum) * (means[neuron]?.[label] ?? 0);
    }, 0);
  });
}

describe("naming", () => {
  test("gives a neuron the class of its highest mean, not of its highest sum", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [3]],
        [0, [3]],
        [0, [3]],
        [1, [5]],
      ],
    });
    expect([...readout.assignments()]).toEqual([1]);
  });

  test("leaves a neuron that never fired unnamed", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [1, 0]],
        [1, [0, 0]],
      ],
    });
    expect([...readout.assignments()]).toEqual([0, -1]);
  });

  test("takes the lowest class of equal means, even where their reciprocals round differently", () => {
    for (const times of [3, 6, 49, 98]) {
      const frames = Array.from({ length: times }, (_, i): [number, number[]] => [1, [i === 0 ? 1 : 0]]);
      const twice = [...frames, ...frames].map(([, spikes]): [number, number[]] => [0, spikes]);
      expect([...taught({ classes: 2, frames: [...frames, ...twice] }).assignments()]).toEqual([0]);
    }
  });

  test("is the same whether frames come one by one or at once", () => {
    const frames: Taught["frames"] = [
      [0, [1, 2]],
      [1, [0, 4]],
      [1, [7, 0]],
    ];
    const atOnce = taught({ classes: 2, frames });
    const oneByOne = new VoteReadout({ neurons: 2, classes: 2, vote: "majority" });
    for (const [label, counts] of frames) {
      oneByOne.learn(new Uint16Array(counts), new Uint8Array([label]));
      decide(oneByOne, 1, 1);
    }
    expect(bytesOf(oneByOne)).toEqual(bytesOf(atOnce));
    expect(decide(oneByOne, 3, 1)).toEqual(decide(atOnce, 3, 1));
  });
});

describe("the majority vote", () => {
  test("compares means over the neurons of each class, not sums", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [5, 5, 5, 0]],
        [1, [0, 0, 0, 5]],
      ],
    });
    expect(decide(readout, 2, 2, 2, 3)).toEqual({
      label: 1,
      margin: 1 / 5,
      confidence: 3 / 5,
      shares: [2 / 5, 3 / 5],
    });
  });

  test("ignores neurons without a name", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [1, 0]],
        [1, [0, 0]],
      ],
    });
    expect(decide(readout, 1, 100)).toMatchObject({ label: 0, confidence: 1, margin: 1 });
  });
});

describe("the proportion vote", () => {
  test("lets a neuron vote for every class it responds to", () => {
    const frames: Taught["frames"] = [
      [0, [3, 0, 0]],
      [1, [1, 1, 0]],
    ];
    const readout = taught({ vote: "proportion", classes: 2, frames });
    // Profiles: (3/4, 1/4), (0, 1), none.
    expect(decide(readout, 4, 1, 9).shares).toEqual([3 / 5, 2 / 5]);
    expect(decide(readout, 4, 3, 0)).toMatchObject({ label: 1, confidence: 4 / 7 });
  });
});

describe.each(["majority", "proportion"] as const)("a decision by %s", (vote) => {
  test("has no label, no margin and no shares when no named neuron fired", () => {
    const nothing = { label: undefined, margin: 0, confidence: 0, shares: [0, 0] };
    const readout = taught({
      vote,
      classes: 2,
      frames: [
        [0, [1, 0]],
        [1, [0, 0]],
      ],
    });
    expect(decide(readout, 0, 0)).toEqual(nothing);
    expect(decide(readout, 0, 5)).toEqual(nothing);
    readout.forget();
    expect(decide(readout, 5, 5)).toEqual(nothing);
  });

  test("falls to the lowest class of equal votes, with no margin", () => {
    const frames: Taught["frames"] = [
      [2, [1, 0]],
      [1, [0, 1]],
    ];
    expect(decide(taught({ vote, classes: 3, frames }), 4, 4)).toEqual({
      label: 1,
      margin: 0,
      confidence: 0.5,
      shares: [0, 0.5, 0.5],
    });
  });

  test("has the whole share where there is one class only", () => {
    const readout = taught({ vote, classes: 1, frames: [[0, [2]]] });
    expect(decide(readout, 3)).toEqual({ label: 0, margin: 1, confidence: 1, shares: [1] });
  });

  test("is what the definition says", () => {
    const sizes = fc.record({
      neurons: fc.integer({ min: 1, max: 8 }),
      classes: fc.integer({ min: 1, max: 5 }),
    });
    const worlds = sizes.chain(({ neurons, classes }) => {
      const counts = fc.array(fc.nat(6), { minLength: neurons, maxLength: neurons });
      const frames = fc.array(fc.tuple(fc.nat(classes - 1), counts), { minLength: 1, maxLength: 12 });
      return fc.record({ classes: fc.constant(classes), vote: fc.constant(vote), frames, counts });
    });
    fc.assert(
      fc.property(worlds, ({ counts, ...world }) => {
        const scores = scoresOf(world, counts);
        const sum = scores.reduce((a, b) => a + b, 0);
        const { label, confidence, margin, shares } = decide(taught(world), ...counts);
        expect(label).toBe(sum === 0 ? undefined : scores.indexOf(Math.max(...scores)));
        for (const [at, score] of scores.entries()) {
          expect(shares[at]).toBeCloseTo(sum === 0 ? 0 : score / sum, 12);
        }
        const [first = 0, second = 0] = [...shares].sort((a, b) => b - a);
        expect(confidence).toBe(first);
        expect(margin).toBeCloseTo(first - second, 12);
      }),
      { numRuns: 2000 },
    );
  });

  test("is the same, bit for bit, after saving and loading", () => {
    const random = Random.fromKey(3);
    const sizes = { inputs: 2, neurons: 30, classes: 7 } as const;
    const readout = new VoteReadout({ ...sizes, vote });
    const frame = () => new Uint16Array(Array.from({ length: sizes.neurons }, () => random.nextBelow(9)));
    for (let i = 0; i < 200; i++) {
      readout.learn(frame(), [random.nextBelow(sizes.classes)]);
      readout.forgetBy(0.97);
    }
    const tiny = tinyModel({ ...sizes, vote });
    const model: Model = { ...tiny, tensors: new Map([...tiny.tensors, ...readout.tensors()]) };
    const restored = VoteReadout.restore(decodeModel(encodeModel(model), "m.safetensors"));
    expect(bytesOf(restored)).toEqual(bytesOf(readout));
    for (let i = 0; i < 100; i++) {
      const counts = frame();
      expect(restored.decide(counts)).toEqual(readout.decide(counts));
      restored.learn(counts, [i % 7]);
      readout.learn(counts, [i % 7]);
    }
    expect(bytesOf(restored)).toEqual(bytesOf(readout));
  });
});
