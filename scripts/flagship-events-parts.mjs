// How the model of `npm start` comes about: which digits and recordings it learns from, its network and readout, and its
// training by nothing but right and wrong. Used by make-flagship-events.mjs and by what measures it. After npm run build.
import { join } from "node:path";
import { lastValueFrom, tap } from "rxjs";
import { joinFeatureSpikes } from "../dist/core/feature-spikes.js";
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { openMnist } from "../dist/datasets/mnist.js";
import { openPackagedDigits } from "../dist/datasets/packaged-digits.js";
import { listRecordings } from "../dist/datasets/recording-folder.js";
import { EventGridEncoder } from "../dist/encoders/event-grid.js";
import { SurfaceNetwork } from "../dist/network/surface-network.js";
import { through } from "../dist/pipeline/operators/through.js";
import { RewardReadout } from "../dist/readout/reward.js";
import { RecordingFolderSensor } from "../dist/sensors/recording-folder.js";
import { SimulatedDigitsSensor } from "../dist/sensors/simulated-digits.js";
import { describeSurfaceSystem } from "../dist/systems/describe-system.js";
import { flagshipEvents } from "../dist/systems/flagship-events.js";

export const MODEL_FILE = new URL("../models/flagship-events.safetensors", import.meta.url);
export const SEED = 7;
/** Each with pixels of its own, so that no camera's flaws are learned. */
export const TRAIN_CAMERAS = [11, 12, 13, 14, 15];
const DIGITS_PER_CAMERA = 10_000;
/** Cameras of what is only looked at. */
export const CAMERAS = { validation: 101, packaged: 102, test: 103 };
const VALIDATION_DIGITS = 5000;
/** The recordings are of MNIST's first thousand training digits: no camera of ours sees those. */
const RECORDED_DIGITS = 1000;
const SPLIT_SEED = 1;
const PIXELS = 28 * 28;
/** Digits that the prototypes learn from, beside the recordings. */
const PROTOTYPE_DIGITS = 1500;
export const PASSES = 6;
/** A real recording counts as so many digits. */
export const REPEATS = 5;
export const FOLDS = 5;

/**
 * The recipe with a readout that learns by reward; `presentations` is how long its rate falls. Surfaces of the own
 * polarity alone carry over better between the camera and the recordings.
 */
export function describeFlagship({ presentations, classes = 10, seed = SEED }) {
  const { layers, readout, ...description } = describeSurfaceSystem(flagshipEvents, { seed, presentations });
  return {
    ...description,
    layers: [{ ...layers[0], polarity: "own" }],
    readout: {
      kind: "reward",
      pooling: { ...readout.pooling, norm: "none" },
      augmentation: { shiftPx: 1, rotationRad: 0.1, shear: 0.05, scale: 0.05, dropout: 0.1 },
      rate: { first: 0.005, last: 0.0005, frames: presentations },
      classes,
      seed,
      rule: "runner-up",
      marginGate: 5,
      runnerUpShare: 0.5,
      recencyPenalty: 0,
      neuronsPerClass: 3,
      memory: 64,
      initialMax: 0.01,
      // The least log loss of 1 to 8 on 2,000 validation digits (measure-margins.mjs).
      temperature: 2,
      classNames: Array.from({ length: classes }, (_, label) => `${label}`),
    },
  };
}

/** MNIST's digits in their parts: neither the packaged nor the recorded ones are in any but their own. */
export function digitParts() {
  const { train: all, test } = openMnist();
  const packaged = openPackagedDigits();
  const keyOf = ({ images }, index) =>
    Buffer.from(images.subarray(index * PIXELS, (index + 1) * PIXELS)).toString("latin1");
  const isPackaged = new Set(Array.from({ length: packaged.count }, (_, index) => keyOf(packaged, index)));
  const order = [...permutation(all.count, Random.fromKey(SPLIT_SEED))].filter(
    (index) => index >= RECORDED_DIGITS && !isPackaged.has(keyOf(all, index)),
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

/** Every digit once before the simulated camera, as the spikes of one frame each. */
export const simulate = (digits, seed) =>
  framesOf(new SimulatedDigitsSensor({ seed, speed: "max", count: digits.count }, digits));

/** The real recordings of nmnist-small-bs2. */
export function record(data) {
  const path = join(data, "nmnist-small-bs2");
  const recordings = listRecordings({ path, labelsFile: join(path, "train1K.txt") });
  const { input } = describeFlagship({ presentations: 0 });
  return framesOf(new RecordingFolderSensor({ name: path, recordings, speed: "max", ...input, size: input }));
}

async function framesOf(sensor) {
  const { input, encoder } = describeFlagship({ presentations: 0 });
  const frames = [];
  const keep = ({ startUs: _, offsetUs, neuron, length, ...frame }) => {
    // What stands between two digits is no frame. 16 bits hold the inputs, so that 50,000 digits fit in memory.
    if (frame.episode === undefined) return;
    const lines = Uint16Array.from(neuron.subarray(0, length));
    frames.push({ ...frame, offsetUs: offsetUs.slice(0, length), neuron: lines, length });
  };
  await lastValueFrom(sensor.open().pipe(through(new EventGridEncoder(input, encoder)), tap(keep)));
  return frames;
}

export const spikesOf = (frame) => ({ ...frame, startUs: 0, neuron: Uint32Array.from(frame.neuron) });
export const labelsOf = (frames) => Uint8Array.from(frames, ({ episode }) => episode.label);

/** Prototypes of digits and recordings in turn; they hold still afterwards. */
export function learnPrototypes(digits, recordings, description) {
  const network = SurfaceNetwork.create(description);
  for (const [index, digit] of digits.slice(0, PROTOTYPE_DIGITS).entries()) {
    network.learn(spikesOf(digit));
    const recording = recordings[index];
    if (recording !== undefined) network.learn(spikesOf(recording));
  }
  return network;
}

export const featuresOf = (network, frames) =>
  joinFeatureSpikes(frames.map((frame) => network.present(spikesOf(frame))));

/**
 * Told only whether its guess was right, six times over all, each time in another order.
 * @returns {description, network, readout}
 */
export function train(digits, recordings, { seed = SEED, passes = PASSES, repeats = REPEATS } = {}) {
  const frames = [...digits, ...recordings];
  const order = frames.flatMap((_, index) => (index < digits.length ? [index] : Array(repeats).fill(index)));
  const presentations = passes * order.length;
  const description = describeFlagship({ presentations, seed });
  const network = learnPrototypes(digits, recordings, description);
  const spikes = featuresOf(network, frames);
  const readout = RewardReadout.create(description.readout);
  for (let pass = 0; pass < passes; pass++) {
    const shuffled = permutation(order.length, Random.fromKey(hashWords(seed, pass)));
    readout.learn(spikes, labelsOf(frames), { order: Uint32Array.from(shuffled, (at) => order[at]) });
  }
  return { description, network, readout, presentations };
}

/** Share of frames that are named right, and how many there were. */
export function judge({ network, readout }, frames) {
  const { labels } = readout.judge(featuresOf(network, frames));
  const right = frames.filter(({ episode }, index) => labels[index] === episode.label).length;
  return { accuracy: right / frames.length, frames: frames.length };
}

/** Every fifth recording in a seeded order. */
export function foldOf(recordings, fold) {
  const order = [...permutation(recordings.length, Random.fromKey(SPLIT_SEED))];
  const of = (isKept) =>
    order.filter((_, at) => isKept(at % FOLDS === fold)).map((index) => recordings[index]);
  return { train: of((isTest) => !isTest), test: of((isTest) => isTest) };
}
