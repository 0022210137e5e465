/** Small readouts for the native tests: parameters to start from, feature spikes, room for state. */
import fc from "fast-check";
import type { FeatureSpikes } from "../../src/core/feature-spikes.ts";
import { Random } from "../../src/core/random.ts";
import type {
  NativeLinearParams,
  NativeLinearState,
  NativeReadoutParams,
  NativeRewardParams,
  NativeRewardState,
} from "../../src/native/readouts.ts";

const COMMON: NativeReadoutParams = {
  features: 6,
  width: 9,
  height: 7,
  grid: 2,
  value: 0,
  norm: 0,
  shiftPx: 0,
  rotationRad: 0,
  shear: 0,
  scale: 0,
  dropout: 0,
  rateFirst: 0.05,
  rateLast: 0.05,
  rateFrames: 0,
  classes: 3,
  seed: 1,
};

export const linearParams = (overrides: Partial<NativeLinearParams> = {}): NativeLinearParams => ({
  ...COMMON,
  batch: 1,
  weightDecay: 0,
  ...overrides,
});

export const rewardParams = (overrides: Partial<NativeRewardParams> = {}): NativeRewardParams => ({
  ...COMMON,
  rule: 1,
  marginGate: 1,
  runnerUpShare: 0.5,
  recencyPenalty: 0,
  fatigue: 0,
  fatigueKept: 0.9,
  neuronsPerClass: 2,
  memory: 4,
  initialMax: 0.05,
  ...overrides,
});

export const sizeOf = ({ features, grid, classes }: NativeReadoutParams) => features * grid * grid * classes;

export function linearState(params: NativeReadoutParams): NativeLinearState {
  return {
    weights: new Float32Array(sizeOf(params)),
    bias: new Float32Array(params.classes),
    meanWeights: new Float32Array(sizeOf(params)),
    meanBias: new Float32Array(params.classes),
    counters: new Uint32Array(4),
  };
}

export function rewardState(params: NativeRewardParams): NativeRewardState {
  return {
    weights: new Float32Array(sizeOf(params) * params.neuronsPerClass),
    behind: new Float32Array(params.classes),
    tired: new Float32Array(params.fatigue > 0 ? params.classes : 0),
    counters: new Uint32Array(4),
  };
}

/** The state a readout is in. */
export function read<State>(readout: { readState(state: State): void }, empty: State): State {
  readout.readState(empty);
  return empty;
}

export type Lesson = FeatureSpikes & { readonly labels: Uint16Array };

/** Frames whose class shows in where and of what the spikes are; most frames, not all, can be told apart. */
export function drawLesson(
  { features, width, height, classes }: NativeReadoutParams,
  options: { readonly frames: number; readonly spikes: number; readonly seed: number },
): Lesson {
  const random = Random.fromKey(options.seed);
  const start = [0];
  const [feature, x, y]: [number[], number[], number[]] = [[], [], []];
  const labels = Uint16Array.from({ length: options.frames }, () => random.nextBelow(classes));
  for (const label of labels) {
    const count = random.nextBelow(options.spikes + 1);
    for (let k = 0; k < count; k++) {
      const isTelling = random.nextUnit() < 0.5;
      feature.push(isTelling ? label % features : random.nextBelow(features));
      x.push(isTelling ? Math.floor((label * (width - 1)) / classes) : random.nextBelow(width));
      y.push(random.nextBelow(height));
    }
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

export const flat = ({ start, feature, x, y }: FeatureSpikes) => [start, feature, x, y] as const;

/** One frame by itself, as `present` takes it. */
export const frameOf = ({ start, feature, x, y }: Lesson, f: number) => {
  const [begin = 0, end = 0] = [start[f], start[f + 1]];
  const spikes = [feature.slice(begin, end), x.slice(begin, end), y.slice(begin, end)] as const;
  return [Uint32Array.of(0, end - begin), ...spikes] as const;
};

export const orderOf = (frames: number, seed: number) => {
  const random = Random.fromKey(seed);
  return Uint32Array.from({ length: frames }, () => random.nextBelow(frames));
};

/** Spread evenly, as in parity.test.ts. */
export const real = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_003 }).map((k) => min + ((max - min) * k) / 1_000_003);
export const key = fc.integer({ min: 0, max: 0xffffffff });
const orZero = (max: number) => fc.oneof(fc.constant(0), real(0, max));

/** Any readout's common parameters. */
export const readouts = fc
  .record({
    features: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    grid: fc.integer({ min: 1, max: 4 }),
    value: fc.constantFrom(0 as const, 1 as const),
    norm: fc.constantFrom(0 as const, 1 as const),
    shiftPx: orZero(3),
    rotationRad: orZero(0.5),
    shear: orZero(0.3),
    scale: orZero(0.3),
    dropout: orZero(0.6),
    rateFirst: real(0, 0.3),
    rateLast: real(0, 0.3),
    rateFrames: fc.constantFrom(0, 10, 100),
    classes: fc.integer({ min: 2, max: 21 }),
    seed: key,
  })
  .map(
    (params): NativeReadoutParams => ({
      ...params,
      grid: Math.min(params.grid, params.width, params.height),
    }),
  );

export const lessons = fc.array(
  fc.record({
    frames: fc.integer({ min: 0, max: 12 }),
    spikes: fc.constantFrom(0, 5, 40, 300),
    seed: key,
    enough: fc.oneof(fc.constantFrom(0, 1e9), real(0, 2)),
    told: fc.boolean(),
    kind: fc.constantFrom("learn" as const, "live" as const, "mean" as const),
  }),
  { minLength: 1, maxLength: 5 },
);
