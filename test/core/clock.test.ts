/** The clock of another thread is the compiled one, so build first (npm test does). */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
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

  it("counts from the same start in all threads, so that a time read in one can be told in another", async () => {
    const clockUrl = JSON.stringify(new URL("../../dist/core/clock.js", import.meta.url).href);
    const answer = `
      const { parentPort } = require("node:worker_threads");
      const clock = import(${clockUrl});
      parentPort.once("message", async () => parentPort.postMessage((await clock).systemClock.nowUs()));`;
    const worker = new Worker(answer, { eval: true });
    await once(worker, "online");
    const askedUs = systemClock.nowUs();
    worker.postMessage("what time is it?");
    const [thereUs]: unknown[] = await once(worker, "message");
    expect(thereUs).toBeGreaterThanOrEqual(askedUs);
    expect(thereUs).toBeLessThanOrEqual(systemClock.nowUs());
  });
});
