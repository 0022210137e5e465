import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { firstValueFrom, lastValueFrom } from "rxjs";
import { beforeAll, describe, expect, it } from "vitest";
import { openMnist } from "../../src/datasets/mnist.ts";
import { openPackagedDigits } from "../../src/datasets/packaged-digits.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { decodeModel } from "../../src/model/load.ts";
import type { Model } from "../../src/model/schema.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { evaluate } from "../../src/pipeline/evaluator.ts";
import { through } from "../../src/pipeline/operators/through.ts";
import { train } from "../../src/pipeline/trainer.ts";
import { VoteReadout } from "../../src/readout/vote.ts";
import { type Digits, SimulatedDigitsSensor } from "../../src/sensors/simulated-digits.ts";

const FILE = new URL("../../models/demo.safetensors", import.meta.url);
const bytes = readFileSync(FILE);
let model: Model;
beforeAll(() => {
  model = decodeModel(bytes, fileURLToPath(FILE));
});

/** No camera that the model learned from (scripts/demo-model.mjs). */
const CAMERA = 4242;

/** The first digits of a part, each shown once, as the network takes them. */
function frames$(part: Digits, count: number) {
  const { input, encoder } = model.description;
  if (encoder.kind !== "event-grid") throw new Error("not a model for events");
  const digits = { images: part.images.subarray(0, count * 784), labels: part.labels, count };
  const sensor = new SimulatedDigitsSensor({ seed: CAMERA, speed: "max", count }, digits);
  return sensor.open().pipe(through(new EventGridEncoder(input, encoder)));
}

async function accuracyOf(
  part: Digits,
  options: { count: number; network: SpikingNetwork; readout: VoteReadout },
) {
  const { count, network, readout } = options;
  const judged$ = evaluate(frames$(part, count), { network, readout, classes: 10 });
  const { accuracy, judged } = await lastValueFrom(judged$);
  expect(judged).toBe(count);
  return accuracy;
}

describe("the model that travels with the package", () => {
  it("is the file that its card describes, below 1 MB", () => {
    const card = readFileSync(new URL("../../models/demo.md", import.meta.url), "utf8");
    expect(card).toContain(createHash("sha256").update(bytes).digest("hex"));
    expect(card).toContain(`${bytes.length.toLocaleString("en-US")} bytes`);
    expect(bytes.length).toBeLessThan(1e6);
    for (const { accuracy } of model.description.accuracy) {
      expect(card).toContain(`${(100 * accuracy).toFixed(1)} %`);
    }
  });

  it("names digits that it never saw", async () => {
    const network = SpikingNetwork.restore(model);
    const readout = VoteReadout.restore(model);
    // 92.5 % of all 10,000; among 200, four standard deviations less is 85 %.
    expect(await accuracyOf(openMnist().test, { count: 200, network, readout })).toBeGreaterThan(0.85);
    network.dispose();
  });

  it("still names them after it has gone on learning the digits of the package", async () => {
    const network = SpikingNetwork.restore(model);
    const readout = VoteReadout.restore(model);
    const { frames } = await lastValueFrom(train(frames$(openPackagedDigits(), 400), { network }));
    expect(frames).toBe(400);
    expect(await accuracyOf(openMnist().test, { count: 200, network, readout })).toBeGreaterThan(0.8);
    network.dispose();
  });

  it("goes on learning: a digit shown with learning on moves its weights", async () => {
    const network = SpikingNetwork.restore(model);
    const before = network.fields();
    await firstValueFrom(train(frames$(openPackagedDigits(), 1), { network }));
    expect(network.fields()).not.toEqual(before);
    network.dispose();
  });
});
