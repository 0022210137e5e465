import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { native } from "../../src/native/binding.ts";
import type { NativeLinearParams, NativeLinearReadout } from "../../src/native/readouts.ts";
import { ReferenceLinear } from "../reference/linear-readout.ts";
import {
  drawLesson,
  flat,
  type Lesson,
  lessons,
  linearParams,
  linearState,
  orderOf,
  read,
  readouts,
  real,
} from "./readout-world.ts";
import { firstDifference, type Named } from "./world.ts";

type Judge = Pick<NativeLinearReadout, "judge" | "judgeEarly">;

function judge(readout: Judge, { classes, norm }: NativeLinearParams, lesson: Lesson, enough: number): Named {
  const frames = lesson.labels.length;
  const [labels, early] = [new Uint16Array(frames), new Uint16Array(frames)];
  const [margins, shares] = [new Float32Array(frames), new Float32Array(frames * classes)];
  const spikes = new Uint32Array(frames);
  readout.judge(...flat(lesson), labels, margins, shares);
  if (norm === 0) readout.judgeEarly(...flat(lesson), enough, early, spikes);
  return { labels, margins, shares, early, spikes };
}

const networks = fc
  .tuple(readouts, fc.constantFrom(1, 2, 5), fc.oneof(fc.constant(0), real(0, 0.01)))
  .map(([common, batch, weightDecay]): NativeLinearParams => ({ ...common, batch, weightDecay }));

