import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../../src/model/save.ts";
import {
  evt2Words,
  evt3Words,
  headerText,
  joined,
  type Row,
  textBytes,
  wordBytes,
} from "../formats/evt-bytes.ts";
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

  test("of a Prophesee recording says what its header and its words say", async () => {
    const rows = Array.from({ length: 500 }, (_, i): Row => [5000 + i * 100, i, 7, i & 1]);
    const outside: Row = [60_000, 640, 7, 1];
    for (const [format, words] of [
      ["EVT2", wordBytes(evt2Words([...rows, outside]), 4)],
      ["EVT3", wordBytes(evt3Words([...rows, outside]), 2)],
    ] as const) {
      const file = folder.path(`${format}.raw`);
      writeFileSync(file, joined(textBytes(headerText(format, 640, 480)), words));
      expect(documentOf(await spikeline(["info", file, "--json"]))).toEqual({
        format: format.toLowerCase(),
        width: 640,
        height: 480,
        events: 500,
        startUs: 5000,
        endUs: 54_900,
        dropped: 1,
      });
      const { stdout } = await spikeline(["info", file]);
      expect(stdout).toBe(
        `a Prophesee ${format} recording of 640 × 480 pixels: 500 events in 49.9 ms, 1 dropped\n`,
      );
    }
  });

  test("reads a large recording in parts and shows how far it is", async () => {
    const file = folder.path("large.raw");
    const still = wordBytes(
      Array.from({ length: 1 << 20 }, () => 0x8000),
      2,
    );
    const header = textBytes(headerText("EVT3", 640, 480));
    writeFileSync(file, header);
    for (let i = 0; i < 17; i++) appendFileSync(file, still);
    const { code, stdout, stderr } = await spikeline(["info", file, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: "evt3", events: 0, dropped: 0 });
    const bytes = (header.length + 17 * 2 ** 21).toLocaleString("en-US");
    expect(stderr).toContain(`${bytes}/${bytes} bytes`);
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

  test("a .raw file without a header, one it cannot read, one cut short, and an unknown file", async () => {
    const refused = async (name: string, bytes: Uint8Array, code: string, sentence: RegExp) => {
      const file = folder.path(name);
      writeFileSync(file, bytes);
      expectRefusal(await spikeline(["info", file]), 65, code, sentence);
    };
    const header = textBytes(headerText("EVT2", 640, 480));
    const words = wordBytes(evt2Words([[5, 1, 1, 1]]), 4);
    await refused("png.raw", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "PROPHESEE_HEADER", /89 50 4e 47/);
    await refused("evt4.raw", textBytes(headerText("EVT4", 9, 9)), "PROPHESEE_FORMAT", /EVT4/);
    await refused("short.raw", joined(header, words.subarray(0, 7)), "EVT2_TRUNCATED", /where the file ends/);
    await refused("letter.txt", textBytes("hello world"), "RECORDING_FORMAT", /letter\.txt/);
  });

  test("a picture of a recording, and a picture where none can be written", async () => {
    const picture = folder.path("recording.png");
    expectRefusal(await spikeline(["info", recording, "--picture", picture]), 65, "PICTURE_KIND");
    expect(existsSync(picture)).toBe(false);
    const nowhere = await spikeline(["info", model, "--picture", folder.path("absent", "f.png")]);
    expectRefusal(nowhere, 74, "PICTURE_WRITE", /ENOENT/);
  });
});
