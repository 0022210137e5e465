/**
 * The event-driven convolution beside its controls: accuracy of linear and reward readouts of its feature spikes on real
 * N-MNIST recordings, by five folds, and events per CPU second. Weights and readouts learn from the four other folds
 * only. Recordings, folds and readouts are those of measure-events.mjs; what belongs to the convolution is in `CHOSEN`.
 *
 * usage: SPIKELINE_DATA=DIR node scripts/measure-convolution.mjs [--choose] [--only learned:linear,…]
 *          [--set name=value,…] [--json]          (after npm ci and npm run build)
 *   --choose  other folds (seed 101) than those reported (seed 1): settings are chosen with these only
 */
import { cpuUsage, env, stderr } from "node:process";
import { parseArgs } from "node:util";
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { EventConvolution } from "../dist/network/event-convolution.js";
import {
  FOLDS,
  foldsOf,
  geometry,
  openRecordings,
  presentAll,
  CHOSEN as READOUTS,
  trainByReward,
  trainLinear,
} from "./events-parts.mjs";

const ROUNDS = 5;

const CHOSEN = {
  ...READOUTS,
  maps: 32,
  radius: 2,
  tauMemMs: 20,
  vThreshold: 14,
  vReset: 0,
  lateralPx: 0,
  initialLow: 0.2,
  initialHigh: 0.8,
  windowMs: 20,
  rise: 0.02,
  fall: 0.01,
  thresholdRate: 0.02,
};

/**
 * What differs for the controls, chosen for them by themselves. Their weights stand still, but their thresholds learn
 * until all maps speak alike: random weights, or patches of events that were there within the window at some moment.
 */
const OWN = {
  learned: {},
  imprinted: { rise: 0, fall: 0, vThreshold: 8 },
  random: { rise: 0, fall: 0, vThreshold: 8 },
};
const TASKS = ["linear", "soft", "runner-up", "speed"];

const { values: flags } = parseArgs({
  options: {
    choose: { type: "boolean", default: false },
    only: { type: "string" },
    set: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

function changesOf(text) {
  const pairs = (text ?? "")
    .split(",")
    .filter(Boolean)
    .map((change) => change.split("="));
  for (const [name] of pairs) {
    if (!(name in CHOSEN)) throw new Error(`Expected a setting of this script, found ${name}.`);
  }
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, typeof CHOSEN[name] === "number" ? Number(value) : value]),
  );
}

function describe(s, seed) {
  const { maps, radius, tauMemMs, vThreshold, vReset, lateralPx, binMs, bins, centre } = s;
  const { initialLow, initialHigh, windowMs, rise, fall, thresholdRate } = s;
  const neuron = { tauMemMs, vThreshold, vReset, lateralPx };
  const learning = { initialLow, initialHigh, windowMs, rise, fall, thresholdRate };
  const layer = { kind: "event-convolution", maps, radius, neuron, binMs, bins, centre: centre === 1 };
  return { input: geometry, layers: [{ ...layer, learning }], seed };
}

function makeNetwork(s, kind, { frames, seed }) {
  const description = describe(s, seed);
  const random = Random.fromKey(hashWords(seed, 7));
  let network = EventConvolution.create(description);
  if (kind === "imprinted") {
    const tensors = network.tensors();
    const { data } = tensors.get("layer0.weights");
    for (let map = 0; map < s.maps; map++) {
      for (const [tap, weight] of drawnPatch(s, frames, random).entries()) data[tap * s.maps + map] = weight;
    }
    network.dispose();
    network = EventConvolution.restore({ description, tensors });
  }
  for (const k of permutation(frames.length, random)) network.learn(frames[k]);
  return network;
}

/** Of a random event of a random frame: 1 where an event came within the window, else 0. */
function drawnPatch({ radius, windowMs }, frames, random) {
  const { offsetUs, neuron, length } = frames[random.nextBelow(frames.length)];
  const at = random.nextBelow(length);
  const { width, height } = geometry;
  const side = 2 * radius + 1;
  const patch = new Float32Array(2 * side * side);
  for (let k = at; k >= 0 && offsetUs[at] - offsetUs[k] <= 1000 * windowMs; k--) {
    const column = (neuron[k] % width) - (neuron[at] % width) + radius;
    const row = (Math.trunc(neuron[k] / width) % height) - (Math.trunc(neuron[at] / width) % height) + radius;
    const polarity = Math.trunc(neuron[k] / (width * height));
    const isInside = column >= 0 && column < side && row >= 0 && row < side;
    if (isInside) patch[(polarity * side + row) * side + column] = 1;
  }
  return patch;
}

