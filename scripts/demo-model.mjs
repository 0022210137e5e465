// How the model of `npm start` comes about: which digits it learns from, its network, its training and its measure.
// Used by make-demo-model.mjs and measure-demo-model.mjs; it writes nothing but the folder of simulated frames.
import { from, lastValueFrom } from "rxjs";
import { permutation, Random } from "../dist/core/random.js";
import { openMnist } from "../dist/datasets/mnist.js";
import { openPackagedDigits } from "../dist/datasets/packaged-digits.js";
import { SpikingNetwork } from "../dist/network/spiking-network.js";
import { groupOrder } from "../dist/pipeline/clocked-frames.js";
import { evaluate } from "../dist/pipeline/evaluator.js";
import { nameNeurons, train } from "../dist/pipeline/trainer.js";
import { NeuronGroups } from "../dist/readout/neuron-groups.js";
import { VoteReadout } from "../dist/readout/vote.js";
import { describeSystem } from "../dist/systems/describe-system.js";
import { simulateFrames, spikeBatches } from "./simulated-frames.mjs";

export const MODEL_FILE = new URL("../models/demo.safetensors", import.meta.url);
export const SEED = 7;
/** Four cameras, each with pixels of its own, so that no camera's flaws are learned. */
const TRAIN_CAMERAS = [11, 12, 13, 14];
const DIGITS_PER_CAMERA = 10_000;
export const NAMING_FRAMES = 20_000;
/** Cameras of what is only looked at. */
export const CAMERAS = { validation: [101], packaged: [102], test: [103, 104, 105] };
const VALIDATION_DIGITS = 5000;
const SPLIT_SEED = 1;
const PIXELS = 28 * 28;

/**
 * The constants that differ from the recipe's, chosen on the validation digits (models/demo.md says how). 1,200 neurons
 * of uint8 weights keep the file below 1 MB.
 */
export function describeDemo({ seed = SEED } = {}) {
  const description = describeSystem("diehl-cook-events", { neurons: 1200, seed, weights: "uint8" });
  const [layer] = description.layers;
  const { neuron, synapses, plasticity } = layer;
  const changed = {
    ...layer,
    neuron: { ...neuron, tauMemMs: 10, refractoryMs: 3, thetaPlusMv: 0.2, tauThetaMs: 4e6 },
    synapses: { ...synapses, gain: 0.016 },
    plasticity: { ...plasticity, eta: 0.01, xTarget: 0.004, tauPreMs: 17 },
  };
  return { ...description, layers: [changed] };
}

/** MNIST's digits in their parts: the packaged ones are in none but their own, for the page measures on them. */
export function digitParts() {
  const { train: all, test } = openMnist();
  const packaged = openPackagedDigits();
  const keyOf = ({ images }, index) =>
    Buffer.from(images.subarray(index * PIXELS, (index + 1) * PIXELS)).toString("latin1");
  const isPackaged = new Set(Array.from({ length: packaged.count }, (_, index) => keyOf(packaged, index)));
  const order = [...permutation(all.count, Random.fromKey(SPLIT_SEED))].filter(
    (index) => !isPackaged.has(keyOf(all, index)),
  );
  return {
    train: TRAIN_CAMERAS.map((_, k) =>
      pick(all, order.slice(k * DIGITS_PER_CAMERA, (k + 1) * DIGITS_PER_CAMERA)),
    ),
    validation: pick(all, order.slice(-VALIDATION_DIGITS)),
    packaged,
    test,
  };
}

function pick({ images, labels }, indices) {
  const count = indices.length;
  const picked = { images: new Uint8Array(count * PIXELS), labels: new Uint8Array(count), count };
  for (const [at, index] of indices.entries()) {
    picked.images.set(images.subarray(index * PIXELS, (index + 1) * PIXELS), at * PIXELS);
    picked.labels[at] = labels[index];
  }
  return picked;
}

/** The frames of all training digits, one camera after the other. */
export async function trainingFrames(parts, folder) {
  const sets = [];
  for (const [k, seed] of TRAIN_CAMERAS.entries()) {
    sets.push(await simulateFrames(parts.train[k], { description: describeDemo(), seed, folder }));
  }
  return sets;
}

/** @param first how many frames, all when left out */
export function* framesOf(sets, first = Number.POSITIVE_INFINITY) {
  let shown = 0;
  for (const set of sets) {
    for (const batch of spikeBatches(set)) {
      if (shown++ >= first) return;
      yield batch;
    }
  }
}

/** @returns how many frames were learned */
export async function learn(network, sets) {
  const { frames } = await lastValueFrom(train(from(framesOf(sets)), { network }));
  return frames;
}

/** A network that continues where the given one stands, so that looking leaves no trace in what is saved. */
export const copyOf = (network, description) =>
  SpikingNetwork.restore({ description, tensors: network.tensors() });

/** A readout that knows the neurons from the first training frames, learning off. */
export async function name(network, { description, sets, frames = NAMING_FRAMES }) {
  const readout = VoteReadout.create(description);
  const copy = copyOf(network, description);
  await lastValueFrom(nameNeurons(from(framesOf(sets, frames)), { network: copy, readout }));
  copy.dispose();
  return readout;
}

/** The neurons in groups that answer to the same frames, in the order of their names, learning off. */
export function sortIntoGroups(network, { description, readout, sets, frames = NAMING_FRAMES }) {
  const groups = new NeuronGroups({ neurons: network.neurons, seed: description.seed });
  const copy = copyOf(network, description);
  for (const batch of framesOf(sets, frames)) {
    groups.observe(copy.present(batch, { learn: false }).counts);
    groups.follow();
  }
  copy.dispose();
  groups.reorder(groupOrder({ groups, readout }));
  return groups;
}

/** Share of right answers, learning off. */
export async function judge(network, { description, readout, sets, frames }) {
  const copy = copyOf(network, description);
  const classes = description.readout.classNames.length;
  const judged = await lastValueFrom(
    evaluate(from(framesOf(sets, frames)), { network: copy, readout, classes }),
  );
  copy.dispose();
  return { accuracy: judged.accuracy, frames: judged.frames };
}
