/**
 * Prints SHA-256 digests of the native readouts after fixed lessons in synthetic feature spikes, as JSON: the same on
 * every machine. `--write` makes them the expected ones (test/native/digest-readouts.json); `--check` compares and
 * exits 1 if they differ. Needs dist/ and the addon, no packages of its own, so that it runs under emulation too.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const EXPECTED = new URL("../test/native/digest-readouts.json", import.meta.url);

const CLASSES = 10;
const FRAMES = 300;
const SPIKES = 60;
const POOLING = { features: 24, width: 22, height: 19, grid: 4 };
const BASE = {
  pooling: POOLING,
  classes: CLASSES,
  seed: 7,
  rate: { first: 0.05, last: 0.01, frames: 1000 },
  augmentation: { shiftPx: 1.3, rotationRad: 0.15, shear: 0.1, scale: 0.1, dropout: 0.25 },
};

/** Frames of length 1 learn in smaller steps at the same rate. */
const STEEP = { first: 1, last: 0.5, frames: 1000 };

/** Every way of learning, pooling and stepping is in. */
const LINEAR = {
  "linear-one-by-one": BASE,
  "linear-steps-norm": {
    ...BASE,
    pooling: { ...POOLING, norm: "l2" },
    batch: 7,
    weightDecay: 0.001,
    rate: STEEP,
  },
  "linear-counts": { ...BASE, pooling: { ...POOLING, value: "count" } },
};
const REWARD = {
  "reward-winner": { ...BASE, rule: "winner" },
  "reward-runner-up": { ...BASE, rule: "runner-up", neuronsPerClass: 3 },
  "reward-soft-recent": { ...BASE, rule: "soft", recencyPenalty: 0.1 },
  "reward-soft-tired": { ...BASE, rule: "soft", recencyPenalty: 0.1, fatigue: 0.5, fatigueKept: 0.9 },
};

/** Half of the spikes tell the class, half are noise. */
function drawLesson(random) {
  const total = FRAMES * SPIKES;
  const [feature, x, y] = [new Uint16Array(total), new Uint8Array(total), new Uint8Array(total)];
  const labels = Uint8Array.from({ length: FRAMES }, () => random.nextBelow(CLASSES));
  for (let k = 0; k < total; k++) {
    const label = labels[Math.floor(k / SPIKES)];
    const isTelling = random.nextBelow(2) === 0;
    feature[k] = isTelling ? 2 * label + random.nextBelow(3) : random.nextBelow(POOLING.features);
    x[k] = isTelling ? 2 * label + random.nextBelow(3) : random.nextBelow(POOLING.width);
    y[k] = random.nextBelow(POOLING.height);
  }
  const start = Uint32Array.from({ length: FRAMES + 1 }, (_, frame) => frame * SPIKES);
  return { start, feature, x, y, labels };
}

/**
 * Runs everything.
 * @param parts LinearReadout, RewardReadout and Random, from dist/ or from the sources
 * @returns by name of the run: how many frames were judged right, and digests
 */
export function runReadoutDigests({ LinearReadout, RewardReadout, Random }) {
  const lesson = drawLesson(Random.fromKey(19));
  const digests = {};
  for (const [name, options] of Object.entries(LINEAR)) {
    const readout = LinearReadout.create(options);
    readout.train(lesson, lesson.labels, { passes: 4, average: true });
    digests[name] = digestOf(readout, lesson);
  }
  for (const [name, options] of Object.entries(REWARD)) {
    const readout = RewardReadout.create(options);
    for (const told of [false, false, true]) readout.learn(lesson, lesson.labels, { told });
    digests[name] = digestOf(readout, lesson);
  }
  return digests;
}

function digestOf(readout, lesson) {
  const { labels, margins, shares } = readout.judge(lesson);
  const isEarly = readout.description.pooling.norm === "none";
  const early = isEarly ? readout.judgeEarly(lesson, 1).spikes : new Uint32Array(0);
  const weights = readout.tensors().get("readout.weights").data;
  readout.dispose();
  return {
    right: lesson.labels.filter((label, frame) => label === labels[frame]).length,
    early: early.reduce((sum, spikes) => sum + spikes, 0),
    weights: sha256(weights),
    margins: sha256(margins),
    shares: sha256(shares),
  };
}

function sha256(array) {
  return createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
}

async function main() {
  const [{ LinearReadout }, { RewardReadout }, { Random }] = await Promise.all([
    import("../dist/readout/linear.js"),
    import("../dist/readout/reward.js"),
    import("../dist/core/random.js"),
  ]);
  const json = `${JSON.stringify(runReadoutDigests({ LinearReadout, RewardReadout, Random }), null, 2)}\n`;
  if (argv.includes("--write")) writeFileSync(EXPECTED, json);
  process.stdout.write(json);
  if (!argv.includes("--check") || json === readFileSync(EXPECTED, "utf8")) return;
  process.stderr.write(
    "Expected the digests of test/native/digest-readouts.json, but this machine gives others.\n",
  );
  process.exitCode = 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
