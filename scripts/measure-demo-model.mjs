// Measures what stands in models/demo.md beside the model's own accuracy: other cameras, other seeds, the same network
// without learning (controls), and the model after it has gone on learning. Writes nothing but the folder of frames.
//
// usage: node scripts/measure-demo-model.mjs [--cache DIR]      (about 7 minutes on one core; less with frames in DIR)
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { from, lastValueFrom } from "rxjs";
import { loadModel } from "../dist/model/load.js";
import { SpikingNetwork } from "../dist/network/spiking-network.js";
import { train } from "../dist/pipeline/trainer.js";
import { VoteReadout } from "../dist/readout/vote.js";
import {
  CAMERAS,
  copyOf,
  describeDemo,
  digitParts,
  framesOf,
  judge,
  learn,
  MODEL_FILE,
  name,
  SEED,
  trainingFrames,
} from "./demo-model.mjs";
import { simulateFrames } from "./simulated-frames.mjs";

const OTHER_SEEDS = [SEED + 1, SEED + 2];
/** So small that no weight moves: only thresholds adapt. */
const ETA_OF_NOTHING = 1e-12;
const LIVE_CAMERA = 201;
const LIVE_FRAMES = 5000;

const { values } = parseArgs({ options: { cache: { type: "string" } } });
const description = describeDemo();
const parts = digitParts();
const framesOfPart = (part, seed) => simulateFrames(parts[part], { description, seed, folder: values.cache });
const show = (what, judged) => process.stdout.write(`${JSON.stringify({ what, ...judged })}\n`);

const model = await loadModel(fileURLToPath(MODEL_FILE));
const shipped = { description: model.description, readout: VoteReadout.restore(model) };
for (const part of ["validation", "test", "packaged"]) {
  for (const seed of CAMERAS[part]) {
    const sets = [await framesOfPart(part, seed)];
    show(`${part} digits, camera ${seed}`, await judge(SpikingNetwork.restore(model), { ...shipped, sets }));
  }
}
const test = [await framesOfPart("test", CAMERAS.test[0])];
show(
  `test digits, the first, camera ${CAMERAS.test[0]}`,
  await judge(SpikingNetwork.restore(model), { ...shipped, sets: test, frames: 1000 }),
);
const sets = await trainingFrames(parts, values.cache);

async function nameAndJudge(what, network, described) {
  const readout = await name(network, { description: described, sets });
  show(what, await judge(network, { description: described, readout, sets: test }));
}
for (const seed of OTHER_SEEDS) {
  const described = describeDemo({ seed });
  const network = SpikingNetwork.create(described);
  await learn(network, sets);
  await nameAndJudge(`learned with seed ${seed}`, network, described);
}

const [layer] = description.layers;
const plasticity = { ...layer.plasticity, eta: ETA_OF_NOTHING };
const still = { ...description, layers: [{ ...layer, plasticity }] };
await nameAndJudge("control: random weights, nothing adapts", SpikingNetwork.create(still), still);
const homeostatic = SpikingNetwork.create(still);
await learn(homeostatic, sets);
await nameAndJudge("control: random weights, thresholds adapt", homeostatic, still);

/** Each neuron's weights are the spikes of one training digit, scaled to the same sum. */
function imprinted(described) {
  const network = SpikingNetwork.create(described);
  const tensors = network.tensors();
  const [{ neurons, synapses }] = described.layers;
  const { data } = tensors.get("layer0.weights");
  data.fill(0);
  let neuron = 0;
  for (const { neuron: lines, length } of framesOf(sets, neurons)) {
    for (const line of lines) data[line * neurons + neuron] += synapses.normalisedSum / length;
    neuron++;
  }
  tensors.get("layer0.scale").data.fill(1);
  tensors.get("layer0.sum").data.fill(synapses.normalisedSum);
  return SpikingNetwork.restore({ description: described, tensors });
}
const exact = {
  ...still,
  layers: [{ ...still.layers[0], synapses: { ...layer.synapses, weights: "float32" } }],
};
const prints = imprinted(exact);
await learn(prints, sets);
await nameAndJudge("control: weights are single training digits, thresholds adapt", prints, exact);

const live = SpikingNetwork.restore(model);
const repeated = Math.ceil(LIVE_FRAMES / parts.packaged.count);
const again = (array) =>
  Uint8Array.from({ length: array.length * repeated }, (_, i) => array[i % array.length]);
const digits = {
  images: again(parts.packaged.images),
  labels: again(parts.packaged.labels),
  count: parts.packaged.count * repeated,
};
const stream = await simulateFrames(digits, { description, seed: LIVE_CAMERA, folder: values.cache });
const follower = VoteReadout.restore(model);
await lastValueFrom(train(from(framesOf([stream], LIVE_FRAMES)), { network: live, profile: follower }));
const after = `after ${LIVE_FRAMES} more frames of the packaged digits`;
show(`${after}, names that followed`, await judge(live, { ...shipped, readout: follower, sets: test }));
show(`${after}, names as shipped`, await judge(live, { ...shipped, sets: test }));
await nameAndJudge(`${after}, named anew`, copyOf(live, model.description), model.description);
