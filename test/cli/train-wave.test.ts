import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadAnyModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { tinyWaveModel } from "../model/tiny-wave-model.ts";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";
import { writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
const out = (name: string) => folder.path(`${name}.safetensors`);
let data = "";
let trained: Ran = { code: null, stdout: "", stderr: "" };
beforeAll(async () => {
  data = writeShapes(folder.path("shapes"), { train: 300, test: 100 });
  trained = await train("--dataset", "mnist", "--seed", "3", "--json", "--out", out("shapes"));
});

const train = (...more: string[]) => spikeline(["train", "flagship-images", "--data", data, ...more]);

/** The model's bytes with its time of birth blotted out. */
async function timelessBytes(name: string): Promise<Uint8Array> {
  const model = await loadAnyModel(out(name));
  Object.assign(model.description.provenance, { createdAt: "" });
  return encodeModel(model);
}

describe.concurrent("training a wave system", () => {
  test("learns, judges itself on the test part, and says both in one JSON document", () => {
    const document = documentOf(trained);
    expect(document).toMatchObject({
      system: "flagship-images",
      maps: 128,
      seed: 3,
      frames: 300,
      passes: 30,
      test: { frames: 100, accuracy: expect.any(Number) },
      out: out("shapes"),
    });
    for (const name of ["trainFps", "testFps", "convergence", "spikesPerFrame", "accuracySoFar"]) {
      expect(document[name]).toBeGreaterThan(0);
    }
    expect(trained.stderr).toMatch(
      /^learn +100\.0 % .*\npresent +100\.0 % .*\ntrain +100\.0 % .*\ntest +100\.0 % .*\n$/,
    );
  });

  test("writes a model that is what eval finds it to be, each time it is asked", async () => {
    const { description } = await loadAnyModel(out("shapes"));
    expect(description.provenance).toMatchObject({ dataset: "mnist", framesSeen: 9000 });
    const [measured] = description.accuracy;
    expect(measured).toMatchObject({ dataset: "mnist (test)", frames: 100 });
    expect(measured?.accuracy).toBeGreaterThan(0.8);
    const judge = async () => {
      const ran = await spikeline(["eval", out("shapes"), "--dataset", "mnist", "--data", data, "--json"]);
      const { testFps: _, ...rest } = documentOf(ran);
      return rest;
    };
    const judged = await judge();
    expect(judged).toMatchObject({
      accuracy: measured?.accuracy,
      frames: 100,
      unanswered: expect.any(Array),
    });
    expect(await judge()).toEqual(judged);
  });

  test("gives the same file from the same seed but for its date, and another from another seed", async () => {
    for (const [name, seed] of [
      ["a", "3"],
      ["b", "3"],
      ["c", "4"],
    ] as const) {
      const ran = await train(
        "--frames",
        "100",
        "--passes",
        "2",
        "--seed",
        seed,
        "--quiet",
        "--out",
        out(name),
      );
      expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    expect(await timelessBytes("b")).toEqual(await timelessBytes("a"));
    const fieldsOf = async (name: string) => (await loadAnyModel(out(name))).tensors.get("layer0.weights");
    expect(await fieldsOf("c")).not.toEqual(await fieldsOf("a"));
  });

  test("keeps the last images for validation and never learns from them", async () => {
    const few = ["--passes", "2", "--quiet", "--out"];
    const document = documentOf(
      await train("--validation", "0.2", "--passes", "2", "--json", "--out", out("held")),
    );
    expect(document).toMatchObject({ frames: 240, validation: { frames: 60 } });
    expect(document.test).toBeUndefined();
    await train("--frames", "240", ...few, out("first"));
    const [held, first] = [await loadAnyModel(out("held")), await loadAnyModel(out("first"))];
    expect(held.tensors).toEqual(first.tensors);
    expect(held.description.accuracy).toMatchObject([{ dataset: "mnist (validation)", frames: 60 }]);
  });

  test("learns by reward alone when told to, and the file is judged and told as such", async () => {
    const document = documentOf(await train("--readout", "reward", "--json", "--out", out("reward")));
    expect(document).toMatchObject({ readout: "reward", passes: 8, test: { frames: 100 } });
    expect(document.test).toMatchObject({ accuracy: expect.any(Number) });
    const { description } = await loadAnyModel(out("reward"));
    const [measured] = description.accuracy;
    expect(measured?.accuracy).toBeGreaterThan(0.8);
    const judged = await spikeline(["eval", out("reward"), "--data", data, "--json"]);
    expect(documentOf(judged)).toMatchObject({ accuracy: measured?.accuracy, frames: 100 });
    const { stdout } = await spikeline(["info", out("reward")]);
    expect(stdout).toContain("a readout learned by reward of 4 × 4 cells");
  });

  test("learns the small system with half the maps", async () => {
    const few = ["--data", data, "--frames", "50", "--passes", "1", "--json"];
    const small = documentOf(await spikeline(["train", "flagship-images-small", ...few]));
    expect(small).toMatchObject({ system: "flagship-images-small", maps: 64, frames: 50, passes: 1 });
  });

  test("says in words what it did, and that nothing was saved", async () => {
    const { code, stdout } = await train("--frames", "50", "--passes", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^flagship-images: 128 maps learned 50 images at [\d,]+ images per CPU second.*\nTest: \d+\.\d % of 100 images .*\nNothing was saved/,
    );
  });
});

describe.concurrent("a model of a wave system", () => {
  test("is told and drawn by info", async () => {
    const picture = folder.path("fields.png");
    const ran = await spikeline(["info", out("shapes"), "--picture", picture, "--json"]);
    expect(documentOf(ran)).toMatchObject({
      format: "spikeline-model",
      system: "flagship-images",
      seed: 3,
      inputs: 784,
      maps: 128,
      window: 7,
      thresholds: [17, 22.1],
      readout: "linear",
      framesSeen: 9000,
      accuracy: [{ dataset: "mnist (test)" }],
    });
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
    const { stdout } = await spikeline(["info", out("shapes")]);
    expect(stdout).toContain(
      "28 × 28 pixels, 128 maps of 7 × 7 pixels, thresholds 17 and 22.1, a linear readout of 4",
    );
    expect(stdout).toContain("it names 0, 1, 2");
  });

  test("is judged on several threads with the same answers, and says how fast", async () => {
    const judge = (...more: string[]) =>
      spikeline(["eval", out("shapes"), "--data", data, "--json", ...more]);
    const { testFps: _, ...alone } = documentOf(await judge());
    const together = documentOf(await judge("--threads", "2"));
    expect(together).toMatchObject({ ...alone, threads: 2 });
    expect(together.wallFps).toBeGreaterThan(0);
    expectRefusal(await judge("--threads", "0"), 2, "OPTION_VALUE", /--threads/);
  });

  test("is judged on the first frames only when told to, and said in words", async () => {
    const ran = await spikeline(["eval", out("shapes"), "--data", data, "--frames", "7"]);
    expect(ran.stdout).toMatch(/^accuracy \d+\.\d % \(\d+ of 7\)$/m);
  });

  test("is refused by what needs a clocked network, and nothing is written", async () => {
    const model = out("shapes");
    const sim = ["--source", "sim:digits", "--frames", "1", "--headless"];
    const calls = [
      ["run", "--model", model, ...sim],
      ["train", "--resume", model, "--data", data, "--out", out("never")],
    ];
    for (const call of calls) {
      expectRefusal(await spikeline(call), 65, "MODEL_KIND", /one of a wave network \(flagship-images\)/);
    }
    expect(existsSync(out("never"))).toBe(false);
  });

  test("is not judged on recordings, nor on images of another size", async () => {
    const recordings = await spikeline(["eval", out("shapes"), "--source", "."]);
    expectRefusal(recordings, 2, "SOURCE_KIND", /sees images/);
    writeFileSync(out("tiny"), encodeModel(tinyWaveModel()));
    const small = await spikeline(["eval", out("tiny"), "--data", data]);
    expectRefusal(
      small,
      65,
      "SOURCE_SIZE",
      /28 × 28 pixels for mnist, but tiny-wave has 30 inputs for 6 × 5/,
    );
  });
});

describe.concurrent("training a wave system refuses", () => {
  test.each([
    [["--neurons", "50"], 2, "TRAIN_OPTION", "no --neurons for flagship-images"],
    [["--weights", "uint8"], 2, "TRAIN_OPTION", "no --weights"],
    [["--resume", "m.safetensors"], 2, "TRAIN_OPTION", "no --resume"],
    [["--dataset", "n-mnist"], 2, "SOURCE_KIND", "sees images"],
    [["--readout", "vote"], 2, "OPTION_VALUE", '"linear" or "reward" for --readout'],
    [["--labels", "x"], 2, "SOURCE_LABELS", "images bring their own"],
    [["--validation", "0.001"], 2, "VALIDATION_EMPTY", "of the 300 images"],
    [["--data", "/absent"], 66, "MNIST_ABSENT", "/absent"],
    [["--out", "/absent/m.safetensors"], 74, "OUT_FILE", "there is no folder /absent"],
  ] as const)("%j", async (args, exitCode, code, words) => {
    const refused = await train(...args);
    expectRefusal(refused, exitCode, code);
    expect(refused.stderr).toContain(words);
    expect(refused.stderr.trimEnd()).not.toContain("\n");
  });
});
