import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches } from "../../src/datasets/labelled-frames.ts";

const partOf = (count: number, pixels: number) => ({
  images: new Uint8Array(count * pixels).map((_, i) => i),
  labels: new Uint8Array(count).map((_, i) => i % 10),
  count,
});

describe("batches of labelled images", () => {
  it("hold every image of the range once, in order, with its label", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 40 }),
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (from, count, size) => {
          const part = partOf(80, 3);
          const all = [...batches(part, { from, count, size })];
          expect(all.flatMap((batch) => [...batch.images])).toEqual([
            ...part.images.subarray(from * 3, (from + count) * 3),
          ]);
          expect(all.flatMap((batch) => [...batch.labels])).toEqual([
            ...part.labels.subarray(from, from + count),
          ]);
          expect(all.map((batch) => batch.frames)).toEqual(all.map((batch) => batch.labels.length));
          expect(all.slice(0, -1).every((batch) => batch.frames === size)).toBe(true);
        },
      ),
    );
  });

  it("are views of the data set, not copies", () => {
    const part = partOf(10, 4);
    for (const batch of batches(part, { size: 3 })) expect(batch.images.buffer).toBe(part.images.buffer);
  });

  it("run to the end when no count is given", () => {
    expect([...batches(partOf(10, 4), { from: 4, size: 4 })].map((batch) => batch.frames)).toEqual([4, 2]);
  });

  it.each([
    { from: 5, count: 6, size: 1 },
    { from: -1, count: 2, size: 1 },
    { from: 11, size: 1 },
    { from: 0, count: 5, size: 0 },
    { from: 0.5, count: 1, size: 1 },
    { from: 0, count: Number.NaN, size: 1 },
  ])("are refused at the call when the range is $from, $count, $size of 10", (range) => {
    expect(() => batches(partOf(10, 4), range)).toThrow(
      expect.objectContaining({ code: "BATCH_RANGE", exitCode: 2 }),
    );
  });
});
