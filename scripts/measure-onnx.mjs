/**
 * A model's readout beside its ONNX file run by onnxruntime-node, on the 10,000 test digits of MNIST: whether they
 * answer alike, how far apart margins and shares are, and frames per CPU second of the readouts alone (pooling
 * included), one frame and a hundred a call. After npm run build.
 *   usage: node scripts/measure-onnx.mjs MODEL.safetensors READOUT.onnx [rounds]
 */
import { argv, cpuUsage } from "node:process";
import { LinearReadout, loadAnyModel, OnnxReadout, openMnist, WaveNetwork } from "../dist/index.js";

const SIZES = [1, 100];
const FRAMES_TIMED = 2000;

const [, , modelFile, onnxFile, rounds = "5"] = argv;
const model = await loadAnyModel(modelFile);
const network = WaveNetwork.restore(model);
const native = LinearReadout.restore(model.description.readout, model.tensors);
const onnx = await OnnxReadout.open(onnxFile, model.description.readout);
const { test } = openMnist();
const spikes = network.present(test.images);

/** Frames first … first + count − 1 of the spikes. */
function framesOf({ start, feature, x, y }, first, count) {
  const [from, to] = [start[first], start[first + count]];
  return {
    start: start.slice(first, first + count + 1).map((at) => at - from),
    feature: feature.subarray(from, to),
    x: x.subarray(from, to),
    y: y.subarray(from, to),
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function framesPerSecond(readout, size) {
  const parts = [];
  for (let f = 0; f < FRAMES_TIMED; f += size) parts.push(framesOf(spikes, f, size));
  const before = cpuUsage();
  for (const part of parts) await readout.judge(part);
  const { user, system } = cpuUsage(before);
  return FRAMES_TIMED / ((user + system) / 1e6);
}

const largest = (ours, theirs) =>
  ours.reduce((most, value, k) => Math.max(most, Math.abs(value - theirs[k])), 0);

const [ours, theirs] = [native.judge(spikes), await onnx.judge(spikes)];
const alike = ours.labels.filter((label, f) => label === theirs.labels[f]).length;
const right = theirs.labels.filter((label, f) => label === test.labels[f]).length;
console.log(`answers alike: ${alike} of ${test.count}; right: ${right}`);
console.log(`margins apart by at most ${largest(ours.margins, theirs.margins).toExponential(2)}`);
console.log(`smallest margin ${Math.min(...ours.margins).toExponential(2)}`);
console.log(`shares apart by at most ${largest(ours.shares, theirs.shares).toExponential(2)}`);
for (const size of SIZES) {
  const rates = [];
  // In turns, so that what else the machine does falls on both; the first turn warms up.
  for (let round = 0; round <= Number(rounds); round++) {
    const pair = [await framesPerSecond(native, size), await framesPerSecond(onnx, size)];
    if (round > 0) rates.push(pair);
  }
  const [a, b] = [0, 1].map((k) => median(rates.map((pair) => pair[k])));
  console.log(`${size} a call: native ${Math.round(a)}, onnx ${Math.round(b)} frames per CPU second`);
}
network.dispose();
native.dispose();
await onnx.dispose();
