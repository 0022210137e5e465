/**
 * Oracle of native/kernel/wave_encoder.hpp: difference of Gaussians and rank order, one pixel after another.
 *
 *   d = Σ_dy c_dy · ((Σ_dx c_dx · pixel) >> 6) − the same of the surround; the edge pixel is repeated
 *   spikes where |d| >= contrast · full scale, strongest first in 1,024 steps, ties in order of the pixels;
 *   with latency bins, steps fall into so many of equal width
 */
import type { NativeGabor, NativeWaveParams } from "../../src/native/binding.ts";
import { expNonPositive } from "./exponential.ts";
import { orientedPlaces } from "./wave-gabor.ts";

export type WaveSpike = { readonly x: number; readonly y: number; readonly channel: number };

const ONE = 4096;
const FULL_SCALE = 255 * 64 * ONE;
const STEPS = 1024;

/** Taps by distance from the middle; both sides and the middle sum to 4096. */
export function gaussianTaps(sigma: number): readonly number[] {
  const radius = Math.ceil(3 * sigma);
  const g = Array.from({ length: radius + 1 }, (_, d) => expNonPositive(-(d * d) / (2 * sigma * sigma)));
  const sum = g.reduce((total, value, d) => total + (d === 0 ? value : 2 * value), 0);
  const sides = g.slice(1).map((value) => Math.floor((value / sum) * ONE + 0.5));
  return [ONE - 2 * sides.reduce((total, tap) => total + tap, 0), ...sides];
}

const at = (taps: readonly number[], d: number) => taps[Math.abs(d)] ?? 0;

/** The strongest that any image can give. */
function strongestOf(centre: readonly number[], surround: readonly number[]): number {
  const reach = Math.max(centre.length, surround.length);
  let positive = 0;
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      positive += Math.max(0, at(centre, y) * at(centre, x) - at(surround, y) * at(surround, x));
    }
  }
  return Math.floor((positive * 255) / 64);
}

/** @returns the step of a strength, or with bins the bin of that step */
function stepsOf(bins: number, strongest: number): (strength: number) => number {
  let shift = 0;
  while (Math.floor(strongest / 2 ** shift) >= STEPS) shift++;
  const highest = strongest >> shift;
  const stepOf = (strength: number) => Math.min(strength >> shift, STEPS - 1);
  if (bins === 0) return stepOf;
  return (strength) => Math.floor((Math.min(stepOf(strength), highest) * bins) / (highest + 1));
}

function blurred(pixels: Uint8Array, p: NativeWaveParams, taps: readonly number[], x: number, y: number) {
  const inside = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  let sum = 0;
  for (let dy = 1 - taps.length; dy < taps.length; dy++) {
    const row = inside(y + dy, p.height) * p.width;
    let across = 0;
    for (let dx = 1 - taps.length; dx < taps.length; dx++) {
      across += at(taps, dx) * (pixels[row + inside(x + dx, p.width)] ?? 0);
    }
    sum += at(taps, dy) * Math.floor(across / 64);
  }
  return sum;
}

/** @returns the spikes of one image in order of rank */
export function encodeWave(pixels: Uint8Array, p: NativeWaveParams): readonly WaveSpike[] {
  return p.gabor === undefined ? encodeContrast(pixels, p) : encodeOriented(pixels, p, p.gabor);
}

function encodeOriented(pixels: Uint8Array, p: NativeWaveParams, gabor: NativeGabor): readonly WaveSpike[] {
  const { places, fullScale } = orientedPlaces(pixels, p, gabor);
  const least = Math.max(1, Math.floor(p.contrast * fullScale + 0.5));
  const stepOf = stepsOf(p.latencyBins ?? 0, fullScale);
  return places
    .filter(({ strength }) => strength >= least)
    .map(({ x, y, orientation, strength }) => ({ x, y, channel: orientation, step: stepOf(strength) }))
    .sort((a, b) => b.step - a.step)
    .slice(0, p.maxSpikes);
}

function encodeContrast(pixels: Uint8Array, p: NativeWaveParams): readonly WaveSpike[] {
  const centre = gaussianTaps(p.sigmaCentre);
  const surround = gaussianTaps(p.sigmaSurround);
  const stepOf = stepsOf(p.latencyBins ?? 0, strongestOf(centre, surround));
  const least = Math.max(1, Math.floor(p.contrast * FULL_SCALE + 0.5));
  const found: (WaveSpike & { readonly step: number })[] = [];
  for (let y = 0; y < p.height; y++) {
    for (let x = 0; x < p.width; x++) {
      const d = blurred(pixels, p, centre, x, y) - blurred(pixels, p, surround, x, y);
      if (Math.abs(d) < least) continue;
      found.push({ x, y, channel: d < 0 ? 1 : 0, step: stepOf(Math.abs(d)) });
    }
  }
  // JavaScript's sort is stable: ties stay in order of the pixels.
  return found.sort((a, b) => b.step - a.step).slice(0, p.maxSpikes);
}
