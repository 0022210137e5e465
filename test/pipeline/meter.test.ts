import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Meter } from "../../src/pipeline/meter.ts";
import { SlidingSum } from "../../src/pipeline/sliding-sum.ts";
import { fakeClock } from "./live-world.ts";

const SECOND_US = 1_000_000;

describe("the meter", () => {
  it("knows no speed before thirty frames, and none of the mode that was not used", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    for (let i = 0; i < 30; i++) {
      expect(meter.speed().trainFps).toBeUndefined();
      meter.measure("network", () => passMs(4));
      meter.frame({ learn: true });
    }
    expect(meter.speed().trainFps).toBeCloseTo(250, 6);
    expect(meter.speed().testFps).toBeUndefined();
  });

  it("divides frames by the busy time of encoder, network and readout, not of pictures or of waiting", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    for (let i = 0; i < 50; i++) {
      meter.measure("encode", () => passMs(1));
      meter.measure("encode", () => passMs(1));
      meter.measure("network", () => passMs(5));
      meter.measure("readout", () => passMs(1));
      meter.measure("other", () => passMs(2));
      meter.frame({ learn: false });
      passMs(10);
    }
    const { testFps, liveFps, load } = meter.speed();
    expect(testFps).toBeCloseTo(125, 6);
    expect(liveFps).toBe(50);
    expect(load).toBeCloseTo(0.5, 1);
  });

  it("forgets frames older than ten seconds, but always looks at thirty", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    const run = (frames: number, busyMs: number, waitMs: number) => {
      for (let i = 0; i < frames; i++) {
        meter.measure("network", () => passMs(busyMs));
        meter.frame({ learn: true });
        passMs(waitMs);
      }
    };
    run(100, 10, 0);
    run(100, 5, 195);
    expect(meter.speed().trainFps).toBeCloseTo(200, 6);
    run(10, 20, 100_000);
    // Thirty frames reach back over the pauses: ten of 20 ms, twenty of 5 ms.
    expect(meter.speed().trainFps).toBeCloseTo(100, 6);
    expect(meter.speed().liveFps).toBe(0);
  });

  it("books the time of work that throws", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    expect(() =>
      meter.measure("network", () => {
        passMs(500);
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(meter.speed().load).toBeCloseTo(0.5, 1);
  });

  it("counts the events of the last second", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    for (let i = 0; i < 300; i++) {
      meter.events(1000, i * 10_000);
      passMs(10);
    }
    expect(Math.abs(meter.eventsPerSecond() - 100_000)).toBeLessThanOrEqual(1000);
    passMs(2000);
    expect(meter.eventsPerSecond()).toBe(0);
  });

  it("tells how many seconds of the stream went by in the last one, and counts none twice when it steps back", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    expect(meter.speed().timesRealTime).toBe(0);
    for (let i = 0; i < 200; i++) {
      passMs(10);
      meter.events(1, 7_000_000 + i * 30_000);
    }
    expect(Math.abs(meter.speed().timesRealTime - 3)).toBeLessThanOrEqual(0.03);
    passMs(2000);
    meter.events(0, 100);
    expect(meter.speed().timesRealTime).toBe(0);
    meter.events(0, 7_000_000 + 199 * 30_000 + 250_000);
    expect(meter.speed().timesRealTime).toBe(0.25);
  });

  it("tells how long each stage takes, in the order of the way, and nothing of those that nothing went through", () => {
    const { clock, passMs } = fakeClock();
    const meter = new Meter(clock);
    expect(meter.latencies()).toEqual([]);
    meter.took("answer", 9000);
    for (let i = 0; i < 99; i++) meter.measure("network", () => passMs(i < 60 ? 2 : 4));
    meter.measure("network", () => passMs(64));
    meter.measure("encode", () => passMs(1));
    meter.measure("other", () => passMs(1));
    meter.took("encoder", 500);
    const latencies = meter.latencies();
    expect(latencies.map(({ name }) => name)).toEqual(["encoder", "network", "answer"]);
    const [encoder, network, answer] = latencies;
    // A histogram's quantile is off by at most 4.4 %.
    const isAbout = (found: number | undefined, us: number) =>
      expect(Math.abs(Math.log2((found ?? 0) / us))).toBeLessThanOrEqual(1 / 16 + 1e-9);
    isAbout(encoder?.p50Us, 500);
    isAbout(network?.p50Us, 2000);
    isAbout(network?.p99Us, 4000);
    isAbout(answer?.p99Us, 9000);
    passMs(61_000);
    expect(meter.latencies()).toEqual([]);
  });
});

describe("the sliding sum", () => {
  it("is exact but for the oldest bucket", () => {
    const pointsArb = fc.array(fc.record({ stepUs: fc.nat(200_000), value: fc.nat(100) }), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(pointsArb, (points) => {
        const sum = new SlidingSum(SECOND_US);
        let nowUs = 0;
        const past: { readonly atUs: number; readonly value: number }[] = [];
        for (const { stepUs, value } of points) {
          nowUs += stepUs;
          past.push({ atUs: nowUs, value });
          sum.add(nowUs, value);
        }
        const since = (spanUs: number) =>
          past.reduce((total, { atUs, value }) => (atUs > nowUs - spanUs ? total + value : total), 0);
        expect(sum.sum(nowUs)).toBeLessThanOrEqual(since(SECOND_US));
        expect(sum.sum(nowUs)).toBeGreaterThanOrEqual(since(SECOND_US * 0.99));
      }),
    );
  });

  it("spreads an interval over the time it took and keeps no more of it than the span", () => {
    const sum = new SlidingSum(SECOND_US);
    sum.addInterval(0.5 * SECOND_US, 4 * SECOND_US);
    expect(sum.sum(4 * SECOND_US)).toBeLessThanOrEqual(SECOND_US);
    expect(sum.sum(4 * SECOND_US)).toBeGreaterThan(0.98 * SECOND_US);
    expect(Math.abs(sum.sum(4.5 * SECOND_US) - 0.5 * SECOND_US)).toBeLessThanOrEqual(0.01 * SECOND_US);
    expect(sum.sum(5.1 * SECOND_US)).toBe(0);
  });
});
