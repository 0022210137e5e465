import { describe, expect, it } from "vitest";
import { fieldsPicture, orderByClass } from "../../src/report/fields-picture.ts";
import { encodePng } from "../../src/report/png.ts";
import { decodePng } from "./decode-png.ts";

const GROUND = "0c0f13";
const FLOOR = "151a20";
const MINT = "5cd6b3";

/** The picture as hex colours, read back from its PNG. */
function colours(options: Parameters<typeof fieldsPicture>[0]) {
  const { width, height, pixels } = decodePng(encodePng(fieldsPicture(options)));
  const at = (x: number, y: number) =>
    Buffer.from(pixels.subarray((y * width + x) * 3, (y * width + x + 1) * 3)).toString("hex");
  return { width, height, at, row: (y: number) => Array.from({ length: width }, (_, x) => at(x, y)) };
}

/** Four neurons that each look at one of 2 × 2 pixels, with strengths 1 to 4. */
const corners = Float32Array.of(1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4);
const four = { weights: corners, neurons: 4, width: 2, height: 2, zoom: 1 };

describe("a picture of receptive fields", () => {
  it("lays the tiles out in a square with gaps of one pixel on the ground", () => {
    const { width, height, row } = colours(four);
    expect([width, height]).toEqual([7, 7]);
    expect(row(0)).toEqual(Array(7).fill(GROUND));
    expect(row(1)).toEqual([GROUND, MINT, FLOOR, GROUND, FLOOR, MINT, GROUND]);
    expect(row(3)).toEqual(Array(7).fill(GROUND));
    expect(row(4)).toEqual([GROUND, FLOOR, FLOOR, GROUND, FLOOR, FLOOR, GROUND]);
    expect(row(5)).toEqual([GROUND, MINT, FLOOR, GROUND, FLOOR, MINT, GROUND]);
  });

  it("scales each tile to its own strongest weight", () => {
    const weights = Float32Array.of(10, 5, 0.2, 0.1);
    const { at } = colours({ weights, neurons: 2, width: 2, height: 1, zoom: 1 });
    expect([at(1, 1), at(4, 1)]).toEqual([MINT, MINT]);
    expect(at(2, 1)).toBe(at(5, 1));
    expect([FLOOR, MINT]).not.toContain(at(2, 1));
  });

  it("shows silent, negative and broken weights as the floor", () => {
    const weights = Float32Array.of(0, 0, -1, Number.NaN);
    const { at } = colours({ weights, neurons: 2, width: 2, height: 1, zoom: 1 });
    expect([at(1, 1), at(2, 1), at(4, 1), at(5, 1)]).toEqual([FLOOR, FLOOR, FLOOR, FLOOR]);
  });

  it("lays OFF under ON in two colours", () => {
    const weights = Float32Array.of(1, 0, 1, 0, 1, 1);
    const { at } = colours({ weights, neurons: 1, width: 3, height: 1, channels: 2, zoom: 1 });
    expect(at(1, 1)).toBe("e07a5f");
    expect(at(2, 1)).toBe(MINT);
    expect(at(3, 1)).toBe("fffff2");
  });

  it("enlarges pixels to squares, and by itself to a width that fits a screen", () => {
    const { width, at } = colours({ ...four, zoom: 3 });
    expect(width).toBe(21);
    expect([at(3, 3), at(5, 5), at(6, 3)]).toEqual([MINT, MINT, FLOOR]);
    const widths = [1, 100, 400, 1600].map((neurons) => {
      const weights = new Float32Array(neurons * 784);
      return fieldsPicture({ weights, neurons, width: 28, height: 28 }).width;
    });
    expect(widths).toEqual([1200, 1164, 1162, 1161]);
  });

  it("shows the neurons in the order asked for", () => {
    const { at } = colours({ ...four, order: [3, 0, 1, 2] });
    expect([at(2, 2), at(4, 1), at(2, 4), at(4, 5)]).toEqual([MINT, MINT, MINT, MINT]);
  });

  it("refuses weights that do not fit and neurons that are not there", () => {
    expect(() => fieldsPicture({ ...four, neurons: 3 })).toThrow(
      expect.objectContaining({ code: "FIELDS_SIZE", exitCode: 2 }),
    );
    for (const order of [[4], [-1], [0.5], []]) {
      expect(() => fieldsPicture({ ...four, order })).toThrow(
        expect.objectContaining({ code: "FIELDS_ORDER" }),
      );
    }
  });
});

describe("the order by class", () => {
  it("puts unnamed neurons last and keeps the neurons' order inside a class", () => {
    expect([...orderByClass(Int16Array.of(2, -1, 0, 2, 0, 1))]).toEqual([2, 4, 5, 0, 3, 1]);
  });
});
