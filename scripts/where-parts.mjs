/**
 * What measure-where-stdp-pays.mjs compares: filters learned by STDP and their controls under conditions, and images
 * made worse. After npm run build; not a library: sizes are MNIST's.
 */
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { native } from "../dist/native/binding.js";
import { balancedRandomFilters, imprintedFilters } from "../dist/network/wave-filters.js";
import { waveShape } from "../dist/network/wave-shape.js";
import { CHOSEN, featuresOf, trainLinear, waveParams } from "./flagship-parts.mjs";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Weights that an imprinted patch begins with where STDP goes on from it: binary ones would stand still. */
const [IMPRINTED_ONE, IMPRINTED_ZERO] = [0.9, 0.1];

export const slice = ({ images, labels }, from, to) => ({
  images: images.subarray(from * PIXELS, to * PIXELS),
  labels: labels.subarray(from, to),
});

/** Frames of some digits only. */
export function only({ images, labels }, digits) {
  const chosen = [...labels.keys()].filter((f) => digits.includes(labels[f]));
  return gather({ images, labels }, chosen.slice(0, chosen.length - (chosen.length % 100)));
}

/** `count` frames drawn at random. */
export function drawn(part, count, draw) {
  const order = permutation(part.labels.length, Random.fromKey(hashWords(draw, 1000)));
  return gather(part, [...order.subarray(0, count)]);
}

function gather({ images, labels }, chosen) {
  const out = {
    images: new Uint8Array(chosen.length * PIXELS),
    labels: Uint8Array.from(chosen, (f) => labels[f]),
  };
  for (const [k, f] of chosen.entries()) {
    out.images.set(images.subarray(f * PIXELS, (f + 1) * PIXELS), k * PIXELS);
  }
  return out;
}

/** A normal number, by the sum of twelve uniform ones. */
function normal(random) {
  let sum = -6;
  for (let k = 0; k < 12; k++) sum += random.nextUnit();
  return sum;
}

/** How pixels are made worse; `random` is seeded by the part, so that all filters see the same. */
export const WORSE = {
  none: (pixel) => pixel,
  "salt and pepper 5 %": (pixel, random) =>
    random.nextUnit() < 0.05 ? 255 * Math.round(random.nextUnit()) : pixel,
  "Gaussian 0.15": (pixel, random) => Math.min(255, Math.max(0, Math.round(pixel + 38 * normal(random)))),
  "missing 30 %": (pixel, random) => (random.nextUnit() < 0.3 ? 0 : pixel),
  inverted: (pixel) => 255 - pixel,
};

export function worsen({ images, labels }, how, seed) {
  if (how === "none") return { images, labels };
  const random = Random.fromKey(hashWords(seed, 77));
  return { images: images.map((pixel) => WORSE[how](pixel, random)), labels };
}

export function turned({ images, labels }) {
  const out = new Uint8Array(images.length);
  for (let f = 0; f < labels.length; f++) {
    for (let k = 0; k < PIXELS; k++) {
      const [x, y] = [k % SIDE, Math.floor(k / SIDE)];
      out[f * PIXELS + x * SIDE + SIDE - 1 - y] = images[f * PIXELS + k];
    }
  }
  return { images: out, labels };
}

function stateOf(network, params) {
  const state = {
    weights: new Float32Array(waveShape(params).taps * params.maps),
    theta: new Float32Array(params.maps),
    counters: new Uint32Array(2),
  };
  network.readState(state);
  return state;
}

export function learn({ network, params }, images, frames) {
  const some = images.subarray(0, frames * PIXELS);
  const count = some.length / PIXELS;
  network.learnImages(some, new Uint32Array(count), new Uint16Array(count * params.winners));
}

/** Filters "stdp", "random", "imprinted" or "imprinted-stdp"; setting: ones of a control, thresholds. */
export function makeFilters(kind, { maps, seed, setting, change = {}, frames = CHOSEN.learned }, images) {
  const s = { ...CHOSEN, low: setting.low, high: setting.low * 1.3 };
  const params = { ...waveParams(s, maps, seed), ...change };
  const made = { network: new native.WaveNetwork(params), params, s };
  if (kind !== "stdp") writeControl(made, kind, setting.ones, images);
  if (kind.endsWith("stdp")) learn(made, images, frames);
  return made;
}

function writeControl({ network, params }, kind, ones, images) {
  const random = Random.fromKey(hashWords(params.seed, params.maps));
  const filters =
    kind === "random"
      ? balancedRandomFilters(params, { ones, random })
      : imprintedFilters(network, params, { pixels: images, ones, random });
  const soft = kind === "imprinted-stdp";
  const weights = soft ? filters.map((w) => (w > 0.5 ? IMPRINTED_ONE : IMPRINTED_ZERO)) : filters;
  network.writeState({ ...stateOf(network, params), weights });
}

/** Passes over few labels: as many steps for 1,000 as in the flagship's measurement, more passes for fewer. */
const passesOf = (count) => CHOSEN.fewPasses * (count < 1000 ? (count < 300 ? 4 : 2) : 1);

/** Percent right of a readout of `lessons`, judging `judged` feature spikes. */
export function percentOf(made, lessons, judged) {
  const s = { ...made.s, fewPasses: passesOf(lessons.labels.length) };
  const readout = trainLinear(s, made, featuresOf(made, lessons), true);
  const found = readout.judge(judged.spikes).labels;
  readout.dispose();
  const right = judged.labels.reduce((sum, label, f) => sum + (found[f] === label ? 1 : 0), 0);
  return (100 * right) / judged.labels.length;
}
