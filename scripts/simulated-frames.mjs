// Frames of `sim:digits` for learning and measuring by the ten thousand: simulated once, encoded as a model's event
// grid encodes them, and held in typed arrays (about 9 kB a frame). A folder may keep them for the next run; a change
// of the simulator, of the encoder or of the digits makes them anew. It learns nothing.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastValueFrom, tap } from "rxjs";
import { EventGridEncoder } from "../dist/encoders/event-grid.js";
import { through } from "../dist/pipeline/operators/through.js";
import { SimulatedDigitsSensor } from "../dist/sensors/simulated-digits.js";

/** One a millisecond: the network's step, so finer times would change no spike. */
const STEP_US = 1000;
const STEPS = 300;
const WHAT_SHAPES_FRAMES = [
  "sensors/simulated-digits",
  "sensors/digit-saccades",
  "sensors/dvs-model",
  "sensors/plain-log",
  "encoders/event-grid",
];

/**
 * @param digits {images, labels, count}; each is shown once
 * @param options {description, seed of the camera, folder or undefined}
 * @returns frames {labels, durationUs, stepSpikes: count × 300, neuron: all spikes in order of time}
 */
export async function simulateFrames(digits, { description, seed, folder }) {
  if (folder === undefined) return simulate(digits, { description, seed });
  const file = join(folder, `${keyOf(digits, { description, seed })}.frames`);
  if (existsSync(file)) return unpack(readFileSync(file), digits.count);
  const frames = await simulate(digits, { description, seed });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.tmp`, pack(frames));
  renameSync(`${file}.tmp`, file);
  return frames;
}

async function simulate(digits, { description, seed }) {
  const { input, encoder } = description;
  const frames = empty(digits.count);
  const spikes = [];
  let at = 0;
  const sensor = new SimulatedDigitsSensor({ seed, speed: "max", count: digits.count }, digits);
  const take = (batch) => {
    // What stands between two digits is no frame.
    if (batch.episode === undefined) return;
    frames.labels[at] = batch.episode.label;
    frames.durationUs[at] = batch.durationUs;
    for (const offsetUs of batch.offsetUs.subarray(0, batch.length)) {
      frames.stepSpikes[at * STEPS + Math.floor(offsetUs / STEP_US)]++;
    }
    spikes.push(Uint16Array.from(batch.neuron.subarray(0, batch.length)));
    at++;
  };
  await lastValueFrom(sensor.open().pipe(through(new EventGridEncoder(input, encoder)), tap(take)));
  return { ...frames, neuron: joined(spikes) };
}

const empty = (count) => ({
  labels: new Uint8Array(count),
  durationUs: new Uint32Array(count),
  stepSpikes: new Uint16Array(count * STEPS),
});

function joined(arrays) {
  const all = new Uint16Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

function keyOf(digits, { description: { input, encoder }, seed }) {
  const hash = createHash("sha256").update(JSON.stringify({ input, encoder, seed }));
  for (const name of WHAT_SHAPES_FRAMES) {
    hash.update(readFileSync(new URL(`../dist/${name}.js`, import.meta.url)));
  }
  return hash.update(digits.images).update(digits.labels).digest("hex").slice(0, 16);
}

const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);

const pack = ({ durationUs, stepSpikes, neuron, labels }) =>
  Buffer.concat([durationUs, stepSpikes, neuron, labels].map(bytesOf));

function unpack(bytes, count) {
  // A copy: a typed array must begin at a multiple of its element.
  const cut = (from, to) => Uint8Array.from(bytes.subarray(from, to)).buffer;
  const durationEnd = 4 * count;
  const stepEnd = durationEnd + 2 * STEPS * count;
  const neuronEnd = bytes.length - count;
  return {
    durationUs: new Uint32Array(cut(0, durationEnd)),
    stepSpikes: new Uint16Array(cut(durationEnd, stepEnd)),
    neuron: new Uint16Array(cut(stepEnd, neuronEnd)),
    labels: new Uint8Array(cut(neuronEnd)),
  };
}

/** The frames one after another as the network takes them, each with its label. */
export function* spikeBatches({ labels, durationUs, stepSpikes, neuron }) {
  let first = 0;
  for (const [index, label] of labels.entries()) {
    const steps = stepSpikes.subarray(index * STEPS, (index + 1) * STEPS);
    const length = steps.reduce((sum, spikes) => sum + spikes, 0);
    const offsetUs = new Uint32Array(length);
    let at = 0;
    for (const [step, spikes] of steps.entries()) {
      offsetUs.fill(step * STEP_US, at, at + spikes);
      at += spikes;
    }
    const episode = { index, name: `frame ${index}`, label };
    const lines = Uint32Array.from(neuron.subarray(first, first + length));
    yield { startUs: 0, durationUs: durationUs[index], offsetUs, neuron: lines, length, episode };
    first += length;
  }
}
