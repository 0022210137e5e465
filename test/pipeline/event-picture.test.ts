import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { EventPictureBuilder } from "../../src/pipeline/event-picture.ts";

type Point = readonly [timeUs: number, x: number, y: number, polarity: number];

const batchOf = (...points: readonly Point[]): EventBatch => ({
  startUs: points[0]?.[0] ?? 0,
  offsetUs: Uint32Array.from(points, ([timeUs]) => timeUs - (points[0]?.[0] ?? 0)),
  x: Uint16Array.from(points, ([, x]) => x),
  y: Uint16Array.from(points, ([, , y]) => y),
  polarity: Uint8Array.from(points, ([, , , polarity]) => polarity),
  length: points.length,
});

const pictureOf = (...batches: readonly EventBatch[]) => {
  const picture = new EventPictureBuilder({ width: 3, height: 2, tauMs: 10 });
  for (const batch of batches) picture.add(batch);
  return [...picture.take().pixels];
};

describe("the event picture", () => {
  it("shows the last event of each pixel: the sign its polarity, 255 new, 0 none", () => {
    expect(pictureOf(batchOf([5, 0, 0, 0], [5, 1, 0, 1], [5, 0, 0, 1], [5, 2, 1, 0]))).toEqual([
      255, 255, 0, 0, 0, -255,
    ]);
  });

  it("fades with age in 256 bins of three time constants and then shows nothing", () => {
    const [half, last, gone, , , fresh] = pictureOf(
      batchOf([0, 2, 0, 1], [200, 1, 0, 1], [15_000, 0, 0, 0]),
      batchOf([30_000, 2, 1, 1]),
    );
    expect([half, fresh]).toEqual([-127, 255]);
    expect(last).toBe(1);
    expect(gone).toBe(0);
  });

  it("fades on an empty batch as well, for time goes on", () => {
    const before = batchOf([0, 0, 0, 1]);
    expect(pictureOf(before, { ...batchOf(), startUs: 15_000 })[0]).toBe(127);
    expect(pictureOf(before, { ...batchOf(), startUs: 31_000 })[0]).toBe(0);
  });

  it("leaves out events beyond its border", () => {
    expect(pictureOf(batchOf([0, 3, 0, 1], [0, 0, 2, 1]))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("gives out memory of its own, which may be transferred away", () => {
    const picture = new EventPictureBuilder({ width: 1, height: 1 });
    picture.add(batchOf([0, 0, 0, 1]));
    const first = picture.take();
    structuredClone(first, { transfer: [first.pixels.buffer as ArrayBuffer] });
    expect([...picture.take().pixels]).toEqual([255]);
  });
});
