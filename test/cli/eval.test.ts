import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../../src/model/save.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "./program.ts";
import { type Recordings, writeCorners, writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
let data = "";
let recordings: Recordings = { folder: "", labels: "", count: 0 };
let shapes = "";
let corners = "";
beforeAll(async () => {
  data = writeShapes(folder.path("shapes"), { train: 100, test: 40 });
  recordings = writeCorners(folder.path("corners"), { count: 8 });
  shapes = folder.path("shapes.safetensors");
  corners = folder.path("corners.safetensors");
  const events = ["diehl-cook-events", "--source", recordings.folder, "--labels", recordings.labels];
  for (const [out, source] of [
    [shapes, ["--data", data]],
    [corners, events],
  ] as const) {
    const ran = await spikeline(["train", ...source, "--neurons", "20", "--out", out, "--quiet"]);
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  }
});

const evalCorners = (more: { readonly source?: string; readonly labels?: string } = {}) => {
  const { source = recordings.folder, labels = recordings.labels } = more;
  return spikeline(["eval", corners, "--source", source, "--labels", labels, "--json"]);
};

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.flat().map(Number) : []);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe.concurrent("evaluating", () => {
  test("gives one JSON document whose confusion and unanswered frames sum to all", async () => {
    const ran = await spikeline(["eval", shapes, "--dataset", "mnist", "--data", data, "--json"]);
    const document = documentOf(ran);
    const names = ["accuracy", "confusion", "frames", "testFps", "unanswered"];
    expect(Object.keys(document).sort()).toEqual(names);
    const { confusion, unanswered } = document;
    expect(confusion).toHaveLength(10);
    expect(unanswered).toHaveLength(10);
    expect(sum(numbers(confusion)) + sum(numbers(unanswered))).toBe(40);
    expect(document).toMatchObject({ frames: 40 });
    expect(document.testFps).toBeGreaterThan(0);
    expect(ran.stderr).toMatch(/^test +100\.0 % .*\n$/);
  });

  test("gives the same answers however often it is asked, for images and for recordings", async () => {
    const [one, two] = await Promise.all([evalCorners(), evalCorners()]);
    const { testFps: _, ...first } = documentOf(one);
    const { testFps: __, ...again } = documentOf(two);
    expect(first).toMatchObject({ frames: 8 });
    expect(again).toEqual(first);
  });

  test("judges only the first frames when told to", async () => {
    const ran = await spikeline(["eval", shapes, "--data", data, "--frames", "7", "--json"]);
    expect(documentOf(ran)).toMatchObject({ frames: 7 });
  });

  test("judges only recordings with a label", async () => {
    const labels = folder.path("three.txt");
    writeFileSync(labels, "1 1\n2 2\n3 3\n");
    expect(documentOf(await evalCorners({ labels }))).toMatchObject({ frames: 3 });
  });

  test("says it in words, or with --quiet not at all", async () => {
    const { code, stdout } = await spikeline(["eval", shapes, "--data", data]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^accuracy \d+\.\d % \(\d+ of 40\)$/m);
    const quiet = await spikeline(["eval", shapes, "--data", data, "--quiet"]);
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe.concurrent("evaluating refuses a model file", () => {
  test.each([
    ["that is empty", "MODEL_EMPTY", () => new Uint8Array(0)],
    ["that is cut off", "MODEL_TRUNCATED", (good: Uint8Array) => good.subarray(0, good.length - 100)],
    ["that is cut off in its header", "MODEL_TRUNCATED", (good: Uint8Array) => good.subarray(0, 100)],
    ["of another kind", "MODEL_MAGIC", () => new TextEncoder().encode("\x89PNG\r\n\x1a\n".repeat(100))],
    [
      "with one bit turned",
      "MODEL_HASH",
      (good: Uint8Array) => good.with(good.length - 5000, 1 ^ (good.at(-5000) ?? 0)),
    ],
  ])("%s", async (_, code, spoil) => {
    const file = join(folder.fresh(), "spoiled.safetensors");
    writeFileSync(file, spoil(new Uint8Array(readFileSync(shapes))));
    const refused = await spikeline(["eval", file, "--data", data, "--json"]);
    expectRefusal(refused, 65, code, /spoiled\.safetensors/);
  });

  test("in every command that takes one", async () => {
    const file = join(folder.fresh(), "half.safetensors");
    writeFileSync(file, readFileSync(shapes).subarray(0, 20_000));
    const { folder: source, labels } = recordings;
    const calls = [
      ["info", file],
      ["train", "--resume", file],
      ["run", "--model", file, "--source", source, "--labels", labels, "--headless"],
    ];
    const refused = await Promise.all(calls.map((args) => spikeline([...args, "--json"])));
    for (const ran of refused) expectRefusal(ran, 65, "MODEL_TRUNCATED", /half\.safetensors/);
  });

  test("that is not there, or is a folder", async () => {
    expectRefusal(await spikeline(["eval", folder.path("absent")]), 66, "MODEL_MISSING", /absent/);
    expectRefusal(await spikeline(["eval", folder.path()]), 74, "MODEL_NOT_A_FILE", /directory/);
  });

  test("that sees images of another size, or whose network has not the inputs that its encoder fills", async () => {
    const file = join(folder.fresh(), "tiny.safetensors");
    const tiny = tinyModel();
    writeFileSync(file, encodeModel(tiny));
    expectRefusal(await spikeline(["eval", file, "--data", data]), 65, "SOURCE_SIZE", /28 × 28/);
    const window = { by: "episode" } as const;
    const encoder = { kind: "event-grid", pool: 2, polarity: "split", window } as const;
    const input = { width: 34, height: 34 };
    const description = { ...tiny.description, input, encoder };
    writeFileSync(file, encodeModel({ ...tiny, description }));
    const labels = folder.path("low.txt");
    writeFileSync(labels, "1 1\n2 0\n");
    const ran = await spikeline(["eval", file, "--source", recordings.folder, "--labels", labels]);
    expectRefusal(ran, 65, "SOURCE_SIZE", /578 inputs/);
  });
});

test("evaluating refuses threads for a model that judges on one", async () => {
  const refused = await spikeline(["eval", shapes, "--data", data, "--threads", "2"]);
  expectRefusal(refused, 2, "EVAL_THREADS", /--threads for a model of diehl-cook-2015/);
});

describe.concurrent("evaluating refuses images", () => {
  const images = "t10k-images-idx3-ubyte";
  const labels = "t10k-labels-idx1-ubyte";
  test.each([
    ["that are cut off", images, "IDX_LENGTH", (good: Uint8Array) => good.subarray(0, good.length - 1)],
    ["of another kind", images, "IDX_MAGIC", (good: Uint8Array) => good.with(2, 9)],
    ["that are labels", images, "IDX_DIMENSIONS", (good: Uint8Array) => good.with(3, 1)],
    ["with a label beyond 9", labels, "MNIST_LABEL", (good: Uint8Array) => good.with(8, 10)],
  ])("%s", async (_, name, code, spoil) => {
    const spoiled = writeShapes(folder.fresh(), { train: 1, test: 5 });
    const file = join(spoiled, name);
    writeFileSync(file, spoil(new Uint8Array(readFileSync(file))));
    expectRefusal(await spikeline(["eval", shapes, "--data", spoiled]), 65, code, name);
  });
});

describe.concurrent("evaluating refuses recordings", () => {
  /** A folder with one recording of these bytes, named 1 and labelled 1. */
  function oneRecording(bytes: Uint8Array): { readonly source: string; readonly labels: string } {
    const source = folder.fresh();
    writeFileSync(join(source, "1.bs2"), bytes);
    const labels = join(source, "labels.txt");
    writeFileSync(labels, "1 1\n");
    return { source, labels };
  }

  const good = () => new Uint8Array(readFileSync(join(recordings.folder, "1.bs2")));
  test.each([
    ["cut off inside a word", "NMNIST_TRUNCATED", /byte 14995/, () => good().subarray(0, 14_998)],
    ["of another format", "NMNIST_FORMAT", /another format/, () => new Uint8Array(5000).fill(0xee)],
    ["without a byte", "NMNIST_EMPTY", /no event in 0 bytes/, () => new Uint8Array(0)],
  ])("%s, in this process and in the pipeline thread", async (_, code, words, bytes) => {
    const { source, labels } = oneRecording(bytes());
    expectRefusal(await evalCorners({ source, labels }), 65, code, words);
    const run = ["run", "--source", source, "--labels", labels, "--model", corners];
    const ran = await spikeline([...run, "--headless", "--speed", "max", "--json"]);
    expectRefusal(ran, 65, code, words);
  });

  test.each([
    ["1 1\n2\n", "LABELS_LINE", /line 2 of/],
    ["1 1\n\n# no\n2 two\n", "LABELS_NUMBER", /line 4 of .*"two"/],
    ["1 1\n1 2\n", "LABELS_CONFLICT", /line 2 of/],
    ["a 1\nb 2\n", "LABELS_UNRELATED", /none of the 8/],
  ])("with the labels file %j, by its line", async (text, code, words) => {
    const labels = join(folder.fresh(), "labels.txt");
    writeFileSync(labels, text);
    expectRefusal(await evalCorners({ labels }), 65, code, words);
  });

  test("that are not there, and labels that are not there", async () => {
    expectRefusal(await evalCorners({ source: folder.path("absent") }), 66, "RECORDINGS_ABSENT");
    expectRefusal(await evalCorners({ source: folder.fresh() }), 66, "RECORDINGS_EMPTY", /\.bs2 or \.bin/);
    expectRefusal(await evalCorners({ labels: folder.path("absent") }), 66, "LABELS_ABSENT");
  });
});
