import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SpikelineError } from "../../src/core/errors.ts";
import { parseIdx, readIdx } from "../../src/datasets/idx.ts";
import { idxBytes } from "./idx-bytes.ts";

const failure = (work: () => unknown): SpikelineError => {
  try {
    work();
  } catch (error) {
    if (error instanceof SpikelineError) return error;
    throw error;
  }
  throw new Error("expected a failure");
};

const content = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 4 }).chain((sizes) => {
  const length = sizes.reduce((product, size) => product * size, 1);
  return fc.record({
    sizes: fc.constant(sizes),
    data: fc.uint8Array({ minLength: length, maxLength: length }),
  });
});

describe("an IDX file", () => {
  it("gives back the sizes and bytes it was made of, at any offset of its buffer", () => {
    fc.assert(
      fc.property(content, fc.nat({ max: 7 }), ({ sizes, data }, offset) => {
        const file = idxBytes(sizes, data);
        const buffer = new Uint8Array(offset + file.length);
        buffer.set(file, offset);
        const idx = parseIdx(buffer.subarray(offset), { name: "a", dimensions: sizes.length });
        expect(idx.sizes).toEqual(sizes);
        expect(Buffer.compare(idx.data, data)).toBe(0);
      }),
    );
  });

  it("is refused at every length but its own", () => {
    fc.assert(
      fc.property(content, fc.nat({ max: 300 }), ({ sizes, data }, length) => {
        const file = idxBytes(sizes, data);
        fc.pre(length !== file.length);
        const cut = new Uint8Array(length);
        cut.set(file.subarray(0, length));
        const error = failure(() => parseIdx(cut, { name: "a", dimensions: sizes.length }));
        expect([error.code, error.exitCode]).toEqual(["IDX_LENGTH", 65]);
      }),
    );
  });

  it("never gives a result for random bytes of the wrong length, and never throws anything unnamed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(failure(() => parseIdx(bytes, { name: "a", dimensions: 3 })).exitCode).toBe(65);
      }),
    );
  });

  it("names the bytes expected and found when it is cut short", () => {
    const file = idxBytes([10, 28, 28], new Uint8Array(7840)).subarray(0, 5000);
    const error = failure(() => parseIdx(file, { name: "images", dimensions: 3 }));
    expect(error.message).toBe(
      "Expected the IDX file images (10 × 28 × 28) to have 7,856 bytes, found 5,000 bytes; fetch it again.",
    );
  });

  it("asks for no memory when the sizes are absurd", () => {
    const file = idxBytes([0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(8));
    expect(failure(() => parseIdx(file, { name: "images", dimensions: 3 })).code).toBe("IDX_LENGTH");
  });

  it("says which magic it wanted and which came", () => {
    const floats = idxBytes([1], new Uint8Array(1));
    floats[2] = 0x0d;
    const error = failure(() => parseIdx(floats, { name: "labels", dimensions: 1 }));
    expect([error.code, error.exitCode]).toEqual(["IDX_MAGIC", 65]);
    expect(error.message).toContain("(magic 00 00 08 01), found 00 00 0d 01");
  });

  it("guesses that images and labels are swapped when the dimensions differ", () => {
    const error = failure(() =>
      parseIdx(idxBytes([2], new Uint8Array(2)), { name: "images", dimensions: 3 }),
    );
    expect([error.code, error.exitCode]).toEqual(["IDX_DIMENSIONS", 65]);
    expect(error.message).toContain("3 dimensions, found 1; are images and labels swapped?");
  });
});

describe("an IDX file on disk", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-idx-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it("reads the same plain and gzipped", () => {
    const bytes = idxBytes([3], Uint8Array.of(7, 8, 9));
    expect([...readIdx(file("a", bytes), 1).data]).toEqual([7, 8, 9]);
    expect([...readIdx(file("a.gz", gzipSync(bytes)), 1).data]).toEqual([7, 8, 9]);
  });

  it("is bad data when it is empty or its gzip is cut or not gzip at all", () => {
    const packed = gzipSync(
      idxBytes(
        [300],
        new Uint8Array(300).map((_, i) => (i * 77) % 251),
      ),
    );
    expect(failure(() => readIdx(file("empty", new Uint8Array(0)), 1)).code).toBe("IDX_LENGTH");
    for (const bytes of [packed.subarray(0, packed.length - 9), Buffer.from("plain text"), Buffer.alloc(0)]) {
      const error = failure(() => readIdx(file("b.gz", bytes), 1));
      expect([error.code, error.exitCode]).toEqual(["IDX_GZIP", 65]);
    }
  });

  it("is no input when it is absent, and an I/O failure when it is a folder", () => {
    const absent = failure(() => readIdx(join(folder, "nowhere"), 1));
    expect([absent.code, absent.exitCode]).toEqual(["IDX_ABSENT", 66]);
    const directory = failure(() => readIdx(folder, 1));
    expect([directory.code, directory.exitCode]).toEqual(["IDX_READ", 74]);
    expect(directory.message).toContain("EISDIR");
  });
});