const share = (found, labels) =>
  (100 * labels.reduce((sum, label, k) => sum + (found[k] === label ? 1 : 0), 0)) / labels.length;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const eventsOf = (frames) => frames.reduce((sum, { length }) => sum + length, 0);

/** Median over rounds of events per CPU second, in millions. */
function rateOf(frames, run) {
  const rates = Array.from({ length: ROUNDS }, () => {
    const before = cpuUsage();
    for (const frame of frames) run(frame);
    const { user, system } = cpuUsage(before);
    return eventsOf(frames) / (user + system);
  });
  return rates.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

function rowsOf(task, s, made, { taught, judged }) {
  const { network } = made;
  const form = { prototypes: network.maps };
  if (task === "linear") {
    made.readout = trainLinear(s, form, taught, 1);
    return [["linear", share(made.readout.judge(judged.spikes).labels, judged.labels)]];
  }
  if (task !== "speed") {
    const readout = trainByReward(s, form, taught, { rule: task, seed: 1 });
    return [[`reward, ${task}`, share(readout.judge(judged.spikes).labels, judged.labels)]];
  }
  const { frames } = judged;
  return [
    ["spikes an event", judged.spikes.feature.length / eventsOf(frames)],
    ["M events/s: features", rateOf(frames, (frame) => network.present(frame))],
    ["M events/s: features, learning", rateOf(frames, (frame) => network.learn(frame))],
  ];
}

function measureKind(kind, tasks, seed, table) {
  const s = { ...CHOSEN, ...OWN[kind], ...changes };
  const fold = foldsOf(recordings, seed);
  for (let f = 0; f < FOLDS; f++) {
    const partOf = (isIn) => {
      const list = recordings.filter((_, k) => isIn(fold[k]));
      const labels = Uint8Array.from(list, ({ label }) => label);
      return { frames: list.map(({ spikes }) => spikes), labels };
    };
    const [taught, judged] = [partOf((k) => k !== f), partOf((k) => k === f)];
    const made = { network: makeNetwork(s, kind, { frames: taught.frames, seed: f }) };
    for (const side of [taught, judged]) side.spikes = presentAll(made.network, side.frames);
    for (const [name, value] of tasks.flatMap((task) => rowsOf(task, s, made, { taught, judged }))) {
      const key = `${kind} ${name}`;
      table.set(key, [...(table.get(key) ?? []), value]);
      stderr.write(`seed ${seed} fold ${f}  ${key}  ${value.toFixed(2)}\n`);
    }
    made.network.dispose();
  }
}

if (env.SPIKELINE_DATA === undefined)
  throw new Error("Expected SPIKELINE_DATA to name the folder of recordings.");
const changes = changesOf(flags.set);
const wanted = flags.only?.split(",");
const recordings = openRecordings(env.SPIKELINE_DATA);
const seed = flags.choose ? 101 : 1;
const table = new Map();
for (const kind of Object.keys(OWN)) {
  const tasks = TASKS.filter((task) => wanted?.includes(`${kind}:${task}`) ?? true);
  if (tasks.length > 0) measureKind(kind, tasks, seed, table);
}
const rows = [...table].map(([name, values]) => {
  const middle = mean(values);
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
  const short = (value) => +value.toFixed(2);
  return { name, mean: short(middle), std: short(std), folds: values.map(short) };
});
if (flags.json) console.log(JSON.stringify({ seed, settings: { ...CHOSEN, ...changes }, rows }));
else {
  for (const { name, mean: middle, std, folds } of rows) {
    const figures = `${middle.toFixed(2).padStart(8)} ±${std.toFixed(2).padStart(5)}`;
    console.log(`${name.padEnd(48)} ${figures}   ${folds.join("  ")}`);
  }
}
