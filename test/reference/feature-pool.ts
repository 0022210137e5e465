/**
 * Oracle of native/kernel/feature_pool.hpp, augmentation.hpp, sparse_rows.hpp, class_scores.hpp and rate_schedule.hpp:
 * a frame of feature spikes as a sparse vector, moved or not, and what dense weights make of it.
 */
import type { FeatureSpikes } from "../../src/core/feature-spikes.ts";
import { hashWords, Random } from "../../src/core/random.ts";
import type { NativeReadoutParams } from "../../src/native/readouts.ts";
import { expNonPositive } from "./exponential.ts";

const f = Math.fround;

export type Spike = { readonly feature: number; readonly x: number; readonly y: number };
/** Inputs in the order of their first spike. */
export type SparseList = readonly { readonly input: number; readonly value: number }[];

export const framesOf = ({ start }: FeatureSpikes) => start.length - 1;

export function spikesOf({ start, feature, x, y }: FeatureSpikes, frame: number): Spike[] {
  const spikes: Spike[] = [];
  for (let k = start[frame] ?? 0; k < (start[frame + 1] ?? 0); k++) {
    spikes.push({ feature: feature[k] ?? 0, x: x[k] ?? 0, y: y[k] ?? 0 });
  }
  return spikes;
}

export const inputsOf = ({ features, grid }: NativeReadoutParams) => features * grid * grid;

export const inputOf = ({ features, width, height, grid }: NativeReadoutParams, spike: Spike) =>
  (Math.floor((spike.y * grid) / height) * grid + Math.floor((spike.x * grid) / width)) * features +
  spike.feature;

export const valueOfCount = ({ value }: NativeReadoutParams, count: number) =>
  f(value === 0 ? Math.sqrt(count) : count);

export function pool(params: NativeReadoutParams, spikes: readonly Spike[]): SparseList {
  const counts = new Map<number, number>();
  for (const spike of spikes) {
    const input = inputOf(params, spike);
    counts.set(input, (counts.get(input) ?? 0) + 1);
  }
  const square = [...counts.values()].reduce((sum, n) => sum + (params.value === 0 ? n : n * n), 0);
  const scale = params.norm === 1 ? f(1 / Math.sqrt(square)) : 1;
  return [...counts].map(([input, count]) => ({ input, value: f(valueOfCount(params, count) * scale) }));
}

/** The spikes of a learning frame: moved by what seed and number of the frame draw, those off the map left out. */
export function moved(
  params: NativeReadoutParams,
  spikes: readonly Spike[],
  number: number,
): readonly Spike[] {
  const { shiftPx, rotationRad, shear, scale, dropout, width, height } = params;
  if (shiftPx + rotationRad + shear + scale + dropout === 0) return spikes;
  const random = Random.fromKey(hashWords(params.seed, number >>> 0, Math.floor(number / 2 ** 32)));
  const within = (range: number) => (2 * random.nextUnit() - 1) * range;
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
  const [shiftX, shiftY, angle, slant] = [
    within(shiftPx),
    within(shiftPx),
    within(rotationRad),
    within(shear),
  ];
  const [wider, taller] = [1 + within(scale), 1 + within(scale)];
  const square = angle * angle;
  const sine = angle * (1 - (square / 6) * (1 - square / 20));
  const cosine = 1 - (square / 2) * (1 - (square / 12) * (1 - square / 30));
  const [xx, xy, yx, yy] = [wider * cosine, slant - taller * sine, slant + wider * sine, taller * cosine];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const x0 = fixed(cx - xx * cx - xy * cy + shiftX + 0.5);
  const y0 = fixed(cy - yx * cx - yy * cy + shiftY + 0.5);
  const dropBelow = Math.floor(dropout * 65536 + 0.5);
  let bits = 0;
  const stay: Spike[] = [];
  spikes.forEach(({ feature, x, y }, k) => {
    bits = k % 2 === 0 ? random.nextUint32() : bits >>> 16;
    const toX = (fixed(xx) * x + fixed(xy) * y + x0) >> 16;
    const toY = (fixed(yx) * x + fixed(yy) * y + y0) >> 16;
    const isOnMap = toX >= 0 && toX < width && toY >= 0 && toY < height;
    if ((bits & 0xffff) >= dropBelow && isOnMap) stay.push({ feature, x: toX, y: toY });
  });
  return stay;
}

/** start + Σ rows, four at a time. `weights` are inputs × columns. */
export function sumRows(weights: Float32Array, start: Float32Array, list: SparseList): Float32Array {
  const columns = start.length;
  return start.map((sum, column) => {
    for (let k = 0; k < list.length; k += 4) {
      const product = (r: number) => {
        const row = list[k + r];
        return row === undefined ? 0 : f(row.value * (weights[row.input * columns + column] ?? 0));
      };
      sum = f(sum + f(f(product(0) + product(1)) + f(product(2) + product(3))));
    }
    return sum;
  });
}

/** By how much the spikes raise the value of their input, one by one. */
export function* stepsOf(params: NativeReadoutParams, spikes: readonly Spike[]) {
  const counts = new Map<number, number>();
  for (const spike of spikes) {
    const input = inputOf(params, spike);
    const before = counts.get(input) ?? 0;
    counts.set(input, before + 1);
    yield { input, step: f(valueOfCount(params, before + 1) - valueOfCount(params, before)) };
  }
}

/** Adds step times one row. */
export function addRow(weights: Float32Array, sum: Float32Array, input: number, step: number): void {
  sum.forEach((value, n) => {
    sum[n] = f(value + f(step * (weights[input * sum.length + n] ?? 0)));
  });
}

/** Of equal scores the lower class comes first. */
export function bestTwo(scores: Float32Array): { best: number; second: number; margin: number } {
  const [best = 0, second = 1] = [...scores.keys()].sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  return { best, second, margin: f((scores[best] ?? 0) - (scores[second] ?? 0)) };
}

export function softmax(scores: Float32Array): number[] {
  const highest = Math.max(...scores);
  const powers = [...scores].map((score) => expNonPositive(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export const rateAt = ({ rateFirst, rateLast, rateFrames }: NativeReadoutParams, learned: number) =>
  learned >= rateFrames ? rateLast : rateFirst + (rateLast - rateFirst) * (learned / rateFrames);
