import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type LabelledRecording,
  listRecordings,
  parseLabels,
  splitRecordings,
  unlabelledCount,
} from "../../src/datasets/recording-folder.ts";

describe("a folder of recordings", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-recordings-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, text = "") => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("lists its recordings by number then name, and nothing else", () => {
    for (const name of ["10.bs2", "2.bs2", "b.bin", "a.BIN", "1.bs2", "notes.txt", "01.bin"]) put(name);
    const list = listRecordings({ path: folder, labelsFile: undefined });
    expect(list.map(({ name }) => name)).toEqual(["01", "1", "2", "10", "a", "b"]);
    expect(list[0]?.path).toBe(join(folder, "01.bin"));
    expect(unlabelledCount(list)).toBe(6);
  });

  it("gives each recording its label and counts those without", () => {
    for (const name of ["1.bs2", "2.bs2", "3.bs2"]) put(name);
    const labelsFile = put("labels.txt", "#sample #class\r\n1\t5\r\n\r\n3 0\r\n77,9\r\n");
    const list = listRecordings({ path: folder, labelsFile });
    expect(list.map(({ label }) => label)).toEqual([5, undefined, 0]);
    expect(unlabelledCount(list)).toBe(1);
  });

  it("is no input when it, its recordings or its labels file are absent", () => {
    const list = (options: { path: string; labelsFile?: string }) => () =>
      listRecordings({ labelsFile: undefined, ...options });
    expect(list({ path: join(folder, "nowhere") })).toThrow(
      expect.objectContaining({ code: "RECORDINGS_ABSENT", exitCode: 66 }),
    );
    expect(list({ path: folder })).toThrow(
      expect.objectContaining({ code: "RECORDINGS_EMPTY", exitCode: 66 }),
    );
    put("1.bs2");
    expect(list({ path: join(folder, "1.bs2", "x") })).toThrow(
      expect.objectContaining({ code: "RECORDINGS_ABSENT", exitCode: 66 }),
    );
    expect(list({ path: folder, labelsFile: join(folder, "nowhere.txt") })).toThrow(
      expect.objectContaining({ code: "LABELS_ABSENT", exitCode: 66 }),
    );
    expect(list({ path: folder, labelsFile: folder })).toThrow(
      expect.objectContaining({ code: "LABELS_READ", exitCode: 74 }),
    );
  });

  it("may hold recordings of all formats, and be a single file", () => {
    for (const name of ["3.raw", "1.bin", "2.bs2"]) put(name);
    const labelsFile = put("labels.txt", "3 7\n");
    const list = listRecordings({ path: folder, labelsFile });
    expect(list.map(({ name, label }) => [name, label])).toEqual([
      ["1", undefined],
      ["2", undefined],
      ["3", 7],
    ]);
    const odd = put("three.dat");
    expect(listRecordings({ path: odd, labelsFile: undefined })).toEqual([
      { path: odd, name: "three", label: undefined },
    ]);
  });

  it("leaves, refuses or lists what is no recording, but never minds what lies beside recordings", () => {
    for (const name of ["1.raw", "notes.md", "1.bias", ".hidden"]) put(name);
    const labelsFile = put("labels", "1 7\n");
    mkdirSync(join(folder, "more.d"));
    const list = (others: "leave" | "refuse" | "list") =>
      listRecordings({ path: folder, labelsFile, others }).map(({ path }) => basename(path));
    expect(list("refuse")).toEqual(["1.raw"]);
    for (const name of ["2.jpg", "3.npy"]) put(name);
    expect(list("leave")).toEqual(["1.raw"]);
    expect(list("list")).toEqual(["1.raw", "2.jpg", "3.npy"]);
    expect(() => list("refuse")).toThrow(
      expect.objectContaining({
        code: "RECORDINGS_OTHER",
        exitCode: 65,
        message: `Expected only recordings (.raw, .bs2 or .bin) in the folder ${folder}, found "2.jpg" and 1 others; move them away or skip them with --salvage.`,
      }),
    );
  });

  it("is bad data when the labels file names none of the recordings", () => {
    put("1.bs2");
    const labelsFile = put("labels.txt", "a 1\nb 2\n");
    expect(() => listRecordings({ path: folder, labelsFile })).toThrow(
      expect.objectContaining({
        code: "LABELS_UNRELATED",
        exitCode: 65,
        message: `Expected ${labelsFile} to name recordings of ${folder} (such as "1"), found none of the 1 among its 2 names.`,
      }),
    );
  });
});