describe("native linear readout", () => {
  it("gives the oracle's decisions and state bit for bit, for any readout and any mix of calls", () => {
    let moved = 0;
    let stopped = 0;
    const property = fc.property(networks, lessons, (params, script) => {
      const readout = new native.LinearReadout(params);
      const oracle = new ReferenceLinear(params);
      for (const call of script) {
        const lesson = drawLesson(params, call);
        const order = orderOf(call.frames, call.seed);
        const right = readout.learn(...flat(lesson), lesson.labels, order);
        expect(right).toBe(oracle.learn(...flat(lesson), lesson.labels, order));
        if (call.kind !== "learn") for (const each of [readout, oracle]) each.keepMean();
        if (call.kind === "mean") for (const each of [readout, oracle]) each.useMean();
        const found = judge(readout, params, lesson, call.enough);
        expect(firstDifference(found, judge(oracle, params, lesson, call.enough))).toBeUndefined();
        const state = read(readout, linearState(params));
        expect(firstDifference(state, read(oracle, linearState(params)))).toBeUndefined();
        if (state.weights.some((weight) => weight !== 0)) moved++;
        const all = lesson.start.slice(1).map((end, f) => end - (lesson.start[f] ?? 0));
        if (all.some((count, f) => (found.spikes?.[f] ?? 0) > 1 && (found.spikes?.[f] ?? 0) < count))
          stopped++;
      }
      readout.dispose();
    });
    fc.assert(property, { numRuns: 1000, interruptAfterTimeLimit: 25_000 });
    // The equality is worth something only where readouts learn and stop early.
    expect(moved).toBeGreaterThan(400);
    expect(stopped).toBeGreaterThan(20);
  });

  it("shrinks weights as the oracle does when many frames have been learned", () => {
    const params = linearParams({
      weightDecay: 0.002,
      batch: 3,
      shiftPx: 1,
      rateLast: 0.01,
      rateFrames: 3000,
    });
    const [readout, oracle] = [new native.LinearReadout(params), new ReferenceLinear(params)];
    const lesson = drawLesson(params, { frames: 500, spikes: 30, seed: 2 });
    for (let pass = 0; pass < 5; pass++) {
      const order = orderOf(500, pass);
      for (const each of [readout, oracle]) each.learn(...flat(lesson), lesson.labels, order);
    }
    expect(
      firstDifference(read(readout, linearState(params)), read(oracle, linearState(params))),
    ).toBeUndefined();
    const kept = new native.LinearReadout({ ...params, weightDecay: 0 });
    for (let pass = 0; pass < 5; pass++) kept.learn(...flat(lesson), lesson.labels, orderOf(500, pass));
    const length = (weights: Float32Array) => weights.reduce((sum, w) => sum + w * w, 0);
    expect(length(read(readout, linearState(params)).weights)).toBeLessThan(
      length(read(kept, linearState(params)).weights),
    );
  });

  it("learns the same however calls are cut, and goes on from a saved state", () => {
    const params = linearParams({ shiftPx: 1, dropout: 0.2, rateLast: 0.001, rateFrames: 60 });
    const lesson = drawLesson(params, { frames: 60, spikes: 40, seed: 3 });
    const order = orderOf(100, 4).map((f) => f % 60);
    const whole = new native.LinearReadout(params);
    whole.learn(...flat(lesson), lesson.labels, order);
    let cut = new native.LinearReadout(params);
    for (let k = 0; k < order.length; k += 7) {
      cut.learn(...flat(lesson), lesson.labels, order.slice(k, k + 7));
      const next = new native.LinearReadout(params);
      next.writeState(read(cut, linearState(params)));
      cut = next;
    }
    expect(firstDifference(read(cut, linearState(params)), read(whole, linearState(params)))).toBeUndefined();
  });

  it("tells classes apart after a few passes, better than chance by far", () => {
    const params = linearParams();
    const readout = new native.LinearReadout(params);
    const lesson = drawLesson(params, { frames: 300, spikes: 40, seed: 5 });
    const order = Uint32Array.from({ length: 300 }, (_, k) => k);
    for (let pass = 0; pass < 5; pass++) readout.learn(...flat(lesson), lesson.labels, order);
    const fresh = drawLesson(params, { frames: 300, spikes: 40, seed: 6 });
    const { labels = [] } = judge(readout, params, fresh, 0);
    const right = fresh.labels.filter((label, f) => labels[f] === label).length;
    expect(right).toBeGreaterThan(270);
  });

  it("refuses what cannot be, and changes nothing", () => {
    const params = linearParams();
    const readout = new native.LinearReadout(params);
    const lesson = drawLesson(params, { frames: 4, spikes: 9, seed: 7 });
    const order = Uint32Array.of(0, 1, 2, 3);
    const learn = (change: Partial<Lesson>, named = order) => {
      const changed = { ...lesson, ...change };
      return () => readout.learn(...flat(changed), changed.labels, named);
    };
    const wrong = [
      learn({ start: Uint32Array.of(0, 3, 1, 4, lesson.feature.length) }),
      learn({ start: lesson.start.map((at) => at + 1) }),
      learn({ start: new Uint32Array(0) }),
      learn({ x: lesson.x.map(() => params.width) }),
      learn({ y: lesson.y.map(() => params.height) }),
      learn({ feature: lesson.feature.map(() => params.features) }),
      learn({ feature: lesson.feature.slice(1) }),
      learn({ labels: lesson.labels.map(() => params.classes) }),
      learn({ labels: lesson.labels.slice(1) }),
      learn({}, Uint32Array.of(4)),
      () => readout.judge(...flat(lesson), new Uint16Array(3), new Float32Array(0), new Float32Array(0)),
      () => readout.judge(...flat(lesson), new Uint16Array(4), new Float32Array(1), new Float32Array(0)),
      () => readout.judgeEarly(...flat(lesson), -1, new Uint16Array(4), new Uint32Array(4)),
      () => readout.judgeEarly(...flat(lesson), Number.NaN, new Uint16Array(4), new Uint32Array(4)),
      () => readout.writeState({ ...linearState(params), bias: Float32Array.of(1, Number.NaN, 1) }),
      () => readout.writeState({ ...linearState(params), weights: new Float32Array(1) }),
    ];
    for (const call of wrong) {
      expect(call).toThrow(expect.objectContaining({ code: "SPIKELINE_KERNEL" }));
    }
    const fresh = linearState(params);
    expect(firstDifference(read(readout, linearState(params)), fresh)).toBeUndefined();
    readout.dispose();
    expect(learn({})).toThrow(expect.objectContaining({ code: "SPIKELINE_DISPOSED" }));
  });

  it("refuses parameters out of range", () => {
    const wrong: Partial<NativeLinearParams>[] = [
      { features: 0 },
      { width: 257 },
      { grid: 8 },
      { classes: 1 },
      { batch: 0 },
      { rateFirst: -1 },
      { rateLast: Number.NaN },
      { dropout: 1 },
      { rotationRad: 3 },
      { weightDecay: 2 },
      { features: 65_536, grid: 7 },
    ];
    for (const change of wrong) {
      expect(() => new native.LinearReadout(linearParams(change)), JSON.stringify(change)).toThrow(
        expect.objectContaining({ code: "SPIKELINE_KERNEL" }),
      );
    }
    expect(() => new native.LinearReadout(linearParams({ norm: 2 as 1 }))).toThrow(
      expect.objectContaining({ code: "SPIKELINE_ARGUMENT" }),
    );
  });
});
