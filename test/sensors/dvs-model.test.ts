import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { type DvsOptions, DvsPixels } from "../../src/sensors/dvs-model.ts";

const SIDE = 20;
const PIXELS = SIDE * SIDE;
const quiet: DvsOptions = {
  width: SIDE,
  height: SIDE,
  seed: 3,
  thresholdOn: 0.2,
  thresholdOff: 0.2,
  mismatch: 0,
  refractoryUs: 1,
  noiseHz: 0,
  dark: 1,
};
const flat = (intensity: number) => new Float64Array(PIXELS).fill(intensity);

/** All pixels settle on one grey and go over to another within so many microseconds, in steps of a millisecond. */
function fade(over: Partial<DvsOptions>, from: number, to: number, durationUs = 10_000): EventBatch {
  const pixels = new DvsPixels({ ...quiet, ...over });
  pixels.settle(flat(from), 0);
  for (let timeUs = 1000; timeUs <= durationUs; timeUs += 1000) {
    pixels.advance(flat(from + ((to - from) * timeUs) / durationUs), timeUs);
  }
  return pixels.take(0);
}

function timesByPixel({ length, offsetUs, x, y }: EventBatch): Map<number, number[]> {
  const times = new Map<number, number[]>();
  for (let i = 0; i < length; i++) {
    const pixel = (y[i] ?? 0) * SIDE + (x[i] ?? 0);
    times.set(pixel, [...(times.get(pixel) ?? []), offsetUs[i] ?? 0]);
  }
  return times;
}

const isSorted = (offsets: Uint32Array) => offsets.every((us, i) => i === 0 || us >= (offsets[i - 1] ?? 0));

describe("the event camera's pixels", () => {
  it("report ON when it grows brighter, OFF when darker, one event for each threshold of log contrast", () => {
    // ln(101/11) = 2.217: eleven thresholds of 0.2.
    const brighter = fade({}, 10, 100);
    expect(brighter.length).toBe(11 * PIXELS);
    expect(new Set(brighter.polarity)).toEqual(new Set([1]));
    const darker = fade({}, 100, 10);
    expect(darker.length).toBe(11 * PIXELS);
    expect(new Set(darker.polarity)).toEqual(new Set([0]));
    expect(fade({ thresholdOff: 0.5 }, 100, 10).length).toBe(4 * PIXELS);
  });

  it("say nothing about a still scene without noise, nor about less than a threshold", () => {
    expect(fade({}, 100, 100).length).toBe(0);
    expect(fade({}, 100, 120).length).toBe(0);
  });

  it("place an event in the microsecond of the crossing, within a step", () => {
    const pixels = new DvsPixels({ ...quiet, thresholdOn: Math.log(2), refractoryUs: 10 });
    pixels.settle(flat(0), 5000);
    // From ln 1 to ln 4 in 1000 µs: ln 2 is reached half way.
    pixels.advance(flat(3), 6000);
    const { offsetUs, length } = pixels.take(5000);
    expect(length).toBe(PIXELS);
    expect(Math.abs((offsetUs[0] ?? 0) - 500)).toBeLessThanOrEqual(1);
  });

  it("are blind for the refractory period and lose what changes meanwhile", () => {
    const refractoryUs = 1500;
    const slow = fade({ refractoryUs, noiseHz: 200, mismatch: 0.2 }, 0, 200);
    expect(slow.length).toBeGreaterThan(PIXELS);
    for (const times of timesByPixel(slow).values()) {
      for (let i = 1; i < times.length; i++) {
        expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(refractoryUs);
      }
    }
    expect(slow.length).toBeLessThan(fade({ noiseHz: 200, mismatch: 0.2 }, 0, 200).length / 2);
  });

  it("open their eyes after the refractory period even where nothing moves, and see what comes then", () => {
    const pixels = new DvsPixels({ ...quiet, refractoryUs: 2500 });
    pixels.settle(flat(100), 0);
    pixels.advance(flat(130), 1000);
    for (const timeUs of [2000, 3000, 4000]) pixels.advance(flat(130), timeUs);
    expect(pixels.take(0).length).toBe(PIXELS);
    // Adapted to 130 by now: less than a threshold above it is nothing, a threshold below it is OFF.
    pixels.advance(flat(150), 5000);
    expect(pixels.take(4000).length).toBe(0);
    pixels.advance(flat(100), 6000);
    expect(new Set(pixels.take(5000).polarity)).toEqual(new Set([0]));
  });

  it("make noise at the rate asked for, within five standard deviations, half of it ON, all over the array", () => {
    const noiseHz = 5;
    const noise = fade({ noiseHz }, 50, 50, 5_000_000);
    const expected = noiseHz * 5 * PIXELS;
    expect(Math.abs(noise.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
    const on = noise.polarity.reduce((sum, polarity) => sum + polarity, 0);
    expect(Math.abs(on - noise.length / 2)).toBeLessThan(5 * Math.sqrt(noise.length / 4));
    expect(timesByPixel(noise).size).toBe(PIXELS);
    expect(isSorted(noise.offsetUs)).toBe(true);
  });

  it("differ in their thresholds by the mismatch asked for", () => {
    // One slow step through one threshold: the time of the first event is the pixel's threshold.
    const pixels = new DvsPixels({ ...quiet, width: 100, height: 100, mismatch: 0.1, refractoryUs: 1e6 });
    pixels.settle(new Float64Array(10_000), 0);
    pixels.advance(new Float64Array(10_000).fill(1), 1_000_000);
    const { offsetUs, length } = pixels.take(0);
    expect(length).toBe(10_000);
    const thresholds = Array.from(offsetUs, (us) => (us / 1e6) * Math.log(2));
    const mean = thresholds.reduce((sum, value) => sum + value, 0) / length;
    const spread = Math.sqrt(thresholds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length);
    expect(mean).toBeCloseTo(0.2, 2);
    expect(spread).toBeGreaterThan(0.018);
    expect(spread).toBeLessThan(0.022);
    expect(Math.min(...thresholds)).toBeGreaterThan(0.2 * 0.69);
  });

  it("give sorted events, the same from the same seed and others from another", () => {
    const lively = { mismatch: 0.1, noiseHz: 50 };
    const events = fade(lively, 0, 255);
    expect(isSorted(events.offsetUs)).toBe(true);
    expect(fade(lively, 0, 255)).toEqual(events);
    expect(fade({ ...lively, seed: 4 }, 0, 255)).not.toEqual(events);
  });

  it("refuse options that no camera has", () => {
    for (const wrong of [
      { width: 0 },
      { height: 1.5 },
      { thresholdOn: 0 },
      { thresholdOff: Number.NaN },
      { mismatch: -1 },
      { refractoryUs: 0 },
      { noiseHz: -1 },
      { dark: 0 },
    ]) {
      expect(() => new DvsPixels({ ...quiet, ...wrong })).toThrow(
        /^Expected .* simulated event camera, found/,
      );
    }
  });
});
