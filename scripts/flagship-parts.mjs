/**
 * What measure-flagship.mjs measures: wave networks with learned, random or imprinted filters, their feature spikes of
 * whole parts of MNIST, and readouts of these. Every number that was chosen stands in `CHOSEN`.
 * After npm run build; not a library: sizes are MNIST's.
 */
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { native } from "../dist/native/binding.js";
import { balancedRandomFilters, imprintedFilters } from "../dist/network/wave-filters.js";
import { waveShape } from "../dist/network/wave-shape.js";
import { LinearReadout } from "../dist/readout/linear.js";
import { RewardReadout } from "../dist/readout/reward.js";

/** Chosen on the last 10,000 training digits; `--set name=value` tries another. */
export const CHOSEN = {
  // Convolution.
  pad: 0,
  window: 7,
  contrast: 0.02,
  maxSpikes: 512,
  /** Bins of strength in whose order spikes come; 0: as fine as it goes. */
  latencyBins: 0,
  /** Thresholds; 0: those of `OWN_THRESHOLDS`. */
  low: 0,
  high: 0,
  learned: 3000,
  learningThreshold: 20,
  // Pooling.
  grid: 4,
  value: "sqrt",
  norm: "none",
  // How frames are moved while a readout learns.
  shiftPx: 1,
  rotationRad: 0.15,
  shear: 0.15,
  scale: 0.1,
  dropout: 0.3,
  // Linear readout.
  passes: 30,
  rate: 0.01,
  lastRate: 0.0005,
  weightDecay: 0,
  fewPasses: 120,
  fewRate: 0.01,
  // Readout by reward.
  rule: "runner-up",
  neuronsPerClass: 5,
  marginGate: 5,
  rewardRate: 0.01,
  rewardLastRate: 0.002,
  onceRate: 0.01,
  onceSoftRate: 0.007,
  onceLastRate: 0.001,
  onceShiftPx: 0,
  onceDropout: 0,
  // The control without filters.
  rawGrid: 14,
  rawRate: 0.01,
  // Margin stop.
  linearMargin: 8,
  rewardMargin: 10,
};

/** Chosen for each kind of filters by itself, controls as well. */
const OWN_THRESHOLDS = {
  "stdp-128": [17, 22.1],
  "stdp-64": [16, 21],
  "random-128": [12, 18],
  "random-64": [12, 18],
  "imprinted-128": [17, 22.1],
  "imprinted-64": [17, 22.1],
  "raw-2": [1, 1],
};

/** The settings with the thresholds of these filters, unless others were set. */
export function settingsFor(s, name) {
  const [low, high] = OWN_THRESHOLDS[name];
  const own = s.low > 0 ? s : { ...s, low, high };
  return name === "raw-2" ? { ...own, window: 1, grid: s.rawGrid, rate: s.rawRate } : own;
}

const BATCH = 100;
const SIDE = 28;
const CLASSES = 10;
const FEW = 1000;

export function waveParams(s, maps, seed) {
  return {
    width: SIDE,
    height: SIDE,
    seed,
    maps,
    window: s.window,
    pad: s.pad,
    maxSpikes: s.maxSpikes,
    latencyBins: s.latencyBins,
    cell: 4,
    sigmaCentre: 1,
    sigmaSurround: 2,
    contrast: s.contrast,
    thresholds: s.high > s.low ? Float64Array.of(s.low, s.high) : Float64Array.of(s.low),
    initialMean: 0.8,
    initialStd: 0.05,
    learningThreshold: s.learningThreshold,
    thetaPlus: 0.1,
    aPlus: 0.004,
    aPlusMax: 0.15,
    aRatio: 0.75,
    doublingFrames: 500,
    winners: 5,
    inhibitionRadius: 2,
  };
}

/** A network that hands on what comes in: ON spikes are those of its first map, OFF spikes those of its second. */
function rawNetwork(params) {
  const network = new native.WaveNetwork(params);
  const weights = Float32Array.of(1, 0, 0, 1);
  network.writeState({ weights, theta: Float32Array.of(1, 1), counters: new Uint32Array(2) });
  return { network, params, ones: 1 };
}

/**
 * A network whose filters are "stdp", "random", "imprinted" or "raw"; the controls but the last have as many ones as
 * STDP leaves.
 */
export function makeNetwork(s, { filters, maps, seed }, images) {
  const params = waveParams(s, maps, seed);
  if (filters === "raw") return rawNetwork(params);
  const { pixels, taps } = waveShape(params);
  const network = new native.WaveNetwork(params);
  const digits = images.subarray(0, s.learned * pixels);
  network.learnImages(digits, new Uint32Array(s.learned), new Uint16Array(s.learned * params.winners));
  const state = {
    weights: new Float32Array(taps * maps),
    theta: new Float32Array(maps),
    counters: new Uint32Array(2),
  };
  network.readState(state);
  const ones = Math.round(state.weights.reduce((sum, w) => sum + (w > 0.5 ? 1 : 0), 0) / maps);
  if (filters !== "stdp") {
    const random = Random.fromKey(hashWords(seed, maps));
    const weights =
      filters === "random"
        ? balancedRandomFilters(params, { ones, random })
        : imprintedFilters(network, params, { pixels: images, ones, random });
    network.writeState({ ...state, weights });
  }
  return { network, params, ones };
}

