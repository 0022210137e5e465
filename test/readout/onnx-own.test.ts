import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { OnnxReadout } from "../../src/readout/onnx.ts";
import { loadOnnxRuntime } from "../../src/readout/onnx-runtime.ts";
import { DOUBLE, drawSpikes, linear, onnxFolder, ownOnnx, tensorsOf } from "./onnx-world.ts";

const folder = onnxFolder();
const POOLING = { features: 3, width: 6, height: 5, grid: 2 } as const;
const INPUTS = 12;

const code = (name: string) => expect.objectContaining({ code: name });

describe("somebody's own ONNX readout", () => {
  const description = linear({ pooling: POOLING, classes: 4 });
  const random = Random.fromKey(3);
  const weights = Float32Array.from({ length: INPUTS * 4 }, () => random.nextUnit() - 0.5);
  const spikes = drawSpikes(description, { frames: 20, seed: 4 });
  const usual: Parameters<typeof ownOnnx>[0] = {
    input: { name: "x", axes: ["n", INPUTS] },
    outputs: [{ name: "y", axes: ["n", 4] }],
    weights,
    columns: 4,
  };
  const judge = async (change: Partial<typeof usual>) => {
    const readout = await OnnxReadout.open(
      folder.write("own", ownOnnx({ ...usual, ...change })),
      description,
    );
    return await readout.judge(spikes).finally(() => readout.dispose());
  };

  test("may name input and output as it likes, and take one frame at a time", async () => {
    const tensors = tensorsOf(description, () => 0);
    tensors.set("readout.weights", { shape: [INPUTS, 4], data: weights });
    const judged = LinearReadout.restore(description, tensors).judge(spikes);
    expect(new Set(judged.labels).size).toBeGreaterThan(2);
    expect((await judge({})).labels).toEqual(judged.labels);
    const single = { input: { name: "x", axes: [1, INPUTS] }, outputs: [{ name: "y", axes: [1, 4] }] };
    expect((await judge(single)).labels).toEqual(judged.labels);
  });

  test("may have other outputs beside one that is named scores", async () => {
    const outputs = ["other", "scores"].map((name) => ({ name, axes: ["n", 4] }));
    expect(await judge({ outputs })).toEqual(await judge({}));
  });

  test.each<[string, Partial<typeof usual>, string, string]>([
    [
      "with other inputs than the model pools",
      { input: { name: "x", axes: ["n", 11] }, weights: new Float32Array(44) },
      "ONNX_INPUT",
      'for 3 features in 2 × 2 cells, with any number of frames or 1, found "x float32 [n, 11]"; export it',
    ],
    [
      "of two frames at a time",
      { input: { name: "x", axes: [2, INPUTS] }, outputs: [{ name: "y", axes: [2, 4] }] },
      "ONNX_INPUT",
      'found "x float32 [2, 12]"',
    ],
    [
      "of other numbers",
      {
        input: { name: "x", axes: ["n", INPUTS], type: DOUBLE },
        outputs: [{ name: "y", axes: ["n", 4], type: DOUBLE }],
        weights: new Float64Array(INPUTS * 4),
      },
      "ONNX_INPUT",
      'found "x float64 [n, 12]"',
    ],
    [
      "with other classes",
      { outputs: [{ name: "y", axes: ["n", 6] }], weights: new Float32Array(INPUTS * 6), columns: 6 },
      "ONNX_OUTPUT",
      'of [frames, 4] in FILE, found "y float32 [n, 6]"; export it',
    ],
    [
      "with several outputs, none of them named scores",
      { outputs: ["y", "z"].map((name) => ({ name, axes: ["n", 4] })) },
      "ONNX_OUTPUT",
      'found "y float32 [n, 4], z float32 [n, 4]"',
    ],
    [
      "with scores that are no numbers",
      { weights: weights.map(() => Number.NaN) },
      "ONNX_SCORES",
      "Expected [20, 4] scores from FILE, but it gave some that are not finite",
    ],
  ])("is refused %s", async (_, change, name, words) => {
    const refused: unknown = await judge(change).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: name, exitCode: 65 });
    const { message } = refused as Error;
    expect(message.replaceAll(/\S+\.onnx/g, "FILE")).toContain(words);
    expect(message).not.toContain("\n");
  });

  test("is refused when it is absent, no ONNX, or cut short", async () => {
    const open = (file: string) => OnnxReadout.open(file, description);
    await expect(open("/absent/own.onnx")).rejects.toThrow(code("MODEL_MISSING"));
    await expect(open("/tmp")).rejects.toThrow(code("MODEL_NOT_A_FILE"));
    const whole = ownOnnx(usual);
    const random = Random.fromKey(11);
    for (let length = 0; length < whole.length; length += 1 + random.nextBelow(9)) {
      await expect(open(folder.write("cut", whole.subarray(0, length)))).rejects.toThrow(
        expect.objectContaining({ exitCode: 65, message: expect.stringMatching(/^Expected .*\.$/) }),
      );
    }
  });
});

describe("the ONNX runtime", () => {
  const failing = (error: Error) => loadOnnxRuntime(() => Promise.reject(error));

  test("is asked for by name where it is not installed", async () => {
    const absent = Object.assign(new Error("no package"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(failing(absent)).rejects.toMatchObject({
      code: "ONNX_RUNTIME",
      exitCode: 69,
      message: expect.stringContaining(
        "it is not installed; `npm install --ignore-scripts onnxruntime-node`",
      ),
    });
  });

  test("says so where it is there but does not load", async () => {
    await expect(failing(new Error("no such library"))).rejects.toMatchObject({
      code: "ONNX_RUNTIME",
      message: expect.stringContaining("it does not load on this machine"),
    });
  });
});
