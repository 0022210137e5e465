import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPackagedDigits } from "../../src/datasets/packaged-digits.ts";
import { idxBytes } from "./idx-bytes.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "spikeline-digits-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(name: string, ...parts: readonly Uint8Array[]) {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return () => openPackagedDigits(path);
}
const images = (count: number, side = 28) => idxBytes([count, side, side], new Uint8Array(count * side ** 2));
const labels = (...values: number[]) => idxBytes([values.length], Uint8Array.from(values));

describe("the digits that travel with the package", () => {
  it("are 40 of each class, the ones that the card describes", () => {
    const { count, images, labels } = openPackagedDigits();
    expect([count, images.length]).toEqual([400, 400 * 784]);
    for (let digit = 0; digit < 10; digit++) {
      expect(labels.filter((label) => label === digit)).toHaveLength(40);
    }
    const file = readFileSync(new URL("../../models/digits.bin", import.meta.url));
    const card = readFileSync(new URL("../../models/digits.md", import.meta.url), "utf8");
    expect(card).toContain(createHash("sha256").update(file).digest("hex"));
    expect(card).toContain(`${file.length.toLocaleString("en-US")} bytes`);
  });

  it("are read in their order", () => {
    const { count, labels: read } = open("good", images(2), labels(9, 3))();
    expect([count, ...read]).toEqual([2, 9, 3]);
  });

  it("say what is wrong with a damaged file, in one sentence", () => {
    const refused = (code: string) => expect.objectContaining({ code, exitCode: 65 });
    expect(open("empty", new Uint8Array(0))).toThrow(refused("IDX_LENGTH"));
    expect(open("torn", images(2).subarray(0, 1000))).toThrow(refused("IDX_LENGTH"));
    expect(open("half", images(2))).toThrow(refused("IDX_LENGTH"));
    expect(open("other", Buffer.from("{}".repeat(1000)))).toThrow(refused("IDX_MAGIC"));
    for (const [name, parts] of Object.entries({
      few: [images(3), labels(1, 2)],
      strange: [images(1), labels(10)],
      none: [images(0), labels()],
    })) {
      expect(open(name, ...parts)).toThrow(refused("DIGITS_DAMAGED"));
      expect(open(name, ...parts)).toThrow(/^Expected digits .* install spikeline again\.$/);
    }
    expect(open("small", images(1, 14), labels(1))).toThrow(expect.objectContaining({ exitCode: 65 }));
  });

  it("say where they should be when they are not there", () => {
    const absent = expect.objectContaining({ code: "DIGITS_ABSENT", exitCode: 66 });
    expect(() => openPackagedDigits(join(folder, "absent.bin"))).toThrow(absent);
  });
});
