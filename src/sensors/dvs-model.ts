/**
 * The pixels of an event camera (dynamic vision sensor, Lichtsteiner 2008) as plain arithmetic: each remembers a log
 * intensity and reports ON or OFF when the present one has left it by a threshold. It draws no scene and knows no clock.
 *
 *   L = ln(I + dark)      ON: L − reference ≥ θ_on      OFF: reference − L ≥ θ_off
 *
 * After an event a pixel is blind for the refractory period and then begins anew from what it sees: what changed
 * meanwhile is lost, as in the silicon. Thresholds differ from pixel to pixel (mismatch). Shot noise is Poisson, one
 * rate for the whole array; a noise event resets its pixel like any other, and comes first in its step.
 * The same seed gives the same events on every machine: no Math.log, no Math.random.
 */
import type { EventBatch } from "../core/batches.ts";
import { usageError } from "../core/errors.ts";
import { hashWords, Random } from "../core/random.ts";
import { plainLog } from "./plain-log.ts";

export type DvsOptions = {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** Contrast that makes an event, in log intensity. */
  readonly thresholdOn: number;
  readonly thresholdOff: number;
  /** Standard deviation of a pixel's thresholds as a share of the threshold; clipped at three of them. */
  readonly mismatch: number;
  /** At least 1 µs. */
  readonly refractoryUs: number;
  /** Events a second and pixel that nothing in the scene causes. */
  readonly noiseHz: number;
  /** Light of black, on the scale of 255 for white: bounds the contrast. */
  readonly dark: number;
};

/** Streams of random numbers of one seed. */
const MISMATCH_STREAM = 1;
const NOISE_STREAM = 2;
/** No threshold is below this share of its nominal value, however large the mismatch. */
const LEAST_THRESHOLD_SHARE = 0.25;
/** The sum of twelve uniforms less 6 has mean 0 and variance 1, and needs no log (Irwin & Hall). */
const UNIFORMS = 12;
const CLIP = 3;
const LEVELS = 256;
/** Room for the order of arrival beside the time in one sort key below 2^53. */
const MOST_PENDING = 2 ** 20;

export class DvsPixels {
  readonly #options: DvsOptions;
  readonly #noise: Random;
  /** Log intensity of 0..255, and once more the last, so that the next entry is always there. */
  readonly #logs: Float64Array;
  readonly #thresholdOn: Float64Array;
  readonly #thresholdOff: Float64Array;
  readonly #intensity: Float64Array;
  readonly #log: Float64Array;
  readonly #reference: Float64Array;
  /** Whoever has an event is blind until then; −1 for those who see. */
  readonly #blindUntilUs: Float64Array;
  #nowUs = 0;
  #nextNoiseUs = Number.POSITIVE_INFINITY;
  /** Events since the last `take`, in the order they were found: time, and pixel × 2 + polarity. */
  #timesUs: number[] = [];
  #codes: number[] = [];

