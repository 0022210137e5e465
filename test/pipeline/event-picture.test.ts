import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { ageCode } from "../../src/core/telemetry.ts";
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
const silenceAt = (startUs: number): EventBatch => ({ ...batchOf(), startUs });

const pictureOf = (...batches: readonly EventBatch[]) => {
  const picture = new EventPictureBuilder({ width: 3, height: 2 });
  for (const batch of batches) picture.add(batch);
  return [...picture.take().pixels];
};

describe("the event picture", () => {
  it("shows the last event of each pixel: the sign its polarity, 127 new, 0 none", () => {
    expect(pictureOf(batchOf([5, 0, 0, 0], [5, 1, 0, 1], [5, 0, 0, 1], [5, 2, 1, 0]))).toEqual([
      127, 127, 0, 0, 0, -127,
    ]);
  });

  it("tells the age at the newest event, to half a millisecond", () => {
    const [old, middle, , , , fresh] = pictureOf(
      batchOf([0, 0, 0, 1], [14_000, 1, 0, 0]),
      batchOf([14_900, 2, 0, 1], [15_000, 2, 1, 1]),
    );
    // 12 codes to a doubling of (1 ms + age): 16 ms are four doublings, 2 ms one.
    expect([old, middle, fresh]).toEqual([127 - 48, -(127 - 12), 127]);
    for (const ageUs of [499, 500, 999, 7_321, 120_000, 999_999]) {
      const shown = pictureOf(batchOf([0, 0, 0, 1]), silenceAt(ageUs))[0];
      expect(shown).toBe(ageCode(Math.floor(ageUs / 500) / 2));
    }
  });

  it("ages on an empty batch as well, for time goes on, and keeps the oldest at the last code", () => {
    const before = batchOf([0, 0, 0, 1], [0, 1, 0, 0]);
    expect(pictureOf(before, silenceAt(15_000))[0]).toBe(127 - 48);
    expect(pictureOf(before, silenceAt(1_500_000)).slice(0, 2)).toEqual([1, -1]);
    expect(pictureOf(before, silenceAt(3_600_000_000)).slice(0, 2)).toEqual([1, -1]);
  });

  it("counts ON and OFF events since the last picture, and leaves out those beyond its border", () => {
    const picture = new EventPictureBuilder({ width: 3, height: 2 });
    picture.add(batchOf([0, 0, 0, 1], [0, 0, 0, 1], [0, 2, 1, 0], [0, 3, 0, 1], [0, 0, 2, 0]));
    expect(picture.take()).toEqual({
      width: 3,
      height: 2,
      sensorWidth: 3,
      sensorHeight: 2,
      pixels: Int8Array.of(127, 0, 0, 0, 0, -127),
      on: 2,
      off: 1,
    });
    picture.add(batchOf([0, 0, 0, 0]));
    expect(picture.take()).toMatchObject({ on: 0, off: 1 });
    expect(picture.take()).toMatchObject({ on: 0, off: 0 });
  });

  it("shows 1280×720 as 320×180 cells of 4×4 pixels, each with its last event", () => {
    const picture = new EventPictureBuilder({ width: 1280, height: 720 });
    // Two events in the cell (1, 1), one in each of its neighbours' corners, one in the last cell.
    picture.add(batchOf([0, 4, 4, 1], [0, 3, 7, 1], [0, 8, 4, 1], [0, 7, 7, 0], [0, 1279, 719, 1]));
    const { width, height, sensorWidth, sensorHeight, pixels, on, off } = picture.take();
    expect({ width, height, sensorWidth, sensorHeight, on, off }).toEqual({
      width: 320,
      height: 180,
      sensorWidth: 1280,
      sensorHeight: 720,
      on: 4,
      off: 1,
    });
    const lit = [...pixels].flatMap((code, i) => (code === 0 ? [] : [[i % 320, Math.floor(i / 320), code]]));
    expect(lit).toEqual([
      [0, 1, 127],
      [1, 1, -127],
      [2, 1, 127],
      [319, 179, 127],
    ]);
  });

  it("is never larger than 320 pixels a side, and covers sensors that do not divide evenly", () => {
    for (const [sensor, shown] of [
      [
        [320, 240],
        [320, 240],
      ],
      [
        [346, 260],
        [173, 130],
      ],
      [
        [640, 480],
        [320, 240],
      ],
      [
        [1, 8192],
        [1, 316],
      ],
    ] as const) {
      const [width, height] = sensor;
      const picture = new EventPictureBuilder({ width, height });
      picture.add(batchOf([0, width - 1, height - 1, 1]));
      const taken = picture.take();
      expect([taken.width, taken.height]).toEqual(shown);
      expect(taken.pixels.at(-1)).toBe(127);
    }
  });

  it("gives out memory of its own, which may be transferred away", () => {
    const picture = new EventPictureBuilder({ width: 1, height: 1 });
    picture.add(batchOf([0, 0, 0, 1]));
    const first = picture.take();
    structuredClone(first, { transfer: [first.pixels.buffer as ArrayBuffer] });
    expect([...picture.take().pixels]).toEqual([127]);
  });
});
