import { describe, expect, it } from "vitest";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import type { Stage } from "../../src/encoders/stage.ts";
import { Meter } from "../../src/pipeline/meter.ts";
import { TimedEncoder } from "../../src/pipeline/timed-encoder.ts";
import { fakeClock } from "./live-world.ts";

const WINDOW_MS = 20;

/** Events at these microseconds of the stream; -1 is outside any episode. */
const batchAt = (timesUs: readonly number[], startUs: number, episode: number): EventBatch => ({
  startUs,
  offsetUs: Uint32Array.from(timesUs, (timeUs) => timeUs - startUs),
  x: new Uint16Array(timesUs.length),
  y: new Uint16Array(timesUs.length),
  polarity: new Uint8Array(timesUs.length),
  length: timesUs.length,
  ...(episode < 0 ? {} : { episode: { index: episode, name: "r", label: undefined } }),
});

/** Windows of 20 ms over a real grid; each push takes `pushMs`. */
function world(pushMs = 0) {
  const { clock, passMs } = fakeClock();
  const meter = new Meter(clock);
  const grid = new EventGridEncoder(
    { width: 1, height: 1 },
    { kind: "event-grid", pool: 1, polarity: "merge", window: { by: "time", durationMs: WINDOW_MS } },
  );
  const slow: Stage<EventBatch, SpikeBatch> = {
    push: (batch) => {
      passMs(pushMs);
      return grid.push(batch);
    },
    flush: () => {
      passMs(pushMs);
      return grid.flush();
    },
    reset: () => grid.reset(),
    counts: () => grid.counts(),
  };
  const encoder = new TimedEncoder(slow, meter, clock);
  const beganUs = clock.nowUs();
  const sinceMs = (atUs: number) => (atUs - beganUs) / 1000;
  const timesOf = (frames: ReturnType<TimedEncoder["push"]>) =>
    frames.map(({ frame, arrivedUs, readyUs }) => [
      frame.startUs / 1000,
      sinceMs(arrivedUs),
      sinceMs(readyUs),
    ]);
  return {
    encoder,
    meter,
    passMs,
    /** Frames as [start on the stream, arrival, ready], in milliseconds. */
    push: (timesUs: readonly number[], startUs = timesUs[0] ?? 0, episode = 0) =>
      timesOf(encoder.push(batchAt(timesUs, startUs, episode))),
    flush: () => timesOf(encoder.flush()),
  };
}

describe("a timed encoder", () => {
  it("dates a frame that a later batch closes by its own last events, not by that batch", () => {
    const { push, passMs } = world();
    expect(push([0, 5000])).toEqual([]);
    passMs(7);
    expect(push([12_000])).toEqual([]);
    passMs(100);
    expect(push([25_000])).toEqual([[0, 7, 107]]);
  });

  it("dates a frame whose last events came with the batch that closes it by that batch", () => {
    const { push, passMs } = world();
    push([0]);
    passMs(30);
    expect(push([19_999, 21_000])).toEqual([[0, 30, 30]]);
    // All of one batch: the open window and the next two.
    passMs(30);
    expect(push([30_000, 50_000, 70_000])).toEqual([
      [20, 60, 60],
      [40, 60, 60],
    ]);
  });

  it("is not misled by empty batches: they close a frame, and bring nothing", () => {
    const { push, passMs } = world();
    push([1000], 0);
    passMs(10);
    push([], 10_000);
    passMs(10);
    expect(push([], 20_000)).toEqual([[0, 0, 20]]);
    passMs(10);
    // Silence since: the window has no events of its own, the last ones were those of before.
    expect(push([], 40_000)).toEqual([[20, 0, 30]]);
  });

  it("dates a frame that another episode closes before its time by its own events", () => {
    const { push, passMs } = world();
    push([0]);
    passMs(7);
    // In the middle of the window of 20 ms.
    expect(push([10_000], 10_000, 1)).toEqual([[0, 0, 7]]);
    passMs(7);
    expect(push([], 15_000, -1)).toEqual([[10, 7, 14]]);
  });

  it("dates a frame of nothing but silence by the first that came at all", () => {
    const { push, passMs } = world();
    passMs(3);
    push([], 0);
    passMs(20);
    expect(push([], 20_000)).toEqual([[0, 3, 23]]);
  });

  it("dates what the end gives out by the last events", () => {
    const { push, flush, passMs } = world();
    push([0]);
    passMs(4);
    push([1000]);
    passMs(50);
    expect(flush()).toEqual([[0, 4, 54]]);
  });

  it("books the time of all batches of a frame on that frame, and of none on the next", () => {
    const { push, passMs, meter } = world(2);
    push([0]);
    passMs(10);
    push([10_000]);
    passMs(10);
    // Three pushes of 2 ms; waiting does not count.
    expect(push([20_000, 45_000])).toEqual([
      [0, 12, 26],
      [20, 24, 26],
    ]);
    const [encoder] = meter.latencies();
    expect(encoder?.name).toBe("encoder");
    // Of 6 ms and nothing the median is the lower one; quantiles are exact to 4.4 %.
    expect(encoder?.p50Us).toBeLessThan(1.1);
    expect(Math.abs((encoder?.p99Us ?? 0) / 6000 - 1)).toBeLessThan(0.045);
    passMs(10);
    expect(push([61_000])).toHaveLength(1);
    // Of 0, 2 and 6 ms.
    expect(Math.abs((meter.latencies()[0]?.p50Us ?? 0) / 2000 - 1)).toBeLessThan(0.045);
  });

  it("passes on resets and accounts", () => {
    const { encoder, push } = world();
    push([0, 1, 2]);
    expect(encoder.counts()).toMatchObject({ received: 3, held: 3, delivered: 0 });
    encoder.reset();
    expect(encoder.counts()).toMatchObject({ received: 0, held: 0 });
  });
});
