/**
 * What the readouts of feature spikes have in common: where features speak (a map under a grid of cells), how frames
 * are moved while learning, how fast is learned, and the parameters and checks that follow. Plain data and functions.
 */

import { usageError } from "../core/errors.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Model, Tensor } from "../model/schema.ts";
import type { NativeJudge, NativePoolParams, NativeReadoutParams } from "../native/readouts.ts";
import { checkLabels, type Vote } from "./votes.ts";

/** Counts of each feature in each cell of a grid × grid over the map: features · grid² inputs. */
export type Pooling = {
  readonly features: number;
  readonly width: number;
  readonly height: number;
  readonly grid: number;
  /** What a count is worth. */
  readonly value: "sqrt" | "count";
  /** "l2": each frame has length 1, and cannot be judged early. */
  readonly norm: "none" | "l2";
};

/** Frames are moved anew each time they are learned, uniformly within ± each of these. */
export type Augmentation = {
  readonly shiftPx: number;
  readonly rotationRad: number;
  /** Share of the distance to the centre. */
  readonly shear: number;
  readonly scale: number;
  /** Share of the spikes that is left out. */
  readonly dropout: number;
};

/** Straight from `first` to `last` over so many learned frames, then `last`. */
export type Rate = { readonly first: number; readonly last: number; readonly frames: number };

/** What describes either readout, with all defaults filled in. */
export type ReadoutBase = {
  readonly pooling: Pooling;
  readonly augmentation: Augmentation;
  readonly rate: Rate;
  readonly classes: number;
  readonly seed: number;
  /** Shares are the softmax of the scores divided by this; 1 if left out. It changes no label and nothing that is learned. */
  readonly temperature?: number | undefined;
};

export type PoolingOptions = Pick<Pooling, "features" | "width" | "height"> & Partial<Pooling>;

export type BaseOptions = {
  readonly pooling: PoolingOptions;
  readonly augmentation?: Partial<Augmentation>;
  readonly rate?: Rate;
  readonly classes: number;
  readonly seed?: number;
};

/** Of .005, .01 and .02 the best by little: by reward, three times 50,000 digits as 496 spikes each, 98.6, 98.5, 98.3 %. */
const USUAL_RATE: Rate = { first: 0.005, last: 0.005, frames: 0 };
const AS_THEY_ARE: Augmentation = { shiftPx: 0, rotationRad: 0, shear: 0, scale: 0, dropout: 0 };

export function withDefaults(options: BaseOptions): ReadoutBase {
  const { pooling, augmentation = {}, rate = USUAL_RATE, classes, seed = 1 } = options;
  return {
    pooling: { grid: 4, value: "sqrt", norm: "none", ...pooling },
    augmentation: { ...AS_THEY_ARE, ...augmentation },
    rate,
    classes,
    seed,
  };
}

/** About the least normal float32. */
const LEAST_SHARE = 1.2e-38;

export const inputsOf = ({ features, grid }: Pooling): number => features * grid * grid;

export const nativePool = (pooling: Pooling): NativePoolParams => ({
  ...pooling,
  value: pooling.value === "sqrt" ? 0 : 1,
  norm: pooling.norm === "none" ? 0 : 1,
});

export function nativeBase({ pooling, augmentation, rate, classes, seed }: ReadoutBase): NativeReadoutParams {
  return {
    ...nativePool(pooling),
    ...augmentation,
    rateFirst: rate.first,
    rateLast: rate.last,
    rateFrames: rate.frames,
    classes,
    seed,
  };
}

export const framesIn = ({ start }: FeatureSpikes): number => Math.max(0, start.length - 1);

export const flat = ({ start, feature, x, y }: FeatureSpikes) => [start, feature, x, y] as const;

/** @throws SpikelineError READOUT_SPIKES unless there is exactly one frame */
export function checkOneFrame(spikes: FeatureSpikes): void {
  if (framesIn(spikes) === 1) return;
  throw usageError(
    "READOUT_SPIKES",
    `Expected the feature spikes of one frame to decide on, found ${framesIn(spikes)}; judge takes many.`,
  );
}

