/** A small world of feature spikes for the tests of the readouts: a class is a place and a feature, and noise. */
import type { FeatureSpikes } from "../../src/core/feature-spikes.ts";
import { Random } from "../../src/core/random.ts";

export const MAP = { features: 8, width: 12, height: 10, grid: 2 } as const;

export type FeatureLesson = FeatureSpikes & { readonly labels: number[] };

export function featureLesson(options: {
  readonly classes: number;
  readonly frames: number;
  readonly seed: number;
  readonly features?: number;
}): FeatureLesson {
  const { classes, frames, seed, features = MAP.features } = options;
  const random = Random.fromKey(seed);
  const start = [0];
  const [feature, x, y, labels]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let frame = 0; frame < frames; frame++) {
    const label = random.nextBelow(classes);
    for (let k = 0; k < 30; k++) {
      const isTelling = random.nextBelow(2) === 0;
      feature.push(isTelling ? label % features : random.nextBelow(features));
      x.push(isTelling ? Math.floor((label * MAP.width) / classes) : random.nextBelow(MAP.width));
      y.push(random.nextBelow(MAP.height));
    }
    labels.push(label);
    start.push(feature.length);
  }
  return {
    start: Uint32Array.from(start),
    feature: Uint16Array.from(feature),
    x: Uint8Array.from(x),
    y: Uint8Array.from(y),
    labels,
  };
}

/** One frame by itself. */
export function frameOf({ start, feature, x, y }: FeatureSpikes, frame: number): FeatureSpikes {
  const [from = 0, to = 0] = [start[frame], start[frame + 1]];
  return {
    start: Uint32Array.of(0, to - from),
    feature: feature.slice(from, to),
    x: x.slice(from, to),
    y: y.slice(from, to),
  };
}

/** Fresh frames: enough that a chance of 1 in 6 never passes for knowledge. */
export const FRAMES_FRESH = 200;

export const SILENCE: FeatureSpikes = {
  start: Uint32Array.of(0, 0),
  feature: new Uint16Array(0),
  x: new Uint8Array(0),
  y: new Uint8Array(0),
};

export const shareRight = (labels: ArrayLike<number>, truth: readonly number[]) =>
  truth.filter((label, frame) => labels[frame] === label).length / truth.length;
