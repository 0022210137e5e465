import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import type { NativeRewardParams, NativeRewardReadout } from "../../src/native/readouts.ts";
import { ReferenceReward } from "../reference/reward-readout.ts";
import {
  drawLesson,
  flat,
  frameOf,
  type Lesson,
  lessons,
  orderOf,
  read,
  readouts,
  real,
  rewardParams,
  rewardState,
} from "./readout-world.ts";
import { firstDifference, type Named } from "./world.ts";

type Rewarded = Omit<NativeRewardReadout, "dispose" | "writeState">;

function judge(
  readout: Rewarded,
  { classes, norm }: NativeRewardParams,
  lesson: Lesson,
  enough: number,
): Named {
  const frames = lesson.labels.length;
  const [labels, early] = [new Uint16Array(frames), new Uint16Array(frames)];
  const [margins, shares] = [new Float32Array(frames), new Float32Array(frames * classes)];
  const spikes = new Uint32Array(frames);
  readout.judge(...flat(lesson), labels, margins, shares);
  if (norm === 0) readout.judgeEarly(...flat(lesson), enough, early, spikes);
  return { labels, margins, shares, early, spikes };
}

/** Presents every frame and rewards the decisions out of turn, up to the readout's memory late. */
function live(readout: Rewarded, params: NativeRewardParams, lesson: Lesson, seed: number): Named {
  const random = Random.fromKey(seed);
  const waiting: { id: number; label: number; truth: number }[] = [];
  const told: number[] = [];
  for (let f = 0; f < lesson.labels.length; f++) {
    const shares = new Float32Array(params.classes);
    const { id, label, neuron, margin } = readout.present(...frameOf(lesson, f), shares);
    told.push(id, label, neuron, margin, ...shares);
    waiting.push({ id, label, truth: lesson.labels[f] ?? 0 });
    while (waiting.length > 0 && (waiting[0]?.id ?? 0) <= id - params.memory) waiting.shift();
    if (random.nextUnit() < 0.3) continue;
    const [chosen] = waiting.splice(random.nextBelow(waiting.length), 1);
    if (chosen === undefined) continue;
    const isTold = random.nextUnit() < 0.5;
    readout.reward(chosen.id, chosen.label === chosen.truth, isTold ? chosen.truth : -1);
  }
  return { told };
}

const networks = fc
  .tuple(
    readouts,
    fc.record({
      rule: fc.constantFrom(0 as const, 1 as const, 2 as const),
      marginGate: fc.oneof(fc.constant(0), real(0, 3)),
      runnerUpShare: real(0, 1),
      recencyPenalty: fc.oneof(fc.constantFrom(0, 1000), real(0, 1)),
      fatigue: fc.oneof(fc.constantFrom(0, 1000), real(0, 2)),
      fatigueKept: fc.oneof(fc.constantFrom(0, 1), real(0.5, 1)),
      neuronsPerClass: fc.integer({ min: 1, max: 4 }),
      memory: fc.integer({ min: 1, max: 6 }),
      initialMax: fc.oneof(fc.constant(0), real(0, 0.5)),
    }),
  )
  .map(([common, own]): NativeRewardParams => ({ ...common, ...own }));

