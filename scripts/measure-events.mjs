/**
 * The flagship for events beside its controls: accuracy of linear and reward readouts of time-surface features on real
 * N-MNIST recordings, by five folds; of the first saccade alone; against the time that was looked at; and events per CPU
 * second. Surfaces and readouts learn from the four other folds only. Settings: CHOSEN in events-parts.mjs.
 *
 * usage: SPIKELINE_DATA=DIR node scripts/measure-events.mjs [--choose] [--only learned:linear,raw:linear] [--set name=value,…]
 *          [--json]          (after npm ci and npm run build)
 *   --choose  other folds (seeds 101 and 102) than those reported (seed 1): settings are chosen with these only
 */
import { cpuUsage, env, stderr } from "node:process";
import { parseArgs } from "node:util";
import {
  CHOSEN,
  cut,
  decode,
  encode,
  FOLDS,
  foldsOf,
  KINDS,
  makeNetwork,
  openRecordings,
  presentAll,
  settingsFor,
  trainByReward,
  trainLinear,
} from "./events-parts.mjs";

const ROUNDS = 5;
const FIRST_US = 100_000;
const STEP_US = 25_000;
const LAST_US = 325_000;
/** Of the shares of the two best classes. */
const CONFIDENCES = [0.5, 0.7, 0.8, 0.9, 0.95];
const TASKS = ["linear", "soft", "runner-up", "first", "early", "speed"];
const USUAL = {
  learned: TASKS,
  imprinted: ["linear", "soft", "runner-up", "first"],
  random: ["linear", "soft", "runner-up", "first"],
  raw: ["linear", "soft", "runner-up", "first"],
};

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
    if (!(name in CHOSEN)) throw new Error(`Expected a setting of events-parts.mjs, found ${name}.`);
  }
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, typeof CHOSEN[name] === "number" ? Number(value) : value]),
  );
}

const share = (found, labels) =>
  labels.reduce((sum, label, k) => sum + (found[k] === label ? 1 : 0), 0) / labels.length;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Judged on frames cut after each step of time: the first label whose confidence is enough, and when. */
function earlyRows(network, readout, frames, labels) {
  const steps = [];
  for (let us = STEP_US; us <= LAST_US; us += STEP_US) {
    const { labels: found, shares } = readout.judge(
      presentAll(
        network,
        frames.map((frame) => cut(frame, us)),
      ),
    );
    steps.push({ us, found, shares });
  }
  const classes = steps[0].shares.length / labels.length;
  const confidence = ({ found, shares }, k) => shares[k * classes + found[k]];
  const rows = steps.map((step) => [`until ${step.us / 1000} ms`, 100 * share(step.found, labels)]);
  for (const enough of CONFIDENCES) {
    const taken = Array.from(
      labels,
      (_, k) => steps.find((step) => confidence(step, k) >= enough) ?? steps.at(-1),
    );
    const found = taken.map((step, k) => step.found[k]);
    rows.push([`stop at share ${enough}: accuracy`, 100 * share(found, labels)]);
    rows.push([
      `stop at share ${enough}: ms`,
      taken.reduce((sum, { us }) => sum + us, 0) / labels.length / 1000,
    ]);
  }
  return rows;
}

/** Median over rounds of events per CPU second, in millions. */
function rateOf(recordings, run) {
  const events = recordings.reduce((sum, { spikes }) => sum + spikes.length, 0);
  const rates = Array.from({ length: ROUNDS }, () => {
    const before = cpuUsage();
    for (const recording of recordings) run(recording);
    const { user, system } = cpuUsage(before);
    return events / (user + system);
  });
  return median(rates);
}

