import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../../src/model/save.ts";
import { nmnistBytes } from "../formats/nmnist-bytes.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { decodePng } from "../report/decode-png.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "./program.ts";
import { cornerWords } from "./worlds.ts";

const folder = temporaryFolder();
let model = "";
let recording = "";
beforeAll(() => {
  model = folder.path("tiny.safetensors");
  writeFileSync(model, encodeModel(tinyModel({ inputs: 12, neurons: 5 })));
  recording = folder.path("1.bin");
  const words = cornerWords(3, { events: 1000, seed: 1 });
  const outside = { x: 40, y: 3, polarity: 1, timeUs: 200_000 };
  writeFileSync(recording, nmnistBytes([...words.slice(0, 700), outside, ...words.slice(700)]));
});

describe.concurrent("info", () => {
  test("of a model is what its description says", async () => {
    expect(documentOf(await spikeline(["info", model, "--json"]))).toEqual({
      format: "spikeline-model",
      system: "tiny",
      seed: 1,
      inputs: 12,
      neurons: 5,
      weights: "float32",
      rule: "post-target",
      classes: ["class 0", "class 1"],
      createdAt: "2026-01-01T00:00:00.000Z",
      spikelineVersion: "0.1.0",
      dataset: "made up",
      framesSeen: 0,
      accuracy: [{ dataset: "made up", accuracy: 0.5, frames: 10 }],
    });
    const { stdout } = await spikeline(["info", model]);
    expect(stdout).toContain("a model of tiny: 12 inputs, 5 neurons, float32 weights, rule post-target\n");
    expect(stdout).toContain("measured: 50.00 % of 10 frames of made up\n");
  });

  test("of a recording counts its events, and those it had to drop", async () => {
    expect(documentOf(await spikeline(["info", recording, "--json"]))).toEqual({
      format: "n-mnist",
      width: 34,
      height: 34,
      events: 1000,
      startUs: 0,
      endUs: 299_700,
      dropped: 1,
    });
    const { stdout } = await spikeline(["info", recording]);
    expect(stdout).toContain("1,000 events in 299.7 ms, 1 dropped");
  });

  test("tells the two apart by their bytes, not by their name", async () => {
    const nameless = folder.path("nameless");
    writeFileSync(nameless, readFileSync(model));
    expect(documentOf(await spikeline(["info", nameless, "--json"]))).toMatchObject({ system: "tiny" });
  });

  test("draws a model's fields, one tile a neuron", async () => {
    const picture = folder.path("fields.png");
    const { code, stdout, stderr } = await spikeline(["info", model, "--picture", picture]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(picture);
    const { width, height } = decodePng(new Uint8Array(readFileSync(picture)));
    expect(width).toBeGreaterThan(12);
    expect(height).toBeGreaterThan(1);
  });

  test("prints nothing with --quiet", async () => {
    expect(await spikeline(["info", model, "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe.concurrent("info refuses", () => {
  test("what is not there, a folder, and a device that has no end", async () => {
    expectRefusal(await spikeline(["info", folder.path("absent")]), 66, "FILE_ABSENT", /absent/);
    expectRefusal(await spikeline(["info", `${model}/x`]), 66, "FILE_ABSENT");
    expectRefusal(await spikeline(["info", folder.path()]), 65, "INFO_NO_FILE", /is a folder/);
    expectRefusal(await spikeline(["info", "/dev/zero"]), 65, "INFO_NO_FILE", /device or pipe/);
    const pipe = folder.path("pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    expectRefusal(await spikeline(["info", pipe]), 65, "INFO_NO_FILE", /device or pipe/);
  });

  test("bytes that are neither", async () => {
    const file = folder.path("other.bin");
    writeFileSync(file, "hello world, this is no recording at all ".repeat(50));
    expectRefusal(await spikeline(["info", file]), 65, "NMNIST_FORMAT", /another format/);
    writeFileSync(file, "");
    expectRefusal(await spikeline(["info", file]), 65, "NMNIST_EMPTY");
  });

  test("a picture of a recording, and a picture where none can be written", async () => {
    const picture = folder.path("recording.png");
    expectRefusal(await spikeline(["info", recording, "--picture", picture]), 65, "PICTURE_KIND");
    expect(existsSync(picture)).toBe(false);
    const nowhere = await spikeline(["info", model, "--picture", folder.path("absent", "f.png")]);
    expectRefusal(nowhere, 74, "PICTURE_WRITE", /ENOENT/);
  });
});
