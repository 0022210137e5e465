import { describe, expect, test } from "vitest";
import { RewardReadout } from "../../src/readout/reward.ts";
import { FRAMES_FRESH, featureLesson, frameOf, MAP, SILENCE, shareRight } from "./feature-lesson.ts";

const CLASSES = 6;
const lesson = featureLesson({ classes: CLASSES, frames: 400, seed: 1 });
const fresh = featureLesson({ classes: CLASSES, frames: FRAMES_FRESH, seed: 2 });

const make = (options: Partial<Parameters<typeof RewardReadout.create>[0]> = {}) =>
  RewardReadout.create({
    pooling: MAP,
    classes: CLASSES,
    rate: { first: 0.02, last: 0.02, frames: 0 },
    ...options,
  });

/** Shows frames one by one and clicks right or wrong on each decision; answers the share that was right. */
function click(readout: RewardReadout, frames: number): number {
  let right = 0;
  for (let frame = 0; frame < frames; frame++) {
    const { id, label } = readout.present(frameOf(lesson, frame));
    const isRight = label === lesson.labels[frame];
    right += isRight ? 1 : 0;
    readout.reward(id, isRight ? "right" : "wrong");
  }
  return right / frames;
}

const code = (name: string) => expect.objectContaining({ code: name });

describe("a reward readout", () => {
  test.each(["runner-up", "soft"] as const)("learns from clicks alone, by the rule %s", (rule) => {
    const readout = make({ rule });
    click(readout, 400);
    expect(shareRight(readout.judge(fresh).labels, fresh.labels)).toBeGreaterThan(0.95);
    expect(readout.rewards).toBe(400);
  });

  test("learns in a batch what it learns by clicks", () => {
    const [clicked, taught] = [make(), make()];
    const share = click(clicked, 100);
    const order = Uint32Array.from({ length: 100 }, (_, frame) => frame);
    expect(taught.learn(lesson, lesson.labels, { order })).toBe(Math.round(share * 100));
    expect(taught.tensors()).toEqual(clicked.tensors());
  });

  test("learns in passes, each in an order of its own, and goes on where it stood", () => {
    const [whole, first] = [make(), make()];
    const rights: number[] = [];
    whole.train(lesson, lesson.labels, { passes: 3, onPass: (_, right) => rights.push(right) });
    first.train(lesson, lesson.labels, { passes: 2 });
    const again = RewardReadout.restore(first.description, first.tensors());
    again.train(lesson, lesson.labels, { passes: 1 });
    expect(again.tensors()).toEqual(whole.tensors());
    expect(whole.rewards).toBe(1200);
    expect(rights[2]).toBeGreaterThan(rights[0] ?? 0);
    expect(shareRight(whole.judge(fresh).labels, fresh.labels)).toBeGreaterThan(0.95);
    expect(() => make().train(lesson, lesson.labels, { passes: 0 })).toThrow(code("READOUT_PASSES"));
  });

  test("averages the weights after each pass of the last half", () => {
    const weightsAfter = (passes: number, average: boolean) => {
      const readout = make();
      readout.train(lesson, lesson.labels, { passes, average });
      return Float64Array.from(readout.tensors().get("readout.weights")?.data ?? []);
    };
    const [third, fourth] = [weightsAfter(3, false), weightsAfter(4, false)];
    const mean = third.map((weight, k) => Math.fround((weight + (fourth[k] ?? 0)) / 2));
    expect(weightsAfter(4, true)).toEqual(mean);
  });

  test("always guesses, and votes for nobody where nothing spoke", () => {
    const { label, neuron, vote } = make().present(frameOf(lesson, 0));
    expect(vote.label).toBe(label);
    expect(Math.floor(neuron / 5)).toBe(label);
    expect(vote.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(make().present(SILENCE).vote.label).toBeUndefined();
  });

  test("takes a reward that comes late, once, while the decision is remembered", () => {
    const readout = make({ memory: 3 });
    const ids = [0, 1, 2, 3].map((frame) => readout.present(frameOf(lesson, frame)).id);
    const [gone = 0, oldest = 0, , newest = 0] = ids;
    expect(() => readout.reward(gone, "right")).toThrow(code("READOUT_DECISION"));
    readout.reward(oldest, "wrong");
    expect(() => readout.reward(oldest, "wrong")).toThrow(code("READOUT_DECISION"));
    expect(() => readout.reward(newest + 1, "right")).toThrow(code("READOUT_DECISION"));
    expect(() => readout.reward(0.5, "right")).toThrow(code("READOUT_DECISION"));
    expect(() => readout.reward(newest, "wrong", CLASSES)).toThrow(code("READOUT_LABEL"));
    expect(readout.rewards).toBe(1);
  });

  test("refuses a class that contradicts the outcome, and takes one that agrees", () => {
    const readout = make();
    const { id, label } = readout.present(frameOf(lesson, 0));
    expect(() => readout.reward(id, "wrong", label)).toThrow(code("READOUT_DECISION"));
    expect(() => readout.reward(id, "right", (label + 1) % CLASSES)).toThrow(code("READOUT_DECISION"));
    readout.reward(id, "wrong", (label + 1) % CLASSES);
    expect(readout.rewards).toBe(1);
  });

  test("forgets less of the classes it has not seen for long, if they compete only while recent", () => {
    // More classes than features and a grid of one cell: what tells a new class also speaks for an old one.
    const pooling = { ...MAP, features: 4, grid: 1 };
    const crowded = featureLesson({ classes: CLASSES, frames: 400, seed: 1, features: 4 });
    const group = (first: number) =>
      Uint32Array.from(
        [...crowded.labels.keys()].filter((frame) => Math.floor((crowded.labels[frame] ?? 0) / 3) === first),
      );
    const shareOfOld = (recencyPenalty: number) => {
      const readout = make({ pooling, recencyPenalty });
      for (const first of [0, 1]) {
        for (let pass = 0; pass < 5; pass++)
          readout.learn(crowded, crowded.labels, { order: group(first), told: true });
      }
      const { labels } = readout.judge(crowded);
      const old = group(0);
      return old.filter((frame) => labels[frame] === crowded.labels[frame]).length / old.length;
    };
    expect(shareOfOld(0.7)).toBeGreaterThan(shareOfOld(0) + 0.1);
  });

  test("takes in new classes by clicks and keeps the old ones' weights", () => {
    const readout = make({ classes: 4 });
    const known = featureLesson({ classes: 4, frames: 100, seed: 3 });
    readout.learn(known, known.labels);
    const wider = readout.withClasses(CLASSES);
    const before = readout.tensors().get("readout.weights");
    const after = wider.tensors().get("readout.weights");
    expect([before?.shape, after?.shape]).toEqual([
      [32, 20],
      [32, 30],
    ]);
    for (let input = 0; input < 32; input++) {
      expect(after?.data.slice(input * 30, input * 30 + 20)).toEqual(
        before?.data.slice(input * 20, input * 20 + 20),
      );
    }
    // Newcomers begin below those who know: what is known is answered as before.
    const heard = readout.judge(known).labels;
    expect(shareRight(wider.judge(known).labels, [...heard])).toBeGreaterThan(0.9);
    // So they are heard by and by.
    for (let round = 0; round < 2; round++) click(wider, 400);
    expect(shareRight(wider.judge(fresh).labels, fresh.labels)).toBeGreaterThan(0.9);
  });

  test("decides early with fewer spikes for a smaller margin", () => {
    const readout = make();
    readout.learn(lesson, lesson.labels);
    const spikesAt = (margin: number) =>
      readout.judgeEarly(fresh, margin).spikes.reduce((sum, n) => sum + n, 0);
    expect(spikesAt(1)).toBeLessThan(spikesAt(3));
    expect(spikesAt(1e9)).toBe(fresh.feature.length);
    expect(() => make({ pooling: { ...MAP, norm: "l2" } }).judgeEarly(fresh, 1)).toThrow(
      code("READOUT_NORM"),
    );
  });

  test("with fatigue forgets less of what it learned by right and wrong alone", () => {
    const group = (first: number) =>
      Uint32Array.from(
        [...lesson.labels.keys()].filter((frame) => Math.floor((lesson.labels[frame] ?? 0) / 3) === first),
      );
    const shareOfOld = (options: { readonly fatigue?: number }) => {
      const readout = make({ rule: "soft", recencyPenalty: 0.8, pooling: { ...MAP, grid: 1 }, ...options });
      for (const first of [0, 1]) {
        for (let pass = 0; pass < 5; pass++) readout.learn(lesson, lesson.labels, { order: group(first) });
      }
      const { labels } = readout.judge(lesson);
      const right = [0, 1].map((first) => {
        const frames = group(first);
        return frames.filter((frame) => labels[frame] === lesson.labels[frame]).length / frames.length;
      });
      return Math.min(...right);
    };
    expect(shareOfOld({ fatigue: 2 })).toBeGreaterThan(shareOfOld({}) + 0.1);
  });

  test.each([{}, { fatigue: 1 }])("goes on, bit for bit, where the saved one stood, with %o", (options) => {
    const readout = make({ recencyPenalty: 0.4, augmentation: { shiftPx: 1 }, ...options });
    readout.learn(lesson, lesson.labels);
    const description = JSON.parse(JSON.stringify(readout.description));
    const restored = RewardReadout.restore(description, readout.tensors());
    for (const each of [readout, restored]) {
      each.learn(lesson, lesson.labels);
      each.learn(lesson, lesson.labels, { told: true });
    }
    expect(restored.tensors()).toEqual(readout.tensors());
    expect(() => RewardReadout.restore(description, new Map())).toThrow(code("READOUT_TENSOR"));
    readout.dispose();
    expect(() => readout.reward(1, "right")).toThrow(code("SPIKELINE_DISPOSED"));
  });
});
