#!/usr/bin/env node
// How soon the shipped model could answer: each digit that it did not learn from at the first point of its margin trace whose lead is enough,
// and at its end where none is. For each lead: named right, and the time and share of the events it took. After build.
//
// usage: node scripts/measure-margins.mjs [digits = 500]
import process from "node:process";
import { loadAnyModel } from "../dist/model/load.js";
import { SurfaceNetwork } from "../dist/network/surface-network.js";
import { RewardReadout } from "../dist/readout/reward.js";
import { CAMERAS, digitParts, featuresOf, MODEL_FILE, simulate } from "./flagship-events-parts.mjs";

const LEADS = [0.5, 0.7, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.1];
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

function traceOf(frame) {
  const lengths = Array.from({ length: POINTS }, (_, k) => Math.round(((k + 1) * frame.length) / POINTS));
  const { labels, shares } = readout.judge(
    featuresOf(
      network,
      lengths.map((length) => ({ ...frame, length, neuron: frame.neuron.subarray(0, length) })),
    ),
  );
  const leads = lengths.map((_, k) => {
    const sorted = shares.slice(k * classNames.length, (k + 1) * classNames.length).sort();
    return sorted.at(-1) - sorted.at(-2);
  });
  return { labels, leads, lengths };
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
