import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { from, lastValueFrom } from "rxjs";
import { expect, test } from "vitest";
import { batches } from "../../src/datasets/labelled-frames.ts";
import { openMnist } from "../../src/datasets/mnist.ts";
import { decodeAnyModel } from "../../src/model/load.ts";
import { isWaveModel } from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { evaluateWaves } from "../../src/pipeline/wave-trainer.ts";
import { restoreReadout } from "../../src/readout/feature-readout.ts";
import { describeWaveSystem } from "../../src/systems/describe-system.ts";
import { flagshipImages } from "../../src/systems/flagship-images.ts";

const FILE = new URL("../../models/flagship-images.safetensors", import.meta.url);
const bytes = readFileSync(FILE);

function open() {
  const model = decodeAnyModel(bytes, fileURLToPath(FILE));
  if (!isWaveModel(model)) throw new Error("not a wave model");
  return model;
}

test("the shipped flagship for images is the file that its card describes", () => {
  const card = readFileSync(new URL("../../models/flagship-images.md", import.meta.url), "utf8");
  expect(card).toContain(createHash("sha256").update(bytes).digest("hex"));
  expect(card).toContain(`${bytes.length.toLocaleString("en-US")} bytes`);
  const [measured] = open().description.accuracy;
  expect(measured).toMatchObject({ dataset: "mnist (test)", frames: 10_000 });
  expect(card).toContain(`**${(100 * (measured?.accuracy ?? 0)).toFixed(2)} %**`);
});

test("the shipped flagship for images is what its recipe describes", () => {
  const { description } = open();
  const { provenance, accuracy } = description;
  const described = describeWaveSystem(flagshipImages, { seed: 7, presentations: 1_800_000 });
  expect(description).toEqual({ ...described, provenance, accuracy });
  expect(provenance).toMatchObject({ dataset: "mnist", framesSeen: 1_800_000 });
});

test("the shipped flagship for images names as many of the digits that it never saw as it says", async () => {
  const { description, tensors } = open();
  const network = WaveNetwork.restore({ description, tensors });
  const readout = restoreReadout(description.readout, tensors);
  const frames$ = from(batches(openMnist().test, { size: 100 }));
  const { accuracy, frames } = await lastValueFrom(evaluateWaves(frames$, { network, readout, classes: 10 }));
  // Exactly, on every machine: no bit depends on it.
  expect([{ dataset: "mnist (test)", accuracy, frames }]).toEqual(description.accuracy);
  network.dispose();
  readout.dispose();
});
