import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadAnyModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";
import { type Recordings, writeCorners, writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
const out = (name: string) => folder.path(`${name}.safetensors`);
let recordings: Recordings = { folder: "", labels: "", count: 0 };
let trained: Ran = { code: null, stdout: "", stderr: "" };
beforeAll(async () => {
  recordings = writeCorners(folder.path("corners"), { count: 32, events: 1500 });
  trained = await train("--validation", "0.25", "--seed", "3", "--json", "--out", out("corners"));
});

const train = (...more: string[]) =>
  spikeline([
    ...["train", "flagship-events", "--source", recordings.folder, "--labels", recordings.labels],
    ...["--passes", "5", ...more],
  ]);

async function timelessBytes(name: string): Promise<Uint8Array> {
  const model = await loadAnyModel(out(name));
  Object.assign(model.description.provenance, { createdAt: "" });
  return encodeModel(model);
}

describe.concurrent("training a surface system", () => {
  test("learns, judges itself on recordings it kept, and says both in one JSON document", () => {
    const document = documentOf(trained);
    expect(document).toMatchObject({
      system: "flagship-events",
      prototypes: 32,
      readout: "linear",
      seed: 3,
      frames: 24,
      passes: 5,
      events: 24 * 1500,
      validation: { frames: 8, accuracy: expect.any(Number) },
      out: out("corners"),
    });
    for (const name of ["trainFps", "eventsPerSecond", "spikesPerFrame", "accuracySoFar"]) {
      expect(document[name]).toBeGreaterThan(0);
    }
    expect(trained.stderr).toMatch(
      /^learn +100\.0 % .*\npresent +100\.0 % .*\ntrain +100\.0 % .*\ntest +100\.0 % .*\n$/,
    );
  });

  test("gives the same file from the same seed but for its date, which eval judges", async () => {
    for (const name of ["a", "b"]) {
      const ran = await train("--frames", "20", "--quiet", "--out", out(name));
      expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    expect(await timelessBytes("b")).toEqual(await timelessBytes("a"));
    const source = ["--source", recordings.folder, "--labels", recordings.labels];
    const judged = documentOf(await spikeline(["eval", out("a"), ...source, "--frames", "30", "--json"]));
    expect(judged).toMatchObject({
      frames: 30,
      accuracy: expect.any(Number),
      unanswered: new Array(10).fill(0),
    });
  });

  test("says in words what it did, and that nothing was saved", async () => {
    const { code, stdout } = await train("--frames", "10");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^flagship-events: 32 prototypes learned 15,000 events of 10 recordings at [\d,]+ events per CPU second, and the readout their labels.*\nNothing was saved/,
    );
  });

  test("learns by reward alone when told to, and the file is judged, told and run as such", async () => {
    const file = out("reward");
    const byReward = ["--readout", "reward", "--validation", "0.25", "--out", file];
    const { stdout } = await train(...byReward);
    expect(stdout).toContain("and the readout to name them from right and wrong alone (passes: 5)");
    const { description } = await loadAnyModel(file);
    expect(description).toMatchObject({ readout: { kind: "reward", pooling: { norm: "none" } } });
    expect((await spikeline(["info", file])).stdout).toContain("a reward readout of 6 × 6 cells");
    const source = ["--source", recordings.folder, "--labels", recordings.labels];
    const judged = documentOf(await spikeline(["eval", file, ...source, "--json"]));
    expect(judged).toMatchObject({ frames: 32, accuracy: expect.any(Number) });
    const run = ["run", "--model", file, ...source, "--speed", "max", "--headless", "--json"];
    const ran = documentOf(await spikeline(run));
    expect(ran).toMatchObject({ frames: 32, accuracy: { judged: 32, right: 32 * Number(judged.accuracy) } });
  });
});

describe.concurrent("a model of a surface system", () => {
  test("is told and drawn by info", async () => {
    const picture = folder.path("surfaces.png");
    const ran = await spikeline(["info", out("corners"), "--picture", picture, "--json"]);
    expect(documentOf(ran)).toMatchObject({
      system: "flagship-events",
      inputs: 2 * 34 * 34,
      prototypes: 32,
      radius: 3,
      polarity: "both",
      readout: "linear",
      framesSeen: 24,
    });
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
    const { stdout } = await spikeline(["info", out("corners")]);
    expect(stdout).toContain("34 × 34 pixels, 32 prototypes of 7 × 7 pixels that fade with 20 ms");
  });

  test("runs live, learning nothing, and is written back as it came", async () => {
    const source = ["--source", recordings.folder, "--labels", recordings.labels, "--json"];
    const { accuracy } = documentOf(await spikeline(["eval", out("corners"), ...source]));
    const again = folder.path("again.safetensors");
    const live = ["--speed", "max", "--headless", "--learn", "--out", again];
    const ran = documentOf(await spikeline(["run", "--model", out("corners"), ...source, ...live]));
    expect(ran).toMatchObject({ frames: 32, accuracy: { judged: 32, right: 32 * Number(accuracy) } });
    const [before, after] = [await loadAnyModel(out("corners")), await loadAnyModel(again)];
    expect(after.description).toEqual(before.description);
    for (const [name, tensor] of before.tensors) expect(after.tensors.get(name)).toEqual(tensor);
  });

  test("is not judged on images", async () => {
    const images = writeShapes(folder.path("shapes"), { train: 10, test: 10 });
    const judged = await spikeline(["eval", out("corners"), "--dataset", "mnist", "--data", images]);
    expectRefusal(judged, 2, "SOURCE_KIND", /sees events/);
  });
});

describe.concurrent("training a surface system refuses", () => {
  test.each([
    [["--neurons", "50"], 2, "TRAIN_OPTION", "no --neurons for flagship-events"],
    [["--weights", "uint8"], 2, "TRAIN_OPTION", "no --weights"],
    [["--resume", "m.safetensors"], 2, "TRAIN_OPTION", "no --resume"],
    [["--validation", "0.001"], 2, "VALIDATION_EMPTY", "of the 32 recordings"],
    [["--out", "/absent/m.safetensors"], 74, "OUT_FILE", "there is no folder /absent"],
  ] as const)("%j", async (args, exitCode, code, words) => {
    const refused = await train(...args);
    expectRefusal(refused, exitCode, code);
    expect(refused.stderr).toContain(words);
  });

  test("recordings without labels, images, and nothing at all", async () => {
    const learn = ["train", "flagship-events"];
    expectRefusal(await spikeline([...learn, "--source", recordings.folder]), 65, "TRAIN_LABELS", /--labels/);
    expectRefusal(await spikeline([...learn, "--dataset", "mnist"]), 2, "SOURCE_KIND", /sees events/);
    expectRefusal(await spikeline(learn), 2, "SOURCE_ABSENT", /--source DIR/);
  });
});