function speedRows(s, { network, readout, reward }, recordings) {
  const learner = makeNetwork(s, "learned", {
    frames: recordings.slice(0, 20).map(({ spikes }) => spikes),
    seed: 1,
  });
  const of = (run) => rateOf(recordings, run);
  const features = of(({ spikes }) => network.present(spikes));
  const linear = of(({ spikes }) => readout.judge(network.present(spikes)));
  const byReward = of(({ spikes }) => reward.judge(network.present(spikes)));
  const rows = [
    ["M events/s: features", features],
    ["M events/s: features, learning", of(({ spikes }) => learner.learn(spikes))],
    ["M events/s: features and linear readout", linear],
    ["M events/s: features and readout by reward", byReward],
    ["readout's share of the time, linear, %", 100 * (1 - linear / features)],
    ["readout's share of the time, by reward, %", 100 * (1 - byReward / features)],
    [
      "M events/s: encoder, features, linear readout",
      of(({ batches }) => readout.judge(network.present(encode(batches)))),
    ],
    [
      "M events/s: decoder and all",
      of(({ bytes }) => readout.judge(network.present(encode(decode(bytes, "speed"))))),
    ],
  ];
  learner.dispose();
  return rows;
}

function taskRows(task, s, made, { taught, judged }, seed) {
  const { network } = made;
  const byReward = (rule) => {
    made.reward = trainByReward(s, network, taught, { rule, seed });
    return [[`reward, ${rule}`, 100 * share(made.reward.judge(judged.spikes).labels, judged.labels)]];
  };
  if (task === "soft" || task === "runner-up") return byReward(task);
  if (task === "early") return earlyRows(network, made.readout, judged.frames, judged.labels);
  if (task === "first") {
    const frames = (part) => part.frames.map((frame) => cut(frame, FIRST_US));
    const [learned, tested] = [taught, judged].map((part) => presentAll(network, frames(part)));
    const readout = trainLinear(s, network, { spikes: learned, labels: taught.labels }, seed);
    return [["linear, first 100 ms", 100 * share(readout.judge(tested).labels, judged.labels)]];
  }
  made.readout = trainLinear(s, network, taught, seed);
  return [["linear", 100 * share(made.readout.judge(judged.spikes).labels, judged.labels)]];
}

function measureKind(kind, tasks, seed, table) {
  const s = settingsFor(CHOSEN, kind, changes);
  const fold = foldsOf(recordings, seed);
  for (let f = 0; f < FOLDS; f++) {
    const part = (isIn) => recordings.filter((_, k) => isIn(fold[k]));
    const partOf = (list) => ({
      frames: list.map(({ spikes }) => spikes),
      labels: Uint8Array.from(list, ({ label }) => label),
    });
    const [taught, judged] = [part((k) => k !== f), part((k) => k === f)].map(partOf);
    const made = { network: makeNetwork(s, kind, { frames: taught.frames, seed: f }) };
    for (const side of [taught, judged]) side.spikes = presentAll(made.network, side.frames);
    for (const task of tasks) {
      if (task === "speed" && f > 0) continue;
      const rows =
        task === "speed" ? speedRows(s, made, recordings) : taskRows(task, s, made, { taught, judged }, 1);
      for (const [name, value] of rows) {
        const key = `${kind} ${name}`;
        table.set(key, [...(table.get(key) ?? []), value]);
        stderr.write(`seed ${seed} fold ${f}  ${key}  ${value.toFixed(2)}\n`);
      }
    }
    made.network.dispose();
  }
}

if (env.SPIKELINE_DATA === undefined)
  throw new Error("Expected SPIKELINE_DATA to name the folder of recordings.");
const changes = changesOf(flags.set);
const wanted = flags.only?.split(",");
const recordings = openRecordings(env.SPIKELINE_DATA);
const seeds = flags.choose ? [101, 102] : [1];
const table = new Map();
for (const seed of seeds) {
  for (const kind of KINDS) {
    const tasks =
      wanted === undefined ? USUAL[kind] : TASKS.filter((task) => wanted.includes(`${kind}:${task}`));
    if (tasks.length > 0) measureKind(kind, tasks, seed, table);
  }
}
const rows = [...table].map(([name, values]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1),
  );
  return {
    name,
    mean: +mean.toFixed(2),
    std: +spread.toFixed(2),
    folds: values.map((value) => +value.toFixed(2)),
  };
});
if (flags.json) console.log(JSON.stringify({ seeds, settings: { ...CHOSEN, ...changes }, rows }));
else {
  for (const { name, mean, std, folds } of rows) {
    console.log(
      `${name.padEnd(54)} ${mean.toFixed(2).padStart(8)} ±${std.toFixed(2).padStart(5)}   ${folds.join("  ")}`,
    );
  }
}
