#!/usr/bin/env node
// How well the demo's model learns after Reset from nothing but the simulator's right and wrong: fresh prototypes and
// weights, learning on, the 400 packaged digits over and over as `npm start` shows them; and the same with training
// digits that do not repeat. A copy is judged on unseen test digits. After npm run build.
//
// usage: node scripts/measure-rewards.mjs [--svg FILE] [--frames n = 8000] [--seeds n = 2]
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { loadAnyModel } from "../dist/model/load.js";
import { SurfaceNetwork } from "../dist/network/surface-network.js";
import { LiveSurfaceModel } from "../dist/pipeline/live-surface-model.js";
import { SimulatedDigitsSensor } from "../dist/sensors/simulated-digits.js";
import { CAMERAS, digitParts, featuresOf, MODEL_FILE, SEED, simulate } from "./flagship-events-parts.mjs";
import { answersOf, curvesAsSvg, runLive } from "./live-lessons.mjs";

const JUDGED = 1000;
const AT = [0, 50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12000, 16000];

const { values } = parseArgs({
  options: {
    svg: { type: "string" },
    frames: { type: "string", default: "8000" },
    seeds: { type: "string", default: "2" },
  },
});
const most = Number(values.frames);
const parts = digitParts();
const unseen = await simulate(
  {
    images: parts.test.images.subarray(0, JUDGED * 784),
    labels: parts.test.labels.subarray(0, JUDGED),
    count: JUDGED,
  },
  CAMERAS.test,
);
const shipped = await loadAnyModel(MODEL_FILE.pathname);

/** Share of the unseen digits; the prototypes are those of now. */
function judgeNow(model) {
  const network = SurfaceNetwork.restore(model.capture({ framesLearned: 0, source: "" }));
  const answers = answersOf(model, featuresOf(network, unseen));
  network.dispose();
  return unseen.filter(({ episode }, at) => answers[at] === episode.label).length / unseen.length;
}

async function learnFrom(digits, seed) {
  const model = LiveSurfaceModel.restore(shipped);
  model.reset();
  const points = [[0, judgeNow(model)]];
  const sensor = new SimulatedDigitsSensor({ seed, speed: "max", count: most }, digits);
  await runLive({ sensor, model, learn: true }, ({ id }) => {
    if (AT.includes(id + 1)) points.push([id + 1, judgeNow(model)]);
  });
  model.dispose();
  return points;
}

const kinds = [
  { name: "400 packaged digits", colour: "#c60", digits: parts.packaged },
  { name: "10,000 digits", colour: "#0a7", digits: parts.train[0] },
];
const curves = [];
for (const { name, colour, digits } of kinds) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const points = await learnFrom(digits, SEED + 100 + seed);
    const told = points.map(([frames, share]) => `${frames}: ${(100 * share).toFixed(1)} %`).join(", ");
    process.stdout.write(`${name}, camera ${SEED + 100 + seed}: ${told}\n`);
    curves.push({ name: seed === 0 ? name : undefined, colour, points });
  }
}
if (values.svg !== undefined) {
  const title = "After Reset: unseen digits named right, learned from right and wrong alone";
  writeFileSync(values.svg, curvesAsSvg({ title, xTitle: "digits seen", most, curves }));
}
