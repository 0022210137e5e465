import { describe, expect, test } from "vitest";
import { LinearReadout } from "../../src/readout/linear.ts";
import { FRAMES_FRESH, featureLesson, frameOf, MAP, SILENCE, shareRight } from "./feature-lesson.ts";

const CLASSES = 6;
const lesson = featureLesson({ classes: CLASSES, frames: 300, seed: 1 });
const fresh = featureLesson({ classes: CLASSES, frames: FRAMES_FRESH, seed: 2 });

const make = (options: Partial<Parameters<typeof LinearReadout.create>[0]> = {}) =>
  LinearReadout.create({
    pooling: MAP,
    classes: CLASSES,
    rate: { first: 0.05, last: 0.05, frames: 0 },
    ...options,
  });

function trained(options: Parameters<typeof make>[0] = {}): LinearReadout {
  const readout = make(options);
  readout.train(lesson, lesson.labels, { passes: 4 });
  return readout;
}

describe("a linear readout", () => {
  test("says nothing before it learned, and nothing of a silent frame", () => {
    const nobody = { label: undefined, margin: 0, confidence: 0, shares: [0, 0, 0, 0, 0, 0] };
    expect(make().decide(frameOf(lesson, 0))).toEqual(nobody);
    expect(trained().decide(SILENCE)).toEqual(nobody);
  });

  test("votes as judging says, with shares that sum to 1", () => {
    const readout = trained();
    const { labels, shares } = readout.judge(fresh);
    for (let frame = 0; frame < 20; frame++) {
      const vote = readout.decide(frameOf(fresh, frame));
      expect(vote.label).toBe(labels[frame]);
      expect(vote.shares).toEqual([...shares.subarray(frame * CLASSES, (frame + 1) * CLASSES)]);
      expect(vote.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      const [first = 0, second = 0] = [...vote.shares].sort((a, b) => b - a);
      expect([vote.confidence, vote.margin]).toEqual([first, first - second]);
    }
  });

  test.each([
    ["one by one", {}],
    ["in steps of eight", { batch: 8, rate: { first: 0.5, last: 0.1, frames: 1200 } }],
    ["moved", { augmentation: { shiftPx: 1, rotationRad: 0.1, dropout: 0.2 } }],
    [
      "with frames of length 1",
      { pooling: { ...MAP, norm: "l2" as const }, rate: { first: 1, last: 1, frames: 0 } },
    ],
    ["with shrinking weights", { weightDecay: 0.001 }],
  ])("names fresh frames after learning %s", (_, options) => {
    expect(shareRight(trained(options).judge(fresh).labels, fresh.labels)).toBeGreaterThan(0.95);
  });

  test("tells of each pass, and gets better at it", () => {
    const passes: number[] = [];
    make().train(lesson, lesson.labels, {
      passes: 4,
      average: true,
      onPass: (_, right) => passes.push(right),
    });
    expect(passes).toHaveLength(4);
    expect(passes[3]).toBeGreaterThan(passes[0] ?? 0);
  });

  test("averages the weights after each pass of the last half", () => {
    const weightsAfter = (passes: number) => {
      const readout = make();
      readout.train(lesson, lesson.labels, { passes });
      return readout.tensors().get("readout.weights")?.data ?? [];
    };
    const averaged = make();
    averaged.train(lesson, lesson.labels, { passes: 4, average: true });
    const mean = averaged.tensors().get("readout.weights")?.data ?? [];
    const [third, fourth] = [weightsAfter(3), weightsAfter(4)];
    mean.forEach((weight, k) => {
      expect(weight).toBeCloseTo(((third[k] ?? 0) + (fourth[k] ?? 0)) / 2, 5);
    });
  });

  test("decides early: sooner for a smaller margin, and with all spikes for one out of reach", () => {
    const readout = trained();
    const spikesAt = (margin: number) =>
      readout.judgeEarly(fresh, margin).spikes.reduce((sum, n) => sum + n, 0);
    expect(spikesAt(1)).toBeLessThan(spikesAt(3));
    expect(spikesAt(3)).toBeLessThan(spikesAt(1e9));
    expect(spikesAt(1e9)).toBe(fresh.feature.length);
    expect(shareRight(readout.judgeEarly(fresh, 3).labels, fresh.labels)).toBeGreaterThan(0.9);
  });

  test("goes on, bit for bit, where the saved one stood", () => {
    const readout = trained({ augmentation: { shiftPx: 2 } });
    const restored = LinearReadout.restore(readout.description, readout.tensors());
    expect(restored.framesLearned).toBe(1200);
    for (const each of [readout, restored]) each.train(lesson, lesson.labels, { passes: 2, average: true });
    expect(restored.tensors()).toEqual(readout.tensors());
  });

  test("can be saved amid a mean, and the description survives JSON", () => {
    const readout = make();
    let amid = readout.tensors();
    readout.train(lesson, lesson.labels, {
      passes: 2,
      average: true,
      onPass: (pass) => {
        if (pass === 2) amid = readout.tensors();
      },
    });
    expect([...amid.keys()]).toContain("readout.meanWeights");
    const description = JSON.parse(JSON.stringify(readout.description));
    expect(LinearReadout.restore(description, amid).tensors()).toEqual(amid);
  });

  test("refuses what it cannot learn or judge, by name", () => {
    const readout = trained();
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => readout.learn(lesson, lesson.labels.slice(1))).toThrow(code("READOUT_LABEL"));
    expect(() =>
      readout.learn(
        lesson,
        lesson.labels.map(() => CLASSES),
      ),
    ).toThrow(code("READOUT_LABEL"));
    expect(() => readout.train(lesson, lesson.labels, { passes: 0 })).toThrow(code("READOUT_PASSES"));
    expect(() => readout.decide(lesson)).toThrow(code("READOUT_SPIKES"));
    expect(() => trained({ pooling: { ...MAP, norm: "l2" } }).judgeEarly(fresh, 1)).toThrow(
      code("READOUT_NORM"),
    );
    expect(() => LinearReadout.restore(readout.description, new Map())).toThrow(code("READOUT_TENSOR"));
    readout.dispose();
    readout.dispose();
    expect(() => readout.judge(fresh)).toThrow(code("SPIKELINE_DISPOSED"));
  });
});