  constructor(options: DvsOptions) {
    checkOptions(options);
    const { width, height, seed, mismatch, thresholdOn, thresholdOff, dark } = options;
    const pixels = width * height;
    this.#options = options;
    this.#noise = Random.fromKey(hashWords(seed, NOISE_STREAM));
    this.#logs = Float64Array.from({ length: LEVELS + 1 }, (_, i) =>
      plainLog(Math.min(i, LEVELS - 1) + dark),
    );
    const random = Random.fromKey(hashWords(seed, MISMATCH_STREAM));
    const spread = (threshold: number) =>
      Float64Array.from({ length: pixels }, () =>
        Math.max(threshold * (1 + mismatch * normal(random)), threshold * LEAST_THRESHOLD_SHARE),
      );
    this.#thresholdOn = spread(thresholdOn);
    this.#thresholdOff = spread(thresholdOff);
    this.#intensity = new Float64Array(pixels);
    this.#log = new Float64Array(pixels);
    this.#reference = new Float64Array(pixels);
    this.#blindUntilUs = new Float64Array(pixels);
  }

  /** Lets every pixel adapt to a scene (0..255, row by row) at a time in whole microseconds. Forgets untaken events. */
  settle(image: ArrayLike<number>, timeUs: number): void {
    for (let p = 0; p < this.#log.length; p++) {
      const intensity = image[p] ?? 0;
      this.#intensity[p] = intensity;
      this.#log[p] = this.#logOf(intensity);
      this.#reference[p] = this.#log[p] ?? 0;
    }
    this.#blindUntilUs.fill(-1);
    this.#timesUs = [];
    this.#codes = [];
    this.#nowUs = timeUs;
    this.#nextNoiseUs = timeUs + this.#noiseGapUs();
  }

  /** The scene goes over to this image until that time, evenly in log intensity; events lie in [now, untilUs). */
  advance(image: ArrayLike<number>, untilUs: number): void {
    this.#addNoise(untilUs);
    for (let p = 0; p < this.#log.length; p++) {
      const intensity = image[p] ?? 0;
      const isStill = intensity === this.#intensity[p];
      // A blind pixel opens its eye even if nothing moves.
      if (isStill && (this.#blindUntilUs[p] ?? 0) < this.#nowUs) continue;
      const log = isStill ? (this.#log[p] ?? 0) : this.#logOf(intensity);
      this.#see(p, log, untilUs);
      this.#intensity[p] = intensity;
      this.#log[p] = log;
    }
    this.#nowUs = untilUs;
  }

  /** The events since the last time, sorted; `startUs` must not lie behind the first. */
  take(startUs: number): EventBatch {
    const length = this.#timesUs.length;
    const keys = Float64Array.from(
      this.#timesUs,
      (timeUs, i) => (timeUs - startUs) * MOST_PENDING + i,
    ).sort();
    const offsetUs = new Uint32Array(length);
    const x = new Uint16Array(length);
    const y = new Uint16Array(length);
    const polarity = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const key = keys[i] ?? 0;
      const code = this.#codes[key % MOST_PENDING] ?? 0;
      const pixel = code >> 1;
      offsetUs[i] = Math.floor(key / MOST_PENDING);
      x[i] = pixel % this.#options.width;
      y[i] = Math.floor(pixel / this.#options.width);
      polarity[i] = code & 1;
    }
    this.#timesUs = [];
    this.#codes = [];
    return { startUs, offsetUs, x, y, polarity, length };
  }

  /** One pixel from now to `untilUs`, its log intensity going straight to `endLog`. */
  #see(p: number, endLog: number, untilUs: number): void {
    const fromUs = this.#nowUs;
    const startLog = this.#log[p] ?? 0;
    const perUs = (endLog - startLog) / (untilUs - fromUs);
    let cursorUs = fromUs;
    let level = startLog;
    for (;;) {
      const openUs = this.#blindUntilUs[p] ?? 0;
      if (openUs >= untilUs) return;
      if (openUs >= cursorUs) {
        cursorUs = openUs;
        level = startLog + perUs * (cursorUs - fromUs);
        this.#reference[p] = level;
      }
      const on = endLog > level;
      const reference = this.#reference[p] ?? 0;
      const target = on ? reference + (this.#thresholdOn[p] ?? 0) : reference - (this.#thresholdOff[p] ?? 0);
      if (on ? endLog < target : endLog > target) return;
      // The whole microsecond in which the threshold is crossed; rounding may not carry it out of the step.
      const crossedUs = cursorUs + Math.ceil((target - level) / perUs) - 1;
      this.#emit(p, on ? 1 : 0, Math.min(Math.max(crossedUs, cursorUs), untilUs - 1));
    }
  }

  #addNoise(untilUs: number): void {
    const pixels = this.#log.length;
    while (this.#nextNoiseUs < untilUs) {
      const timeUs = Math.floor(this.#nextNoiseUs);
      const pixel = this.#noise.nextBelow(pixels);
      const polarity = this.#noise.nextBelow(2);
      if ((this.#blindUntilUs[pixel] ?? 0) <= timeUs) this.#emit(pixel, polarity, timeUs);
      this.#nextNoiseUs += this.#noiseGapUs();
    }
  }

  #noiseGapUs(): number {
    const perUs = (this.#options.noiseHz * this.#log.length) / 1e6;
    return perUs === 0 ? Number.POSITIVE_INFINITY : -plainLog(1 - this.#noise.nextUnit()) / perUs;
  }

  #emit(pixel: number, polarity: number, timeUs: number): void {
    if (this.#timesUs.length === MOST_PENDING) {
      throw usageError(
        "DVS_PENDING",
        `Expected events to be taken before there are ${MOST_PENDING} of them, found more at ${timeUs} µs.`,
      );
    }
    this.#timesUs.push(timeUs);
    this.#codes.push(pixel * 2 + polarity);
    this.#blindUntilUs[pixel] = timeUs + this.#options.refractoryUs;
  }

  #logOf(intensity: number): number {
    const level = Math.trunc(intensity);
    const low = this.#logs[level] ?? 0;
    return low + (intensity - level) * ((this.#logs[level + 1] ?? 0) - low);
  }
}

function normal(random: Random): number {
  let sum = -UNIFORMS / 2;
  for (let i = 0; i < UNIFORMS; i++) sum += random.nextUnit();
  return Math.min(Math.max(sum, -CLIP), CLIP);
}

function checkOptions(options: DvsOptions): void {
  const expect = (good: boolean, what: string, found: number) => {
    if (!good)
      throw usageError("DVS_OPTION", `Expected ${what} for a simulated event camera, found ${found}.`);
  };
  const { width, height, thresholdOn, thresholdOff, mismatch, refractoryUs, noiseHz, dark } = options;
  for (const side of [width, height])
    expect(Number.isInteger(side) && side > 0 && side <= 1024, "1 to 1024 pixels a side", side);
  for (const threshold of [thresholdOn, thresholdOff])
    expect(threshold > 0 && Number.isFinite(threshold), "a threshold above 0", threshold);
  expect(mismatch >= 0 && mismatch <= 1, "a mismatch from 0 to 1", mismatch);
  expect(
    Number.isInteger(refractoryUs) && refractoryUs >= 1,
    "a refractory period of whole microseconds",
    refractoryUs,
  );
  expect(noiseHz >= 0 && noiseHz <= 1e6, "a noise rate from 0 to 1,000,000 Hz", noiseHz);
  expect(dark > 0 && Number.isFinite(dark), "a dark level above 0", dark);
}
