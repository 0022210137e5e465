import { describe, expect, it } from "vitest";
import { MeanFrames } from "../../src/pipeline/mean-frames.ts";

const spikesAt = (...places: readonly (readonly [x: number, y: number])[]) => ({
  x: Uint8Array.from(places, ([x]) => x),
  y: Uint8Array.from(places, ([, y]) => y),
});
const size = { width: 2, height: 2 };

describe("the mean frame of a class", () => {
  it("is the first one it was answered to, then follows slowly, every frame alike however many spikes it has", () => {
    const means = new MeanFrames(size, 2);
    means.add(1, spikesAt([0, 0], [0, 0], [1, 1], [1, 1]));
    expect([...means.fields(2)]).toEqual([0, 0, 0, 0, 0.5, 0, 0, 0.5]);
    means.add(1, spikesAt([1, 0]));
    [0, 0, 0, 0, 0.475, 0.05, 0, 0.475].forEach((value, at) => {
      expect(means.fields(2)[at]).toBeCloseTo(value, 6);
    });
  });

  it("is nothing before the class was answered, or by a frame without spikes", () => {
    const means = new MeanFrames(size, 1);
    means.add(0, spikesAt());
    expect([...means.fields(1)]).toEqual([0, 0, 0, 0]);
  });

  it("is there for classes that come later, and comes back from a model", () => {
    const means = new MeanFrames(size, 1);
    means.add(2, spikesAt([1, 0]));
    const again = MeanFrames.restore(size, 3, means.tensor(3));
    expect([...again.fields(4)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    again.add(2, spikesAt([0, 1]));
    expect(again.fields(3)[9]).toBeCloseTo(0.95, 6);
  });
});
