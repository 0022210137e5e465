import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../../src/model/save.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { tinyWaveModel } from "../model/tiny-wave-model.ts";
import { ownOnnx } from "../readout/onnx-world.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "./program.ts";
import { writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
let data = "";
beforeAll(async () => {
  data = writeShapes(folder.path("shapes"), { train: 300, test: 100 });
  writeFileSync(folder.path("tiny.safetensors"), encodeModel(tinyWaveModel()));
  writeFileSync(folder.path("clocked.safetensors"), encodeModel(tinyModel()));
  await spikeline(["train", "flagship-images", "--data", data, "--passes", "3", "--out", trained()]);
});

const trained = () => folder.path("shapes.safetensors");
const judge = (...more: string[]) => spikeline(["eval", trained(), "--data", data, "--json", ...more]);

describe.concurrent("exporting a readout", () => {
  test("writes a file that judges every image as the model's own readout does", async () => {
    const out = folder.path("shapes.onnx");
    const ran = await spikeline(["export", trained(), "--out", out, "--json"]);
    expect(documentOf(ran)).toEqual({
      format: "onnx",
      opset: 13,
      readout: "linear",
      inputs: 4096,
      classes: 10,
      classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      bytes: readFileSync(out).length,
      out,
    });
    const { testFps: _, ...own } = documentOf(await judge());
    const { testFps, ...exported } = documentOf(await judge("--readout", out));
    expect(exported).toEqual(own);
    expect(testFps).toBeGreaterThan(0);
  });

  test("says in words what it wrote and how to use it", async () => {
    const out = folder.path("tiny.onnx");
    const { code, stdout } = await spikeline(["export", folder.path("tiny.safetensors"), "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Saved .*tiny\.onnx: pooled \[frames, 16\] to scores \[frames, 3\], opset 13\.\n/,
    );
    expect(stdout).toContain(`spikeline eval ${folder.path("tiny.safetensors")} --readout ${out}\n`);
  });

  test.each([
    ["tiny.safetensors", "tiny.json", 2, "OPTION_VALUE", "a file name that ends in .onnx for --out"],
    ["tiny.safetensors", "absent/tiny.onnx", 74, "OUT_FILE", "there is no folder"],
    ["absent.safetensors", "no.onnx", 66, "MODEL_MISSING", "absent.safetensors"],
    ["clocked.safetensors", "no.onnx", 65, "EXPORT_READOUT", "the neurons vote, which is not written"],
  ] as const)("refuses %s to %s and writes nothing", async (model, out, exitCode, code, words) => {
    const refused = await spikeline(["export", folder.path(model), "--out", folder.path(out)]);
    expectRefusal(refused, exitCode, code);
    expect(refused.stderr).toContain(words);
    expect(existsSync(folder.path(out))).toBe(false);
  });
});

describe.concurrent("judging by a readout in an ONNX file", () => {
  test("refuses one that does not fit the model, and one that is broken, in one sentence", async () => {
    const own = { input: { name: "x", axes: ["n", 16] }, outputs: [{ name: "y", axes: ["n", 3] }] };
    const file = folder.path("other.onnx");
    writeFileSync(file, ownOnnx({ ...own, weights: new Float32Array(48), columns: 3 }));
    expectRefusal(
      await judge("--readout", file),
      65,
      "ONNX_INPUT",
      /pooled \[frames, 4096\] in .* found "x /,
    );
    const broken = await judge("--readout", trained());
    expectRefusal(broken, 65, "ONNX_FILE", /onnxruntime says "/);
    expectRefusal(await judge("--readout", "/absent.onnx"), 66, "MODEL_MISSING", /absent/);
  });

  test("says one sentence, and the runtime nothing, when the file fails while it runs", async () => {
    const file = folder.path("fails.onnx");
    // An input of any width, which only the product finds out not to fit.
    const own = { input: { name: "x", axes: ["n", "m"] }, outputs: [{ name: "y", axes: ["n", 10] }] };
    writeFileSync(file, ownOnnx({ ...own, weights: new Float32Array(40950), columns: 10 }));
    const refused = await judge("--quiet", "--readout", file);
    expectRefusal(refused, 65, "ONNX_RUN", /fails\.onnx to run, but onnxruntime says "/);
    expect(refused.stderr.trimEnd()).not.toContain("\n");
  });

  test("is not done for a model whose neurons vote", async () => {
    const refused = await spikeline([
      "eval",
      folder.path("clocked.safetensors"),
      "--data",
      data,
      "--readout",
      "x",
    ]);
    expectRefusal(refused, 2, "EVAL_READOUT", /votes by neurons/);
  });
});