describe("a labels file", () => {
  it("reads tabs, spaces and commas, a byte order mark, comments and repeated lines", () => {
    const text = "\uFEFF# id label\n1\t5\n 2   6 \n3,7\r4 , 8\ntake 5\t999\n1 5\n";
    expect([...parseLabels(text, "l")]).toEqual([
      ["1", 5],
      ["2", 6],
      ["3", 7],
      ["4", 8],
      ["take 5", 999],
    ]);
  });

  it.each([
    ["one word", "1 1\n2\n", "LABELS_LINE"],
    ["three words", "1 1\n2 2 2\n", "LABELS_LINE"],
    ["no id", "1 1\n,5\n", "LABELS_LINE"],
    ["a fraction", "1 1\n2 1.5\n", "LABELS_NUMBER"],
    ["a word for a label", "1 1\n2 two\n", "LABELS_NUMBER"],
    ["a negative label", "1 1\n2 -1\n", "LABELS_NUMBER"],
    ["a label of 1000", "1 1\n2 1000\n", "LABELS_NUMBER"],
    ["two labels for one recording", "1 1\n1 2\n", "LABELS_CONFLICT"],
  ])("is bad data with %s, and the line is named", (_, text, code) => {
    expect(() => parseLabels(text, "the/file")).toThrow(
      expect.objectContaining({ code, exitCode: 65, message: expect.stringContaining("line 2 of the/file") }),
    );
  });

  it("never fails unnamed, whatever the text, and escapes what it quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        try {
          for (const label of parseLabels(text, "l").values()) expect(label).toBeLessThanOrEqual(999);
        } catch (error) {
          expect(error).toMatchObject({ name: "SpikelineError", exitCode: 65 });
        }
      }),
    );
    expect(() => parseLabels("a\u001b[2J\u009b2J", "l")).toThrow('"a\\u001b[2J?2J"');
  });
});

describe("a split of recordings", () => {
  const labels = fc.array(fc.option(fc.nat({ max: 4 }), { nil: undefined }), { maxLength: 80 });
  const listOf = (all: readonly (number | undefined)[]): LabelledRecording[] =>
    all.map((label, i) => ({ path: `${i}.bs2`, name: `${i}`, label }));
  const share = fc.double({ min: 0, max: 0.99, noNaN: true });
  const ofLabel = (list: readonly LabelledRecording[], label: number | undefined) =>
    list.filter((recording) => recording.label === label).length;

  it("puts every recording in one part, in order, and each class by its share", () => {
    fc.assert(
      fc.property(labels, share, fc.nat(), (all, validationShare, seed) => {
        const list = listOf(all);
        const { train, validation } = splitRecordings(list, { validationShare, seed });
        const inTrain = new Set(train);
        expect(train).toEqual(list.filter((recording) => inTrain.has(recording)));
        expect(validation).toEqual(list.filter((recording) => !inTrain.has(recording)));
        expect(ofLabel(validation, undefined)).toBe(0);
        for (let label = 0; label < 5; label++) {
          const n = ofLabel(list, label);
          expect(ofLabel(validation, label)).toBe(
            n === 0 ? 0 : Math.min(Math.round(n * validationShare), n - 1),
          );
        }
      }),
    );
  });

  it("is the same for the same seed, another for another, and each class is drawn by itself", () => {
    const list = listOf(Array.from({ length: 100 }, (_, i) => i % 2));
    const names = (seed: number, of = list) =>
      splitRecordings(of, { validationShare: 0.2, seed }).validation.map(({ name }) => name);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
    const odd = list.filter(({ label }) => label === 1);
    expect(names(1, odd)).toEqual(names(1).filter((name) => Number(name) % 2 === 1));
    // Pinned: the split must not move between machines or versions.
    expect(names(1, odd)).toEqual(["3", "5", "9", "15", "37", "45", "55", "67", "73", "93"]);
  });

  it.each([-0.1, 1, Number.NaN])("refuses a share of %s", (validationShare) => {
    expect(() => splitRecordings([], { validationShare, seed: 1 })).toThrow(
      expect.objectContaining({ code: "SPLIT_SHARE", exitCode: 2 }),
    );
  });
});
