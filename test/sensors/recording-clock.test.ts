import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { MAX_SILENCE_US, RecordingClock } from "../../src/sensors/recording-clock.ts";

function batchOf(startUs: number, offsetsUs: readonly number[]): EventBatch {
  const length = offsetsUs.length;
  return {
    startUs,
    offsetUs: Uint32Array.from(offsetsUs),
    x: new Uint16Array(length),
    y: new Uint16Array(length),
    polarity: new Uint8Array(length),
    length,
  };
}

describe("the clock of a recording", () => {
  it("begins where it is told to, whatever the camera's clock says, and keeps the recording's pace", () => {
    const clock = new RecordingClock(1000);
    expect(clock.place(batchOf(913_710_000, [4, 9]))).toEqual({ startUs: 1000, clock: "runs", byUs: 0 });
    expect(clock.endUs).toBe(1010);
    expect(clock.place(batchOf(913_720_000, [7]))).toMatchObject({ startUs: 11_000, clock: "runs" });
    expect(clock.place(batchOf(915_720_000, [7]))).toMatchObject({ startUs: 2_011_000, clock: "runs" });
  });

  it("goes on where it was when the recording's is set back, and says by how much", () => {
    const clock = new RecordingClock(0);
    clock.place(batchOf(50_000, [0, 400]));
    expect(clock.place(batchOf(10_000, [5]))).toEqual({ startUs: 401, clock: "back", byUs: 40_395 });
    expect(clock.place(batchOf(20_000, [5]))).toMatchObject({ startUs: 10_401, clock: "runs" });
  });

  it("cuts a silence short that nobody would wait for, and says how long it was", () => {
    const clock = new RecordingClock(0);
    clock.place(batchOf(0, [0]));
    const hours = 2 ** 34;
    expect(clock.place(batchOf(hours, [20]))).toEqual({
      startUs: MAX_SILENCE_US + 1 - 20,
      clock: "jump",
      byUs: hours + 20,
    });
    expect(clock.endUs).toBe(MAX_SILENCE_US + 2);
  });

  it("never goes back, for any recording", () => {
    const recording = fc.array(
      fc.tuple(fc.nat(2 ** 35), fc.array(fc.nat(9999), { minLength: 1, maxLength: 5 })),
    );
    fc.assert(
      fc.property(fc.nat(1e9), recording, (startUs, batches) => {
        const clock = new RecordingClock(startUs);
        let endUs = startUs;
        for (const [batchUs, offsets] of batches) {
          const sorted = offsets.toSorted((a, b) => a - b);
          const placed = clock.place(batchOf(batchUs, sorted));
          const firstUs = placed.startUs + (sorted[0] ?? 0);
          expect(firstUs).toBeGreaterThanOrEqual(endUs - 1);
          expect(firstUs - endUs).toBeLessThanOrEqual(Math.max(MAX_SILENCE_US, 9999));
          endUs = clock.endUs;
          expect(endUs).toBe(placed.startUs + (sorted.at(-1) ?? 0) + 1);
        }
      }),
    );
  });
});