describe("native reward readout", () => {
  it("gives the oracle's decisions and state bit for bit, for any readout and any mix of calls", () => {
    /** Readouts whose weights moved, by rule. */
    const moved = [0, 0, 0];
    const property = fc.property(networks, lessons, (params, script) => {
      const readout = new native.RewardReadout(params);
      const oracle = new ReferenceReward(params);
      const fresh = read(readout, rewardState(params));
      expect(firstDifference(fresh, read(oracle, rewardState(params)))).toBeUndefined();
      for (const call of script) {
        const lesson = drawLesson(params, call);
        const order = orderOf(call.frames, call.seed);
        const run = (each: Rewarded): Named =>
          call.kind === "learn"
            ? { right: [each.learn(...flat(lesson), lesson.labels, order, call.told)] }
            : live(each, params, lesson, call.seed);
        expect(firstDifference(run(readout), run(oracle))).toBeUndefined();
        const found = judge(readout, params, lesson, call.enough);
        expect(firstDifference(found, judge(oracle, params, lesson, call.enough))).toBeUndefined();
        const state = read(readout, rewardState(params));
        expect(firstDifference(state, read(oracle, rewardState(params)))).toBeUndefined();
      }
      if (firstDifference(read(readout, rewardState(params)), fresh)?.startsWith("weights")) {
        moved[params.rule] = (moved[params.rule] ?? 0) + 1;
      }
      readout.dispose();
    });
    fc.assert(property, { numRuns: 1000, interruptAfterTimeLimit: 25_000 });
    expect(Math.min(...moved)).toBeGreaterThan(100);
  });

  it.each([
    ["winner", 0, 210],
    ["runner-up", 1, 270],
    ["soft", 2, 270],
  ] as const)("learns classes from right and wrong alone, by the rule of the %s", (_, rule, least) => {
    const params = rewardParams({ rule, marginGate: 3, rateLast: 0.02 });
    const readout = new native.RewardReadout(params);
    const lesson = drawLesson(params, { frames: 300, spikes: 40, seed: 5 });
    const order = Uint32Array.from({ length: 300 }, (_, k) => k);
    for (let pass = 0; pass < 10; pass++) readout.learn(...flat(lesson), lesson.labels, order, false);
    const fresh = drawLesson(params, { frames: 300, spikes: 40, seed: 6 });
    const { labels = [] } = judge(readout, params, fresh, 0);
    expect(fresh.labels.filter((label, f) => labels[f] === label).length).toBeGreaterThan(least);
  });

  it.each([0, 1, 2] as const)(
    "does not see of rule %i's wrong decisions what would have been right",
    (rule) => {
      const params = rewardParams({ rule, recencyPenalty: 0.1 });
      const [one, other] = [new native.RewardReadout(params), new native.RewardReadout(params)];
      const lesson = drawLesson(params, { frames: 60, spikes: 40, seed: 8 });
      const { labels: said = [] } = judge(one, params, lesson, 0);
      let differing = 0;
      for (let f = 0; f < 60; f++) {
        const decided = judge(one, params, lesson, 0).labels?.[f] ?? 0;
        const changed = lesson.labels.slice();
        if (lesson.labels[f] !== decided) {
          changed[f] = 3 - decided - (lesson.labels[f] ?? 0);
          differing++;
        }
        one.learn(...flat(lesson), lesson.labels, Uint32Array.of(f), false);
        other.learn(...flat(lesson), changed, Uint32Array.of(f), false);
      }
      expect(differing).toBeGreaterThan(5);
      const state = read(one, rewardState(params));
      expect(firstDifference(read(other, rewardState(params)), state)).toBeUndefined();
      expect(said).not.toEqual(judge(one, params, lesson, 0).labels);
    },
  );

  it("with fatigue learns from right guesses alone, and a wrong one lowers its class for deciding, not for judging", () => {
    const params = rewardParams({ rule: 2, recencyPenalty: 0.5, fatigue: 2, fatigueKept: 0.9 });
    const readout = new native.RewardReadout(params);
    const lesson = drawLesson(params, { frames: 1, spikes: 30, seed: 9 });
    const before = judge(readout, params, lesson, 0);
    const decide = () => readout.present(...frameOf(lesson, 0), new Float32Array(params.classes));
    const first = decide();
    readout.reward(first.id, false, -1);
    const { tired, behind } = read(readout, rewardState(params));
    expect([...tired]).toEqual([0, 1, 2].map((c) => (c === first.label ? 2 : 0)));
    expect([...behind]).toEqual([0, 0, 0]);
    const second = decide();
    expect(second.label).not.toBe(first.label);
    expect(firstDifference(judge(readout, params, lesson, 0), before)).toBeUndefined();
    readout.reward(second.id, true, -1);
    const after = read(readout, rewardState(params));
    expect(after.tired[first.label]).toBeCloseTo(1.8);
    expect([...after.behind]).toEqual([0, 1, 2].map((c) => (c === second.label ? 0 : 0.5)));
    expect(firstDifference(judge(readout, params, lesson, 0), before)).toBeDefined();
    const told = decide();
    const truth = (told.label + 1) % 3;
    readout.reward(told.id, false, truth);
    expect(read(readout, rewardState(params)).behind[truth]).toBe(0);
  });

  it("is moved by a click: punished often enough, a decision changes; rewarded, its margin grows", () => {
    const params = rewardParams({ marginGate: 100 });
    const readout = new native.RewardReadout(params);
    const spikes = frameOf(drawLesson(params, { frames: 1, spikes: 30, seed: 9 }), 0);
    const shares = new Float32Array(params.classes);
    const first = readout.present(...spikes, shares);
    let last = first;
    for (let click = 0; click < 20 && last.label === first.label; click++) {
      readout.reward(last.id, false, -1);
      last = readout.present(...spikes, shares);
    }
    expect(last.label).not.toBe(first.label);
    readout.reward(last.id, true, -1);
    const surer = readout.present(...spikes, shares);
    expect(surer.label).toBe(last.label);
    expect(surer.margin).toBeGreaterThan(last.margin);
  });

  it("rewards a decision once, and only while it is remembered and not contradicted", () => {
    const params = rewardParams({ memory: 2 });
    const readout = new native.RewardReadout(params);
    const spikes = frameOf(drawLesson(params, { frames: 1, spikes: 30, seed: 9 }), 0);
    const decide = () => readout.present(...spikes, new Float32Array(params.classes));
    const [first, second, third] = [decide(), decide(), decide()];
    const unknown = expect.objectContaining({ code: "SPIKELINE_KERNEL" });
    expect(() => readout.reward(first.id, true, -1)).toThrow(unknown);
    expect(() => readout.reward(third.id + 1, true, -1)).toThrow(unknown);
    expect(() => readout.reward(0, true, -1)).toThrow(unknown);
    expect(() => readout.reward(second.id, true, (second.label + 1) % 3)).toThrow(unknown);
    expect(() => readout.reward(second.id, false, second.label)).toThrow(unknown);
    expect(() => readout.reward(second.id, false, params.classes)).toThrow(unknown);
    for (const [id, truth] of [
      [0.5, -1],
      [Number.NaN, -1],
      [2 ** 53, -1],
      [second.id, 0.5],
      [second.id, -2],
    ] as const) {
      expect(() => readout.reward(id, true, truth)).toThrow(
        expect.objectContaining({ code: "SPIKELINE_ARGUMENT" }),
      );
    }
    readout.reward(second.id, false, (second.label + 1) % 3);
    expect(() => readout.reward(second.id, true, -1)).toThrow(unknown);
    readout.writeState(read(readout, rewardState(params)));
    expect(() => readout.reward(third.id, true, -1)).toThrow(unknown);
  });

  it("refuses states and parameters out of range", () => {
    const params = rewardParams();
    const readout = new native.RewardReadout(params);
    const refused = expect.objectContaining({ code: "SPIKELINE_KERNEL" });
    const before = read(readout, rewardState(params));
    const { weights } = before;
    for (const wrong of [
      { weights: weights.map(() => 1) },
      { weights: weights.map(() => Number.NaN) },
      { behind: Float32Array.of(0, -1, 0) },
      { behind: Float32Array.of(0, 1001, 0) },
      { behind: new Float32Array(2) },
      { tired: new Float32Array(3) },
      { counters: Uint32Array.of(0, 2 ** 31, 0, 0) },
    ]) {
      expect(() => readout.writeState({ ...before, ...wrong })).toThrow(refused);
    }
    expect(firstDifference(read(readout, rewardState(params)), before)).toBeUndefined();
    for (const wrong of [
      { memory: 0 },
      { neuronsPerClass: 0 },
      { initialMax: 0.6 },
      { recencyPenalty: 1001 },
      { fatigue: -1 },
      { fatigue: 1001 },
      { fatigueKept: 1.01 },
      { marginGate: -1 },
      { runnerUpShare: Number.NaN },
    ]) {
      expect(() => new native.RewardReadout(rewardParams(wrong)), JSON.stringify(wrong)).toThrow(refused);
    }
  });
});
