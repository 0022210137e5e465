/** The raster's memory: what was told stays for a minute of stream time, what was not told is known as such. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Raster } from "../../../src/core/telemetry.ts";
import { type Increment, RasterHistory } from "../../../src/dashboard/page/raster-history.ts";

const SECOND = 1_000_000;

function raster(fromUs: number, toUs: number, changes: Partial<Raster> = {}): Raster {
  return {
    fromUs,
    toUs,
    frames: [{ startUs: fromUs, endUs: toUs, label: 7, group: 3, right: true }],
    binUs: 10_000,
    inputs: new Uint16Array(3),
    offsetUs: Uint32Array.from([0, 5]),
    row: Uint16Array.from([1, 2]),
    shownOneIn: 1,
    ...changes,
  };
}

/** A second of stream in each snapshot, a frame a second. */
const second = (n: number): Increment => ({
  sequence: n,
  frames: n + 1,
  raster: raster(n * SECOND, (n + 1) * SECOND),
});

const untold = (history: RasterHistory) => history.stretches.map(({ untoldFromUs }) => untoldFromUs);

describe("the raster's history", () => {
  it("ends with the newest stretch and knows nothing at first", () => {
    const history = new RasterHistory();
    expect(history.nowUs).toBeUndefined();
    expect(history.add({ sequence: 0, frames: 0, raster: undefined })).toBe(false);
    expect(history.add({ ...second(1), frames: 1 })).toBe(true);
    expect(history.nowUs).toBe(2 * SECOND);
    expect(untold(history)).toEqual([undefined]);
  });

  it("keeps a minute of stream time and no more", () => {
    const history = new RasterHistory();
    for (let n = 0; n < 200; n++) history.add(second(n));
    expect(history.stretches.at(0)?.toUs).toBe(141 * SECOND);
    expect(history.stretches).toHaveLength(60);
  });

  it("says what came before this page as not told, unless the stream had just begun", () => {
    const late = new RasterHistory();
    late.add({ ...second(0), frames: 500 });
    expect(untold(late)).toEqual([Number.NEGATIVE_INFINITY]);
    const early = new RasterHistory();
    early.add(second(0));
    expect(untold(early)).toEqual([undefined]);
  });

  it("tells a snapshot that did not arrive from a pause without frames", () => {
    const history = new RasterHistory();
    history.add(second(0));
    // A pause of two seconds: no frame was made in it.
    history.add({ sequence: 1, frames: 2, raster: raster(3 * SECOND, 4 * SECOND) });
    // Three frames were made that nobody told of.
    history.add({ sequence: 5, frames: 6, raster: raster(8 * SECOND, 9 * SECOND) });
    expect(untold(history)).toEqual([undefined, undefined, 4 * SECOND]);
  });

  it("knows that frames were made while snapshots came without spikes", () => {
    const history = new RasterHistory();
    history.add(second(0));
    history.add({ sequence: 1, frames: 4, raster: undefined });
    history.add({ sequence: 2, frames: 5, raster: raster(4 * SECOND, 5 * SECOND) });
    expect(untold(history)).toEqual([undefined, SECOND]);
  });

  it("begins anew when the stream's clock or the snapshots' numbers go back", () => {
    const history = new RasterHistory();
    history.add(second(10));
    history.add(second(11));
    history.add({ sequence: 12, frames: 1, raster: raster(0, SECOND) });
    expect(history.stretches).toHaveLength(1);
    expect(history.nowUs).toBe(SECOND);
    expect(history.add({ sequence: 3, frames: 1, raster: undefined })).toBe(true);
    expect(history.nowUs).toBeUndefined();
  });

  it("takes a snapshot that comes twice once", () => {
    const history = new RasterHistory();
    history.add(second(0));
    expect(history.add(second(0))).toBe(false);
    expect(history.stretches).toHaveLength(1);
  });

  it("holds no view of a message's memory", () => {
    const history = new RasterHistory();
    const row = Uint16Array.from([1, 2]);
    history.add({ sequence: 0, frames: 1, raster: raster(0, SECOND, { row }) });
    expect(history.stretches[0]?.row.buffer).not.toBe(row.buffer);
    row.fill(9);
    expect([...(history.stretches[0]?.row ?? [])]).toEqual([1, 2]);
  });

  it("holds no more spikes than its cap, and says that the rest is not shown", () => {
    const spikes = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(spikes, (counts) => {
        const history = new RasterHistory(100);
        counts.forEach((count, n) => {
          const arrays = { offsetUs: new Uint32Array(count), row: new Uint16Array(count) };
          history.add({ ...second(n), raster: raster(n * SECOND, (n + 1) * SECOND, arrays) });
        });
        const held = history.stretches.reduce((sum, { row }) => sum + row.length, 0);
        expect(held).toBeLessThanOrEqual(100);
        const all = counts.slice(-60).reduce((sum, count) => sum + count, 0);
        if (all > 100) expect(history.stretches[0]?.untoldFromUs).toBe(Number.NEGATIVE_INFINITY);
      }),
    );
  });
});
