/** What the margin's curve says, and where its points stand. */
import { describe, expect, it } from "vitest";
import { lastMargin, marginWords, placesOf, topOf } from "../../../src/dashboard/page/margin-words.ts";
import { marginsOf } from "../world.ts";

const trace = { ...marginsOf(1), spikes: 118, spikesSoFar: [1, 41, 118], offsetUs: [400, 9600, 21_000] };

describe("the margin in a frame", () => {
  it("was enough at a spike and at a time", () => {
    expect(marginWords(trace)).toBe("decided at 41 of 118 spikes · 9.6\u00a0ms");
  });

  it("never was enough, or was and is not at the end", () => {
    expect(marginWords({ ...trace, decidedAt: undefined })).toBe("unsure after 118 spikes · 21\u00a0ms");
    const lost = { ...trace, margin: [0.1, 0.4, 0.2] };
    expect(marginWords(lost)).toBe("enough at 41 of 118 spikes, not at the end");
    expect(lastMargin(lost)).toBe(0.2);
  });

  it("has nothing to say without spikes", () => {
    const silent = { ...trace, spikes: 0, offsetUs: [], spikesSoFar: [], margin: [], decidedAt: undefined };
    expect(marginWords(silent)).toBe("no spikes in this frame");
    expect(placesOf(silent)).toEqual([]);
    expect(lastMargin(silent)).toBe(0);
  });

  it("runs from the first spike to the last, also when that is the only one", () => {
    expect(placesOf({ offsetUs: [400, 5400, 10_400] })).toEqual([0, 0.5, 1]);
    expect(placesOf({ offsetUs: [400] })).toEqual([1]);
    expect(placesOf({ offsetUs: [400, 400] })).toEqual([1, 1]);
  });

  it("stands on an axis to 0.6, or to 1 where enough is much", () => {
    expect(topOf({ enough: 0.3 })).toBe(0.6);
    expect(topOf({ enough: 0.55 })).toBe(1);
  });
});
