#!/usr/bin/env node
// How soon the shipped model could answer: each digit that it did not learn from at the first point of its margin trace whose lead is enough,
// and at its end where none is. For each lead: named right, and the time and share of the events it took. Before that, how
// well the shares are chances of being right at each temperature. After build.
//
// usage: node scripts/measure-margins.mjs [digits = 500]
import process from "node:process";
import { loadAnyModel } from "../dist/model/load.js";
import { SurfaceNetwork } from "../dist/network/surface-network.js";
import { voteOfShares } from "../dist/readout/pooling.js";
import { RewardReadout } from "../dist/readout/reward.js";
import { CAMERAS, digitParts, featuresOf, MODEL_FILE, simulate } from "./flagship-events-parts.mjs";

const TEMPERATURES = [1, 1.5, 2, 2.5, 3, 4, 6, 8];
const LEADS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 1.1];
const POINTS = 64;

const count = Number(process.argv[2] ?? 500);
const { validation } = digitParts();
const frames = await simulate(
  { images: validation.images.subarray(0, count * 784), labels: validation.labels.subarray(0, count), count },
  CAMERAS.validation,
);
const { description, tensors } = await loadAnyModel(MODEL_FILE.pathname);
const network = SurfaceNetwork.restore({ description, tensors });
const { classNames, ...own } = description.readout;
const readout = RewardReadout.restore(own, tensors);

/** Mean log loss and mean share of the answer, of whole frames. */
function calibration(temperature) {
  const { labels, shares } = whole;
  const { classes } = own;
  let loss = 0;
  let confidence = 0;
  frames.forEach(({ episode }, k) => {
    const vote = voteOfShares(labels[k], shares.subarray(k * classes, (k + 1) * classes), { temperature });
    loss -= Math.log(vote.shares[episode.label]);
    confidence += vote.confidence;
  });
  return { loss: loss / frames.length, confidence: confidence / frames.length };
}

function traceOf(frame) {
  const lengths = Array.from({ length: POINTS }, (_, k) => Math.round(((k + 1) * frame.length) / POINTS));
  const { labels, shares } = readout.judge(
    featuresOf(
      network,
      lengths.map((length) => ({ ...frame, length, neuron: frame.neuron.subarray(0, length) })),
    ),
  );
  const leads = lengths.map((_, k) => {
    const own = shares.subarray(k * classNames.length, (k + 1) * classNames.length);
    return voteOfShares(labels[k], own, description.readout).margin;
  });
  return { labels, leads, lengths };
}

const whole = readout.judge(featuresOf(network, frames));
for (const temperature of TEMPERATURES) {
  const { loss, confidence } = calibration(temperature);
  process.stdout.write(
    `temperature ${temperature}: log loss ${loss.toFixed(4)}, mean share ${confidence.toFixed(4)}\n`,
  );
}
const traces = frames.map((frame) => ({ frame, ...traceOf(frame) }));
for (const enough of LEADS) {
  const answers = traces.map(({ frame, labels, leads, lengths }) => {
    const found = leads.findIndex((lead) => lead >= enough);
    const at = found < 0 ? POINTS - 1 : found;
    const isRight = labels[at] === frame.episode.label;
    return { isRight, ms: frame.offsetUs[lengths[at] - 1] / 1000, share: lengths[at] / frame.length };
  });
  const mean = (of) => answers.reduce((sum, answer) => sum + of(answer), 0) / answers.length;
  process.stdout.write(
    `lead ${enough}: ${(100 * mean(({ isRight }) => (isRight ? 1 : 0))).toFixed(1)} % right after ${mean(({ ms }) => ms).toFixed(0)} ms and ${(100 * mean(({ share }) => share)).toFixed(0)} % of the events, means of ${answers.length} digits\n`,
  );
}
