import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { filter, lastValueFrom, map, reduce } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { openMnist } from "../../src/datasets/mnist.ts";
import { openPackagedDigits } from "../../src/datasets/packaged-digits.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { decodeAnyModel } from "../../src/model/load.ts";
import { isSurfaceModel, type SurfaceModel } from "../../src/model/surface-schema.ts";
import { LiveSurfaceModel } from "../../src/pipeline/live-surface-model.ts";
import { through } from "../../src/pipeline/operators/through.ts";
import { type Digits, SimulatedDigitsSensor } from "../../src/sensors/simulated-digits.ts";

const FILE = new URL("../../models/flagship-events.safetensors", import.meta.url);
const bytes = readFileSync(FILE);
/** No camera that the model learned from (scripts/flagship-events-parts.mjs). */
const CAMERA = 4242;

function shipped(): SurfaceModel {
  const model = decodeAnyModel(bytes, fileURLToPath(FILE));
  if (!isSurfaceModel(model)) throw new Error("Expected a surface model.");
  return model;
}

const open: LiveSurfaceModel[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});
function live(): LiveSurfaceModel {
  const model = LiveSurfaceModel.restore(shipped());
  open.push(model);
  return model;
}

/** Shows the first digits of a part, each once, and answers the share that was named right. */
function shareRight(model: LiveSurfaceModel, part: Digits, options: { count: number; learn: boolean }) {
  const { count, learn } = options;
  const { input, encoder } = model;
  if (encoder.kind !== "event-grid") throw new Error("Expected a model for events.");
  const digits = { images: part.images.subarray(0, count * 784), labels: part.labels, count };
  const sensor = new SimulatedDigitsSensor({ seed: CAMERA, speed: "max", count }, digits);
  let id = 0;
  return lastValueFrom(
    sensor.open().pipe(
      through(new EventGridEncoder(input, encoder)),
      filter(({ episode }) => episode !== undefined),
      map((frame) => {
        const options = { id, learn, framesLearned: id, measure: <T>(_: string, work: () => T) => work() };
        id++;
        return model.judge(frame, options).vote.label === frame.episode?.label;
      }),
      reduce((right, isRight) => right + (isRight ? 1 / count : 0), 0),
    ),
  );
}

describe("the model that travels with the package", () => {
  it("is the file that its card describes, below 1 MB", () => {
    const card = readFileSync(new URL("../../models/flagship-events.md", import.meta.url), "utf8");
    expect(card).toContain(createHash("sha256").update(bytes).digest("hex"));
    expect(card).toContain(`${bytes.length.toLocaleString("en-US")} bytes`);
    expect(bytes.length).toBeLessThan(1e6);
    const { accuracy } = shipped().description;
    expect(accuracy).toHaveLength(3);
    for (const row of accuracy) expect(card).toContain(`${(100 * row.accuracy).toFixed(1)} %`);
  });

  it("names digits that it never saw", async () => {
    // 98.8 % of all 10,000; among 200, four standard deviations less is 95.7 %.
    const right = await shareRight(live(), openMnist().test, { count: 200, learn: false });
    expect(right).toBeGreaterThan(0.957);
  });

  it("still names them after it has gone on learning the digits of the package by reward", async () => {
    const model = live();
    expect(await shareRight(model, openPackagedDigits(), { count: 400, learn: true })).toBeGreaterThan(0.94);
    const right = await shareRight(model, openMnist().test, { count: 200, learn: false });
    expect(right).toBeGreaterThan(0.94);
  });

  it("learns from a click: the frame is answered as it was told, and little else changes", async () => {
    const model = live();
    await shareRight(model, openPackagedDigits(), { count: 1, learn: false });
    const click = { kind: "reward", decision: 0, outcome: "wrong", truth: "a chair" } as const;
    expect(model.reward(click, { learn: true })).toBe("taught");
    expect(model.classNames).toHaveLength(11);
    const right = await shareRight(model, openMnist().test, { count: 200, learn: false });
    expect(right).toBeGreaterThan(0.94);
  });

  it("shows what each class looks like from the start", () => {
    const { groups, fields } = live().learned();
    expect(groups.map(({ isForming }) => isForming)).toEqual(new Array(10).fill(false));
    for (let label = 0; label < 10; label++) {
      const field = fields.subarray(label * 34 * 34, (label + 1) * 34 * 34);
      expect(field.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
    }
  });
});
