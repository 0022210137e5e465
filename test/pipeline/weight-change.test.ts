import { describe, expect, it } from "vitest";
import { WeightChange } from "../../src/pipeline/weight-change.ts";
import { fakeClock } from "./live-world.ts";

const learning = { learning: true };

describe("the change of the weights", () => {
  it("is the mean change in a minute as a share of the mean weight", () => {
    const { clock, passMs } = fakeClock();
    const change = new WeightChange(clock);
    expect(change.perMinute(Float32Array.of(1, 2, 3, 4), learning)).toBeUndefined();
    passMs(5000);
    // Moved by 0.5 up, 0, 0.25 down, 0.25 up: 1 in all, of 10.5 in all, in a twelfth of a minute.
    expect(change.perMinute(Float32Array.of(1.5, 2, 2.75, 4.25), learning)).toBeCloseTo((12 * 1) / 10.5, 9);
  });

  it("is not told before three seconds, for it would be a guess", () => {
    const { clock, passMs } = fakeClock();
    const change = new WeightChange(clock);
    change.perMinute(Float32Array.of(1), learning);
    passMs(2999);
    expect(change.perMinute(Float32Array.of(2), learning)).toBeUndefined();
    passMs(1);
    expect(change.perMinute(Float32Array.of(2), learning)).toBeCloseTo(10, 9);
  });

  it("follows a learner that settles: it compares with ten seconds ago, not with the beginning", () => {
    const { clock, passMs } = fakeClock();
    const change = new WeightChange(clock);
    change.perMinute(Float32Array.of(1), learning);
    passMs(10_000);
    expect(change.perMinute(Float32Array.of(2), learning)).toBeCloseTo(3, 9);
    // Just after the weights to compare with were renewed the figure still holds.
    passMs(500);
    expect(change.perMinute(Float32Array.of(2), learning)).toBeCloseTo(3, 9);
    passMs(9500);
    expect(change.perMinute(Float32Array.of(2), learning)).toBe(0);
  });

  it("is not measured while nothing learns, nor across a pause, a reset or another network", () => {
    const { clock, passMs } = fakeClock();
    const change = new WeightChange(clock);
    const later = (ms: number, weights: Float32Array, options = learning) => {
      passMs(ms);
      return change.perMinute(weights, options);
    };
    later(0, Float32Array.of(1));
    expect(later(5000, Float32Array.of(2))).toBeDefined();
    expect(later(5000, Float32Array.of(9), { learning: false })).toBeUndefined();
    expect(later(5000, Float32Array.of(9))).toBeUndefined();
    expect(later(5000, Float32Array.of(9))).toBe(0);
    change.forget();
    expect(later(5000, Float32Array.of(1))).toBeUndefined();
    expect(later(5000, Float32Array.of(1, 1))).toBeUndefined();
    expect(later(6000, Float32Array.of(1, 2))).toBeCloseTo(10 / 3, 9);
  });

  it("is none where all weights are nothing", () => {
    const { clock, passMs } = fakeClock();
    const change = new WeightChange(clock);
    change.perMinute(new Float32Array(3), learning);
    passMs(4000);
    expect(change.perMinute(new Float32Array(3), learning)).toBe(0);
  });
});
