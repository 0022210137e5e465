/** The ON and OFF counts of the last minute, and the fixed scale they are drawn on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateHistory } from "../../../src/dashboard/page/rate-history.ts";
import { mostPerMs } from "../../../src/dashboard/page/strip.ts";

describe("the history of the rates", () => {
  it("keeps every event it was told, however the stretches lie across the bins", () => {
    const gaps = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 500 }), on: fc.nat(999) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 3, max: 400 }), (samples, binMs) => {
        const history = new RateHistory();
        history.add(0, 0, 0);
        let [nowMs, told] = [0, 0];
        for (const { afterMs, on } of samples) {
          nowMs += afterMs;
          told += on;
          history.add(on, 2 * on, nowMs);
        }
        // A last bin is known only in part.
        const knownMs = (fromMs: number) => Math.min(fromMs + binMs, nowMs) - Math.max(fromMs, 0);
        const bins = history.bins(nowMs, nowMs, binMs);
        const sum = bins.reduce((events, { fromMs, on }) => events + on * knownMs(fromMs), 0);
        expect(sum).toBeCloseTo(told, 6);
        for (const { on, off } of bins) expect(off).toBeCloseTo(2 * on, 9);
      }),
    );
  });

  it("knows nothing of a gap, and says so by leaving its bins out", () => {
    const history = new RateHistory();
    for (const atMs of [0, 100, 200, 2000, 2100]) history.add(50, 50, atMs);
    const bins = history.bins(2100, 2100, 100).map(({ fromMs }) => fromMs);
    expect(bins).toEqual([0, 100, 2000]);
  });

  it("holds still while it wanders: a bin that is over does not change", () => {
    const history = new RateHistory();
    for (let atMs = 0; atMs <= 1000; atMs += 33) history.add(atMs % 7, 3, atMs);
    const finished = (nowMs: number) =>
      history.bins(nowMs, 800, 20).filter(({ fromMs }) => fromMs >= 300 && fromMs < 900);
    expect(finished(1003)).toEqual(finished(1017));
  });

  it("says how many of the last second's events were ON, or nothing when there were none", () => {
    const history = new RateHistory();
    expect(history.onShare(0)).toBeUndefined();
    history.add(0, 0, 0);
    history.add(30, 10, 100);
    expect(history.onShare(500)).toBe(0.75);
    expect(history.onShare(1200)).toBeUndefined();
  });

  it("forgets what is older than two minutes", () => {
    const history = new RateHistory();
    for (let atMs = 0; atMs <= 200_000; atMs += 400) history.add(1, 1, atMs);
    expect(history.bins(200_000, 200_000, 1000).length).toBeLessThanOrEqual(121);
  });
});

describe("the scale of the strip", () => {
  it.each([
    [34 * 34, 100],
    [128 * 128, 1000],
    [1280 * 720, 100_000],
    [1, 1],
    [0, 1],
  ])("of %d pixels ends at %d events a millisecond", (pixels, most) => {
    expect(mostPerMs(pixels)).toBe(most);
  });
});
