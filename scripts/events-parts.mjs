/**
 * What measure-events.mjs measures: real N-MNIST recordings, networks of learned, imprinted or random surfaces or of raw
 * counts, their feature spikes, and readouts of these. Every number that was chosen stands in `CHOSEN` and `OWN`.
 * After npm run build; not a library: sizes are N-MNIST's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { joinFeatureSpikes } from "../dist/core/feature-spikes.js";
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { listRecordings } from "../dist/datasets/recording-folder.js";
import { EventGridEncoder } from "../dist/encoders/event-grid.js";
import { NmnistDecoder } from "../dist/formats/nmnist.js";
import { SurfaceNetwork } from "../dist/network/surface-network.js";
import { LinearReadout } from "../dist/readout/linear.js";
import { RewardReadout } from "../dist/readout/reward.js";

const SIDE = 34;
const CLASSES = 10;
export const FOLDS = 5;

/** Chosen on other folds than those reported (--choose); `--set name=value` tries another. */
export const CHOSEN = {
  // Surfaces.
  prototypes: 32,
  radius: 3,
  polarity: "both",
  tauMs: 20,
  /** Between the saccades, of about 100, 115 and 95 ms. */
  binMs: 105,
  bins: 3,
  centre: 1,
  vigilance: 0.9,
  rate: 0.001,
  /** Random surfaces: of uniform numbers to this power. */
  power: 1,
  // Pooling.
  grid: 6,
  value: "sqrt",
  norm: "l2",
  // How frames are moved while a readout learns.
  shiftPx: 2,
  rotationRad: 0.2,
  shear: 0,
  scale: 0.2,
  dropout: 0.3,
  // Linear readout.
  passes: 60,
  first: 1,
  last: 0.05,
  // Readout by reward.
  rewardNorm: "none",
  rewardPasses: 60,
  rewardFirst: 0.005,
  rewardLast: 0.0005,
  softFirst: 0.001,
  softLast: 0.0001,
  neuronsPerClass: 5,
  marginGate: 5,
  runnerUpShare: 0.5,
};

/** Chosen for each kind of surfaces by itself. */
const OWN = { learned: {}, imprinted: {}, random: {}, raw: { grid: 17 } };
export const KINDS = Object.keys(OWN);

export const settingsFor = (chosen, kind, changes) => ({ ...chosen, ...OWN[kind], ...changes });

export const geometry = { width: SIDE, height: SIDE };
export const grid = { kind: "event-grid", pool: 1, polarity: "split", window: { by: "episode" } };

/** @returns the recordings as { label, batches: EventBatch[], spikes: SpikeBatch, bytes } */
export function openRecordings(data) {
  const path = join(data, "nmnist-small-bs2");
  return listRecordings({ path, labelsFile: join(path, "train1K.txt") }).map(
    ({ path: file, name, label }, index) => {
      const bytes = readFileSync(file);
      const episode = { index, name, label };
      const batches = decode(bytes, name).map((batch) => ({ ...batch, episode }));
      return { label, bytes, batches, spikes: encode(batches) };
    },
  );
}

export function decode(bytes, name) {
  const decoder = new NmnistDecoder({ name });
  decoder.append(bytes);
  decoder.end();
  const batches = [];
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) batches.push(batch);
  return batches;
}

export function encode(batches) {
  const encoder = new EventGridEncoder(geometry, grid);
  const [frame, ...others] = [...batches.flatMap((batch) => encoder.push(batch)), ...encoder.flush()];
  if (frame === undefined || others.length > 0) throw new Error("Expected one frame of a recording.");
  return frame;
}

/** Which fold each recording is judged in: every class spread evenly, by the seed alone. */
export function foldsOf(recordings, seed) {
  const fold = new Uint8Array(recordings.length);
  let next = 0;
  for (let label = 0; label < CLASSES; label++) {
    const members = recordings.flatMap((recording, k) => (recording.label === label ? [k] : []));
    for (const at of permutation(members.length, Random.fromKey(hashWords(seed, label)))) {
      fold[members[at]] = next++ % FOLDS;
    }
  }
  return fold;
}

/** What came of a frame until that time. */
export function cut(spikes, us) {
  const { offsetUs, length } = spikes;
  let end = 0;
  while (end < length && offsetUs[end] < us) end++;
  return { ...spikes, length: end };
}

function describe(s) {
  const learning = { vigilance: s.vigilance, rate: s.rate };
  const layer = { kind: "surface", prototypes: s.prototypes, radius: s.radius, polarity: s.polarity };
  const time = { tauMs: s.tauMs, binMs: s.binMs, bins: s.bins, centre: s.centre === 1 };
  return { input: geometry, layers: [{ ...layer, ...time, learning }] };
}

