import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpikelineError } from "../../src/core/errors.ts";
import { type HeaderOptions, readPropheseeHeader } from "../../src/formats/prophesee-header.ts";
import { joined, textBytes } from "./evt-bytes.ts";

const read = (text: string, options: Partial<HeaderOptions> = {}) =>
  readPropheseeHeader(textBytes(text), { name: "a.raw", ended: true, ...options });

/** The code and the sentence of the refusal. */
function refusal(text: string): readonly [string, string] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof SpikelineError) return [error.code, error.message];
    throw error;
  }
  throw new Error("Expected a refusal.");
}

const codeOf = (text: string) => refusal(text)[0];

describe("a Prophesee header", () => {
  it("names format and size in one line and ends at its end", () => {
    const text = "% format EVT3;height=720;width=1280\n% geometry 1280x720\n% end\n";
    expect(read(`${text}% more`)).toEqual({ format: "EVT3", width: 1280, height: 720, bytes: text.length });
  });

  it("of old files ends where no line begins, and goes by the camera's system_ID", () => {
    const old = "% Date 2020-09-14 09:03:25\n% integrator_name Prophesee\n% system_ID 21\n% evt 2.0\n";
    const words = Uint8Array.of(0x11, 0x22, 0x33, 0x44);
    const read = readPropheseeHeader(joined(textBytes(old), words), { name: "a.raw", ended: false });
    expect(read).toEqual({ format: "EVT2", width: 640, height: 480, bytes: old.length });
  });

  it("takes words that happen to begin like a line for words", () => {
    const text = "% evt 3.0\n% geometry 320x320\n";
    const bytes = joined(textBytes(text), Uint8Array.of(0x25, 0x20, 0x00, 0x80, 0x0a));
    expect(readPropheseeHeader(bytes, { name: "a.raw", ended: true })?.bytes).toBe(text.length);
  });

  it.each([
    ["% system_ID 48\n% end\n", "EVT3", 1280, 720],
    ["% system_ID 31\n% end\n", "EVT2", 1280, 720],
    ["% system_ID 40\n% evt 2.0\n% end\n", "EVT2", 640, 480],
    ["% evt 3.0\r\n% geometry 346x260\r\n% end\r\n", "EVT3", 346, 260],
    ["% format EVT2\n% camera_integrator_name Other\n% geometry 1x2048\n% end\n", "EVT2", 1, 2048],
  ])("reads %j", (text, format, width, height) => {
    expect(read(text)).toEqual({ format, width, height, bytes: text.length });
  });

  it("lets the caller say the size only where it is silent", () => {
    const size = { width: 100, height: 50 };
    expect(read("% evt 3.0\n% end\n", { size })).toMatchObject(size);
    expect(read("% evt 3.0\n% geometry 9x8\n% end\n", { size })).toMatchObject({ width: 9, height: 8 });
  });

  it("waits for more bytes until it can tell, whatever comes in a chunk", () => {
    const text = "% evt 3.0\n% geometry 9x8\n% end\n";
    for (let length = 0; length < text.length; length++) {
      expect(read(text.slice(0, length), { ended: false })).toBeUndefined();
    }
    expect(read(text, { ended: false })).toMatchObject({ bytes: text.length });
  });

  it("refuses other files, naming their first bytes", () => {
    const [code, sentence] = refusal("PNG and more");
    expect(code).toBe("PROPHESEE_HEADER");
    expect(sentence).toBe(
      'Expected a Prophesee header ("% key value") at the start of a.raw, found the bytes 50 4e 47 20; is this another format?',
    );
    expect(refusal("")[1]).toContain("found an empty file");
  });

  it("refuses formats that cannot be read here, by name", () => {
    expect(refusal("% format EVT21;endianness=legacy;width=9;height=9\n% end\n")[1]).toContain(
      'says "EVT21"',
    );
    expect(refusal("% evt 4.0\n% end\n")[1]).toContain('says "EVT4"');
    expect(refusal("% evt 7.5\n% end\n")[1]).toContain('says "evt 7.5"');
    expect(codeOf("% format \u001b[31mred\n% end\n")).toBe("PROPHESEE_FORMAT_ABSENT");
    expect(codeOf("% Date today\n% end\n")).toBe("PROPHESEE_FORMAT_ABSENT");
    expect(codeOf("% integrator_name Other\n% system_ID 48\n% end\n")).toBe("PROPHESEE_FORMAT_ABSENT");
  });

  it("refuses a size that is absent, impossible or told in two ways", () => {
    expect(codeOf("% evt 3.0\n% end\n")).toBe("PROPHESEE_GEOMETRY_ABSENT");
    for (const geometry of ["0x9", "9x", "2049x9", "axb", "9"]) {
      expect(codeOf(`% evt 3.0\n% geometry ${geometry}\n% end\n`)).toBe("PROPHESEE_GEOMETRY");
    }
    expect(codeOf("% format EVT3;width=9\n% end\n")).toBe("PROPHESEE_GEOMETRY");
    expect(refusal("% format EVT3;width=9;height=8\n% geometry 8x9\n% end\n")[1]).toContain(
      'found 9x8 in "format" and 8x9 in "geometry"',
    );
  });

  it("refuses one that breaks off and one that never ends", () => {
    expect(refusal("% evt 3.0\n% geome")[1]).toContain("inside the line at byte 10");
    expect(codeOf("% a b\n".repeat(20_000))).toBe("PROPHESEE_HEADER_LONG");
    expect(codeOf(`% ${"a".repeat(70_000)}`)).toBe("PROPHESEE_HEADER_LONG");
  });

  it("is read or refused with a sentence, whatever the bytes", () => {
    const pieces = [
      "% ",
      "end",
      "format EVT3",
      ";width=5",
      ";height=4",
      "evt 2.0",
      "\n",
      "geometry 5x4",
      "system_ID 48",
    ];
    const textArb = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(textArb, (parts) => {
        const bytes = textBytes(`% ${parts.join("")}`);
        try {
          const header = readPropheseeHeader(bytes, { name: "a.raw", ended: true });
          expect(header?.bytes).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SpikelineError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
