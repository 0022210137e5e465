/** The histogram against the sorted list that it saves us from keeping. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurationHistogram } from "../../src/core/duration-histogram.ts";

const SECOND_US = 1_000_000;

function exactQuantile(durations: readonly number[], share: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

const relativeError = (found: number | undefined, exact: number) =>
  Math.abs((found ?? Number.NaN) - exact) / exact;

/** From 1 µs to 100 s, as likely in each decade. */
const durations = fc.double({ min: 0, max: 8, noNaN: true }).map((decades) => 10 ** decades);

describe("a histogram of durations", () => {
  it("knows median and p99 to within 5 % of the exact ones, whatever was added", () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 300 }), (list) => {
        const histogram = new DurationHistogram();
        for (const duration of list) histogram.add(0, duration);
        const found = histogram.quantiles(0);
        expect(found?.count).toBe(list.length);
        expect(relativeError(found?.p50Us, exactQuantile(list, 0.5))).toBeLessThanOrEqual(0.05);
        expect(relativeError(found?.p99Us, exactQuantile(list, 0.99))).toBeLessThanOrEqual(0.05);
      }),
      { numRuns: 10_000 },
    );
  });

  it("covers the last 55 seconds, and nothing from before the last 60", () => {
    const steps = fc.array(
      fc.record({ duration: durations, waitUs: fc.double({ min: 0, max: 20 * SECOND_US, noNaN: true }) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1e13, noNaN: true }), (list, startUs) => {
        const histogram = new DurationHistogram();
        let nowUs = startUs;
        const added = list.map(({ duration, waitUs }) => {
          nowUs += waitUs;
          histogram.add(nowUs, duration);
          return { duration, atUs: nowUs };
        });
        const since = (seconds: number) => added.filter(({ atUs }) => atUs > nowUs - seconds * SECOND_US);
        const { count = 0, p50Us } = histogram.quantiles(nowUs) ?? {};
        expect(count).toBeGreaterThanOrEqual(since(55).length);
        expect(count).toBeLessThanOrEqual(since(60).length);
        const covered = added.slice(added.length - count).map(({ duration }) => duration);
        expect(relativeError(p50Us, exactQuantile(covered, 0.5))).toBeLessThanOrEqual(0.05);
      }),
      { numRuns: 5_000 },
    );
  });

  it("knows nothing before the first duration and a minute after the last", () => {
    const histogram = new DurationHistogram();
    expect(histogram.quantiles(0)).toBeUndefined();
    histogram.add(SECOND_US, 500);
    expect(histogram.quantiles(50 * SECOND_US)?.count).toBe(1);
    expect(histogram.quantiles(61 * SECOND_US)).toBeUndefined();
    expect(histogram.quantiles(1e15)).toBeUndefined();
  });

  it("takes what is shorter than 1 µs as 1 µs, and what is longer than 100 s as 100 s", () => {
    const short = new DurationHistogram();
    for (const duration of [0, -5, Number.NaN, 0.2]) short.add(0, duration);
    expect(short.quantiles(0)?.count).toBe(4);
    expect(relativeError(short.quantiles(0)?.p99Us, 1)).toBeLessThanOrEqual(0.05);
    const long = new DurationHistogram();
    for (const duration of [100_000_001, 1e15, Number.POSITIVE_INFINITY]) long.add(0, duration);
    expect(long.quantiles(0)?.count).toBe(3);
    expect(relativeError(long.quantiles(0)?.p50Us, 100_000_000)).toBeLessThanOrEqual(0.05);
  });

  it("works on a clock that began before zero or stands still", () => {
    const histogram = new DurationHistogram();
    histogram.add(-7 * SECOND_US, 10);
    histogram.add(-7 * SECOND_US, 10);
    histogram.add(-8 * SECOND_US, 10);
    expect(histogram.quantiles(-7 * SECOND_US)?.count).toBe(3);
  });
});