/** A network that learned from the frames in an order of its own, or a control. */
export function makeNetwork(s, kind, { frames, seed }) {
  if (kind === "raw")
    return withSurfaces({ ...s, prototypes: 2, radius: 1, polarity: "both" }, rawSurfaces());
  const random = Random.fromKey(hashWords(seed, 7));
  if (kind === "random") return withSurfaces(s, () => randomSurface(s, random));
  if (kind === "imprinted") return withSurfaces(s, () => drawnSurface(s, frames, random));
  const network = SurfaceNetwork.create(describe(s));
  for (const k of permutation(frames.length, random)) network.learn(frames[k]);
  return network;
}

/** OFF and ON as prototypes of their own: with them a feature says no more than which pixel spoke. */
function rawSurfaces() {
  const centres = [4, 13];
  return () => {
    const surface = new Float32Array(18);
    surface[centres.shift()] = 1;
    return surface;
  };
}

function withSurfaces(s, nextSurface) {
  const description = describe(s);
  const empty = SurfaceNetwork.create(description);
  const tensors = empty.tensors();
  empty.dispose();
  const { data } = tensors.get("layer0.weights");
  const taps = data.length / s.prototypes;
  for (let k = 0; k < s.prototypes; k++) {
    const surface = nextSurface();
    const length = Math.hypot(...surface);
    for (let tap = 0; tap < taps; tap++) data[tap * s.prototypes + k] = Math.min(surface[tap] / length, 1);
  }
  tensors.get("layer0.wins").data.fill(1);
  return SurfaceNetwork.restore({ description, tensors });
}

const planesOf = ({ polarity }) => (polarity === "both" ? 2 : 1);

function randomSurface(s, random) {
  const taps = planesOf(s) * (2 * s.radius + 1) ** 2;
  return Float32Array.from({ length: taps }, () => random.nextUnit() ** s.power);
}

/** The surface of a random event of a random frame. */
function drawnSurface(s, frames, random) {
  const { offsetUs, neuron, length } = frames[random.nextBelow(frames.length)];
  const at = random.nextBelow(length);
  const last = new Float64Array(2 * SIDE * SIDE).fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k <= at; k++) last[neuron[k]] = offsetUs[k];
  const [x, y] = [neuron[at] % SIDE, Math.trunc(neuron[at] / SIDE) % SIDE];
  const own = Math.trunc(neuron[at] / (SIDE * SIDE));
  const surface = [];
  for (const plane of planesOf(s) === 2 ? [0, 1] : [own]) {
    for (let row = y - s.radius; row <= y + s.radius; row++) {
      for (let column = x - s.radius; column <= x + s.radius; column++) {
        const isInside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
        const us = isInside ? last[(plane * SIDE + row) * SIDE + column] : Number.NEGATIVE_INFINITY;
        surface.push(Math.exp((us - offsetUs[at]) / (s.tauMs * 1000)));
      }
    }
  }
  return surface;
}

export const presentAll = (network, frames) =>
  joinFeatureSpikes(frames.map((frame) => network.present(frame)));

function optionsOf(s, network, rate, seed) {
  const { grid: cells, value, norm, shiftPx, rotationRad, shear, scale, dropout } = s;
  return {
    pooling: { features: s.bins * network.prototypes, ...geometry, grid: cells, value, norm },
    augmentation: { shiftPx, rotationRad, shear, scale, dropout },
    rate,
    classes: CLASSES,
    seed,
  };
}

export function trainLinear(s, network, { spikes, labels }, seed) {
  const rate = { first: s.first, last: s.last, frames: s.passes * labels.length };
  const readout = LinearReadout.create(optionsOf(s, network, rate, seed));
  readout.train(spikes, labels, { passes: s.passes, average: true });
  return readout;
}

/** Told only whether its guess was right; each pass in an order of its own. */
export function trainByReward(s, network, { spikes, labels }, { rule, seed }) {
  const [first, last] = rule === "soft" ? [s.softFirst, s.softLast] : [s.rewardFirst, s.rewardLast];
  const rate = { first, last, frames: s.rewardPasses * labels.length };
  const { neuronsPerClass, marginGate, runnerUpShare } = s;
  const own = { rule, neuronsPerClass, marginGate, runnerUpShare };
  const readout = RewardReadout.create({
    ...optionsOf({ ...s, norm: s.rewardNorm }, network, rate, seed),
    ...own,
  });
  for (let pass = 0; pass < s.rewardPasses; pass++) {
    readout.learn(spikes, labels, {
      order: permutation(labels.length, Random.fromKey(hashWords(seed, pass))),
    });
  }
  return readout;
}
