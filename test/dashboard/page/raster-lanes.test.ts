/** The raster's lane `in`: bins put together to bars that keep the rate and their place on the stream's clock. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputBars } from "../../../src/dashboard/page/raster-lanes.ts";

const stretch = (fromUs: number, binUs: number, inputs: readonly number[]) => ({
  fromUs,
  toUs: fromUs + binUs * inputs.length,
  frames: [],
  binUs,
  inputs: Uint16Array.from(inputs),
  offsetUs: new Uint32Array(),
  row: new Uint16Array(),
  shownOneIn: 1,
  untoldFromUs: undefined,
});

describe("the bars of the input spikes", () => {
  it("are single bins while those are wide enough", () => {
    const bars = inputBars([stretch(20_000, 10_000, [3, 5])], 0, 4000);
    expect([...bars.keys()]).toEqual([20_000, 30_000]);
    expect([...bars.values()].map(({ spikes }) => spikes)).toEqual([3, 5]);
  });

  it("begin at the same times wherever the picture begins", () => {
    const all = inputBars([stretch(0, 10_000, [1, 1, 1, 1, 1, 1])], 0, 25_000);
    const later = inputBars([stretch(0, 10_000, [1, 1, 1, 1, 1, 1])], 40_000, 25_000);
    expect([...all.keys()]).toEqual([0, 30_000]);
    expect([...later.keys()]).toEqual([30_000]);
  });

  it("count every spike once, over the time that was covered", () => {
    const counts = fc.array(fc.nat(500), { maxLength: 50 });
    fc.assert(
      fc.property(counts, fc.nat(1_000_000), fc.integer({ min: 1, max: 200_000 }), (inputs, from, least) => {
        const bars = [...inputBars([stretch(from, 10_000, inputs)], 0, least).values()];
        expect(bars.reduce((sum, { spikes }) => sum + spikes, 0)).toBe(inputs.reduce((a, b) => a + b, 0));
        expect(bars.reduce((sum, { coveredUs }) => sum + coveredUs, 0)).toBe(10_000 * inputs.length);
      }),
    );
  });
});
