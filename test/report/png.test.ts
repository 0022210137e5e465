import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/report/png.ts";
import { decodePng } from "./decode-png.ts";

const side = fc.integer({ min: 1, max: 12 });
const picture = (channels: number) =>
  fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
        .map((pixels) => ({ width, height, pixels })),
    );

describe("a PNG", () => {
  it("gives back every RGB pixel", () => {
    fc.assert(
      fc.property(picture(3), ({ width, height, pixels }) => {
        const decoded = decodePng(encodePng({ width, height, rgb: pixels }));
        expect(decoded).toEqual({ width, height, channels: 3, pixels });
      }),
    );
  });

  it("gives back every gray pixel", () => {
    fc.assert(
      fc.property(picture(1), ({ width, height, pixels }) => {
        const decoded = decodePng(encodePng({ width, height, gray: pixels }));
        expect(decoded).toEqual({ width, height, channels: 1, pixels });
      }),
    );
  });

  it.each([
    { width: 2, height: 2, rgb: new Uint8Array(11) },
    { width: 0, height: 2, rgb: new Uint8Array(0) },
    { width: 1.5, height: 2, gray: new Uint8Array(3) },
    { width: 70_000, height: 1, gray: new Uint8Array(70_000) },
  ])("is refused at $width × $height when size and bytes do not fit", (wrong) => {
    expect(() => encodePng(wrong)).toThrow(expect.objectContaining({ code: "PNG_SIZE", exitCode: 2 }));
  });
});