/** Presents batches of images; the lists are borrowed until the next batch. */
export class Presenter {
  #network;
  #size;
  #offsets = new Uint32Array(BATCH + 1);
  #none = new Uint8Array(0);

  constructor({ network, params }) {
    const { mostFeatures, pixels } = waveShape(params);
    this.#network = network;
    this.#size = pixels;
    this.inputSpikes = new Uint32Array(BATCH);
    [this.feature, this.x16, this.y16, this.rank] = Array.from(
      { length: 4 },
      () => new Uint16Array(BATCH * mostFeatures),
    );
    this.x = new Uint8Array(BATCH * mostFeatures);
    this.y = new Uint8Array(BATCH * mostFeatures);
  }

  /** @returns feature spikes of frames first … first + BATCH of `images` */
  present(images, first) {
    const batch = images.subarray(first * this.#size, (first + BATCH) * this.#size);
    const lists = [this.feature, this.x16, this.y16, this.rank];
    this.#network.presentImages(batch, this.inputSpikes, this.#none, this.#offsets, ...lists);
    const spikes = this.#offsets[BATCH];
    this.x.set(this.x16.subarray(0, spikes));
    this.y.set(this.y16.subarray(0, spikes));
    const [feature, x, y] = [this.feature, this.x, this.y].map((list) => list.subarray(0, spikes));
    return { start: this.#offsets, feature, x, y };
  }
}

/** Feature spikes of all images, with the ranks of the input spikes that caused them. */
export function featuresOf(made, { images, labels }) {
  const frames = labels.length;
  const most = frames * waveShape(made.params).mostFeatures;
  const all = { start: new Uint32Array(frames + 1), feature: new Uint16Array(most) };
  Object.assign(all, { x: new Uint8Array(most), y: new Uint8Array(most), rank: new Uint16Array(most) });
  const inputSpikes = new Uint32Array(frames);
  const presenter = new Presenter(made);
  let filled = 0;
  for (let f = 0; f < frames; f += BATCH) {
    const { start } = presenter.present(images, f);
    const spikes = start[BATCH];
    for (const name of ["feature", "x", "y", "rank"])
      all[name].set(presenter[name].subarray(0, spikes), filled);
    for (let k = 1; k <= BATCH; k++) all.start[f + k] = filled + start[k];
    inputSpikes.set(presenter.inputSpikes, f);
    filled += spikes;
  }
  for (const name of ["feature", "x", "y", "rank"]) all[name] = all[name].subarray(0, filled);
  return { spikes: all, inputSpikes, labels };
}

/** FEW labelled frames, drawn at random. */
export function fewOf({ spikes, labels }, draw) {
  const chosen = permutation(labels.length, Random.fromKey(hashWords(draw, FEW))).subarray(0, FEW);
  const start = new Uint32Array(FEW + 1);
  chosen.forEach((f, k) => {
    start[k + 1] = start[k] + spikes.start[f + 1] - spikes.start[f];
  });
  const few = { start };
  for (const name of ["feature", "x", "y"]) {
    few[name] = new spikes[name].constructor(start[FEW]);
    chosen.forEach((f, k) => {
      few[name].set(spikes[name].subarray(spikes.start[f], spikes.start[f + 1]), start[k]);
    });
  }
  return { spikes: few, labels: Uint8Array.from(chosen, (f) => labels[f]) };
}

function optionsOf(s, made, rate, moved = s) {
  const { positionsX: width, positionsY: height, features } = waveShape(made.params);
  const { grid, value, norm } = s;
  const { shiftPx, rotationRad, shear, scale, dropout } = moved;
  return {
    pooling: { features, width, height, grid, value, norm },
    augmentation: { shiftPx, rotationRad, shear, scale, dropout },
    rate,
    classes: CLASSES,
    seed: made.params.seed,
  };
}

const falling = (first, last, frames) => ({ first, last, frames });

export function trainLinear(s, made, { spikes, labels }, few = false) {
  const [passes, rate] = few ? [s.fewPasses, s.fewRate] : [s.passes, s.rate];
  const schedule = falling(rate, s.lastRate, passes * labels.length);
  const readout = LinearReadout.create({ ...optionsOf(s, made, schedule), weightDecay: s.weightDecay });
  readout.train(spikes, labels, { passes, average: true });
  return readout;
}

/** One pass by reward alone; most often frames stay as they are. */
export function trainOnce(s, made, taught, rule) {
  const first = rule === "soft" ? s.onceSoftRate : s.onceRate;
  const rate = falling(first, s.onceLastRate, taught.labels.length);
  const still = { shiftPx: s.onceShiftPx, rotationRad: 0, shear: 0, scale: 0, dropout: s.onceDropout };
  return learnByReward(s, taught, { passes: 1, rule, options: optionsOf(s, made, rate, still) });
}

export function trainByReward(s, made, taught, passes) {
  const rate = falling(s.rewardRate, s.rewardLastRate, passes * taught.labels.length);
  return learnByReward(s, taught, { passes, rule: s.rule, options: optionsOf(s, made, rate) });
}

/** Told only whether its guess was right. */
function learnByReward(s, { spikes, labels }, { passes, rule, options }) {
  const { neuronsPerClass, marginGate } = s;
  const readout = RewardReadout.create({ ...options, rule, neuronsPerClass, marginGate });
  readout.train(spikes, labels, { passes, average: true });
  return readout;
}
