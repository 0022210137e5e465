#!/usr/bin/env node
// How many clicks it takes to teach the live model two digits it has never been told of, on the path of the demo: a
// model that knows eight classes sees all ten digits, learning on, from a camera that tells nobody the truth. Somebody
// looks on and sends what the page sends: "wrong" with the name whenever the answer is wrong, "right" when one of the
// two new digits is named right. A copy is judged on unseen digits, the eight and the two apart. After npm run build.
//
// usage: node scripts/measure-clicks.mjs [--svg FILE] [--pairs n = 5] [--digits n = 5000]
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { permutation, Random } from "../dist/core/random.js";
import { LiveSurfaceModel } from "../dist/pipeline/live-surface-model.js";
import { RewardReadout } from "../dist/readout/reward.js";
import { SimulatedDigitsSensor } from "../dist/sensors/simulated-digits.js";
import {
  CAMERAS,
  describeFlagship,
  digitParts,
  featuresOf,
  labelsOf,
  learnPrototypes,
  SEED,
  simulate,
  TRAIN_CAMERAS,
} from "./flagship-events-parts.mjs";
import { answersOf, curvesAsSvg, relabelled, runLive } from "./live-lessons.mjs";

/** The digits that are new, one pair a seed. */
const PAIRS = [
  [8, 9],
  [3, 5],
  [4, 7],
  [0, 1],
  [2, 6],
];
const KNOWN = 8;
const MOST_CLICKS = 150;
const JUDGED = 1000;
const PASSES = 6;
const GOAL = 0.9;

const { values } = parseArgs({
  options: {
    svg: { type: "string" },
    pairs: { type: "string", default: `${PAIRS.length}` },
    digits: { type: "string", default: "5000" },
  },
});
const first = ({ images, labels }, count) => ({
  images: images.subarray(0, count * 784),
  labels: labels.subarray(0, count),
  count,
});
const parts = digitParts();
const lesson = await simulate(first(parts.train[0], Number(values.digits)), TRAIN_CAMERAS[0]);
const unseen = await simulate(first(parts.test, JUDGED), CAMERAS.test);

/** A model that learned eight of the digits by right and wrong alone, as classes 0 to 7. */
function modelOfEight(classOf) {
  const known = lesson.filter(({ episode }) => classOf[episode.label] < KNOWN);
  const description = describeFlagship({ presentations: PASSES * known.length, classes: KNOWN });
  const network = learnPrototypes(known, [], description);
  const readout = RewardReadout.create(description.readout);
  const spikes = featuresOf(network, known);
  const labels = labelsOf(known).map((digit) => classOf[digit]);
  for (let pass = 0; pass < PASSES; pass++) {
    readout.learn(spikes, labels, { order: permutation(known.length, Random.fromKey(pass)) });
  }
  const tensors = new Map([...network.tensors(), ...readout.tensors()]);
  return { model: LiveSurfaceModel.restore({ description, tensors }), judged: featuresOf(network, unseen) };
}

function sharesRight(model, judged, classOf) {
  const answers = answersOf(model, judged);
  const shareOf = (isMeant) => {
    // Which of the new ones was named first, and so is class 8, is as it comes: names tell.
    const nameOf = (at) => Number(model.classNames[answers[at]]);
    const meant = unseen.map(({ episode }, at) => ({ truth: classOf[episode.label], answer: nameOf(at) }));
    const chosen = meant.filter(({ truth }) => isMeant(truth));
    return chosen.filter(({ truth, answer }) => truth === answer).length / chosen.length;
  };
  return { old: shareOf((truth) => truth < KNOWN), new: shareOf((truth) => truth >= KNOWN) };
}

async function teach(pair, seed) {
  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  const order = [...digits.filter((digit) => !pair.includes(digit)), ...pair];
  const classOf = digits.map((digit) => order.indexOf(digit));
  const { model, judged } = modelOfEight(classOf);
  const truths = new Map();
  const camera = new SimulatedDigitsSensor({ seed, speed: "max" }, first(parts.validation, 2000));
  const curve = [{ clicks: 0, frames: 0, ...sharesRight(model, judged, classOf) }];
  await runLive(
    { sensor: relabelled(camera, () => undefined, truths), model, learn: true },
    ({ id, label, name }, send) => {
      const truth = classOf[truths.get(name)];
      const isRight = model.classNames[label] === `${truth}`;
      if (isRight && truth < KNOWN) return undefined;
      const said = isRight ? { outcome: "right" } : { outcome: "wrong", truth: `${truth}` };
      send({ kind: "reward", decision: id, ...said });
      const clicks = (curve.at(-1)?.clicks ?? 0) + 1;
      curve.push({ clicks, frames: id + 1, ...sharesRight(model, judged, classOf) });
      return clicks >= MOST_CLICKS ? "stop" : undefined;
    },
  );
  model.dispose();
  return curve;
}

const curves = [];
for (const [at, pair] of PAIRS.slice(0, Number(values.pairs)).entries()) {
  const curve = await teach(pair, SEED + at);
  curves.push(curve);
  const reached = curve.find((point) => point.new >= GOAL);
  const show = (clicks) => {
    const point = curve[clicks];
    return `${clicks} clicks ${(100 * point.new).toFixed(1)} % of the two, ${(100 * point.old).toFixed(1)} % of the eight`;
  };
  process.stdout.write(
    `new ${pair.join(" and ")}: ${GOAL * 100} % of the two after ${reached?.clicks ?? "more"} clicks (${reached?.frames ?? "–"} digits seen); ${[0, 10, 20, 40, 80, MOST_CLICKS].map(show).join("; ")}\n`,
  );
}

const meanOf = (key) =>
  Array.from({ length: MOST_CLICKS + 1 }, (_, clicks) => [
    clicks,
    curves.reduce((sum, curve) => sum + curve[clicks][key], 0) / curves.length,
  ]);
const firstAt = meanOf("new").find(([, share]) => share >= GOAL)?.[0];
process.stdout.write(`mean of ${curves.length} pairs: ${GOAL * 100} % of the two after ${firstAt} clicks\n`);
if (values.svg !== undefined) {
  const thin = curves.flatMap((curve) => [
    { colour: "#0a7", isThin: true, points: curve.map((point) => [point.clicks, point.new]) },
    { colour: "#36c", isThin: true, points: curve.map((point) => [point.clicks, point.old]) },
  ]);
  const svg = curvesAsSvg({
    title: `Two digits taught by clicks alone: ${curves.length} pairs, and their mean`,
    xTitle: "clicks",
    most: MOST_CLICKS,
    curves: [
      ...thin,
      { name: "the eight known", colour: "#36c", points: meanOf("old") },
      { name: "the two new", colour: "#0a7", points: meanOf("new") },
    ],
  });
  writeFileSync(values.svg, svg);
}
