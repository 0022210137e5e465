/**
 * A readout that cannot forget: each class keeps the mean count of each feature in each cell over its own frames, and
 * nothing of one class touches another, in whatever order they come. Decides for the class whose profile makes the
 * counts most likely, were they Poisson: Σ n·log m − m. What it lacks is any comparison of classes while learning.
 */
import { waveShape } from "../dist/network/wave-shape.js";
import { LinearReadout } from "../dist/readout/linear.js";
import { CHOSEN } from "./flagship-parts.mjs";

const CLASSES = 10;
/** Counts that every class is given beforehand, of one frame: a feature never seen is rare, not impossible. */
const BEFOREHAND = 0.1;

/** A linear readout whose weights are the logarithms of the profiles. */
export function profileReadout(made, { spikes, labels }) {
  const { positionsX: width, positionsY: height, features } = waveShape(made.params);
  const { grid } = CHOSEN;
  const sums = new Float64Array(features * grid * grid * CLASSES).fill(BEFOREHAND);
  const frames = new Float64Array(CLASSES).fill(1);
  for (let f = 0; f < labels.length; f++) {
    frames[labels[f]]++;
    for (let k = spikes.start[f]; k < spikes.start[f + 1]; k++) {
      const row = Math.floor((spikes.y[k] * grid) / height);
      const column = Math.floor((spikes.x[k] * grid) / width);
      sums[((row * grid + column) * features + spikes.feature[k]) * CLASSES + labels[f]]++;
    }
  }
  const bias = new Float32Array(CLASSES);
  const weights = new Float32Array(sums.length);
  for (const [at, sum] of sums.entries()) {
    const mean = sum / frames[at % CLASSES];
    weights[at] = Math.log(mean);
    bias[at % CLASSES] -= mean;
  }
  const pooling = { features, width, height, grid, value: "count" };
  const { description } = LinearReadout.create({ pooling, classes: CLASSES });
  const tensor = (data) => ({ shape: [data.length], data });
  return LinearReadout.restore(
    description,
    new Map([
      ["readout.weights", tensor(weights)],
      ["readout.bias", tensor(bias)],
      ["readout.counters", tensor(Uint32Array.of(labels.length, 0, 0, 0))],
    ]),
  );
}