/** @throws SpikelineError READOUT_LABEL */
export function labelsOf(labels: ArrayLike<number>, spikes: FeatureSpikes, classes: number): Uint16Array {
  const frames = framesIn(spikes);
  if (labels.length !== frames) {
    throw usageError(
      "READOUT_LABEL",
      `Expected ${frames} labels for ${frames} frames, found ${labels.length}.`,
    );
  }
  checkLabels(labels, classes);
  return Uint16Array.from(labels);
}

export type Judged = {
  readonly labels: Uint16Array;
  /** Score of the first class less that of the second. */
  readonly margins: Float32Array;
  /** frames × classes, softmax of the scores. */
  readonly shares: Float32Array;
};

export type JudgedEarly = {
  readonly labels: Uint16Array;
  /** How many spikes of each frame it took. */
  readonly spikes: Uint32Array;
};

export const judgedOf = (frames: number, classes: number): Judged => ({
  labels: new Uint16Array(frames),
  margins: new Float32Array(frames),
  shares: new Float32Array(frames * classes),
});

/** Decides on many frames. */
export function judgeAll(
  native: NativeJudge,
  { classes }: Pick<ReadoutBase, "classes">,
  spikes: FeatureSpikes,
): Judged {
  const judged = judgedOf(framesIn(spikes), classes);
  native.judge(...flat(spikes), judged.labels, judged.margins, judged.shares);
  return judged;
}

/**
 * Decides on each frame at the first spike after which the margin of the scores is enough.
 * @throws SpikelineError READOUT_NORM if the length of a frame must be known before it is judged
 */
export function judgeAllEarly(
  native: NativeJudge,
  { pooling }: Pick<ReadoutBase, "pooling">,
  { spikes, margin }: { readonly spikes: FeatureSpikes; readonly margin: number },
): JudgedEarly {
  if (pooling.norm !== "none") {
    throw usageError(
      "READOUT_NORM",
      'Expected pooling without norm to judge early, found "l2", which needs all spikes.',
    );
  }
  const frames = framesIn(spikes);
  const judged = { labels: new Uint16Array(frames), spikes: new Uint32Array(frames) };
  native.judgeEarly(...flat(spikes), margin, judged.labels, judged.spikes);
  return judged;
}

/** The vote that shares amount to; `label` undefined: nobody voted. */
export function voteOfShares(
  label: number | undefined,
  natural: Float32Array,
  { temperature = 1 }: Pick<ReadoutBase, "temperature"> = {},
): Vote {
  const shares = temperature === 1 ? natural : tempered(natural, temperature);
  if (label === undefined) {
    return { label, margin: 0, confidence: 0, shares: new Array<number>(shares.length).fill(0) };
  }
  const confidence = shares[label] ?? 0;
  const second = shares.reduce((most, share, c) => (c === label ? most : Math.max(most, share)), 0);
  return { label, margin: confidence - second, confidence, shares: [...shares] };
}

/** Softmax of scores ÷ temperature, of their softmax. Shares that rounding has made 0 count as the least there is. */
function tempered(shares: Float32Array, temperature: number): Float32Array {
  const most = Math.max(...shares);
  const raised = shares.map((share) => (Math.max(share, LEAST_SHARE) / most) ** (1 / temperature));
  const sum = raised.reduce((total, share) => total + share, 0);
  return raised.map((share) => share / sum);
}

/** Fills the state from a model's tensor, or throws SpikelineError READOUT_TENSOR. */
export function fillTensor(
  target: Float32Array | Uint32Array,
  name: string,
  tensors: Model["tensors"],
): void {
  const data: Tensor["data"] | undefined = tensors.get(name)?.data;
  if (data?.constructor !== target.constructor || data.length !== target.length) {
    const type = target instanceof Uint32Array ? "uint32" : "float32";
    throw usageError("READOUT_TENSOR", `Expected ${name} as ${target.length} ${type} numbers in the model.`);
  }
  target.set(data);
}

/** Frames of two counters, low word first. */
export const joinWords = (low = 0, high = 0): number => high * 2 ** 32 + low;
