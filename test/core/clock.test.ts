import { describe, expect, it, vi } from "vitest";
import { systemClock, wallClockIso } from "../../src/core/clock.ts";

describe("the clock", () => {
  it("never goes back and does move, in microseconds", () => {
    const startUs = systemClock.nowUs();
    const startMs = performance.now();
    let lastUs = startUs;
    while (performance.now() - startMs < 5) {
      const nowUs = systemClock.nowUs();
      expect(nowUs).toBeGreaterThanOrEqual(lastUs);
      lastUs = nowUs;
    }
    const passedUs = systemClock.nowUs() - startUs;
    expect(passedUs).toBeGreaterThan(4999);
    expect(passedUs).toBeLessThanOrEqual((performance.now() - startMs) * 1000 + 1000);
  });

  it("does not follow the wall clock when that is set back", () => {
    const beforeUs = systemClock.nowUs();
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("1999-01-01T00:00:00Z") });
    try {
      expect(systemClock.nowUs()).toBeGreaterThanOrEqual(beforeUs);
      expect(wallClockIso()).toBe("1999-01-01T00:00:00.000Z");
    } finally {
      vi.useRealTimers();
    }
  });

  it("counts the CPU time of work", () => {
    const startUs = systemClock.cpuUs();
    const startMs = performance.now();
    while (systemClock.cpuUs() - startUs < 2000 && performance.now() - startMs < 10_000);
    expect(systemClock.cpuUs() - startUs).toBeGreaterThanOrEqual(2000);
  });
});
