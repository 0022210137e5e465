/**
 * Oracle of native/kernel/wave_gabor.hpp (after Mozafari et al. 2018): filters, the strongest of a square, what stronger
 * neighbours leave of it, and the strongest orientation of each place; one place after another.
 */
import type { NativeGabor, NativeWaveParams } from "../../src/native/binding.ts";
import { gaborPlaces } from "../../src/network/wave-shape.ts";
import { expNonPositive } from "./exponential.ts";

const ONE = 4096;
const ASPECT = 0.3;

export type OrientedPlace = {
  readonly x: number;
  readonly y: number;
  readonly orientation: number;
  readonly strength: number;
};

function cosOfTurns(turns: number): number {
  const x = 6.283185307179586 * (turns - Math.floor(turns + 0.5));
  const square = x * x;
  let sum = 1;
  for (let n = 13; n >= 1; n--) sum = 1 - (square * sum) / ((2 * n - 1) * (2 * n));
  return sum;
}

/** Taps of filter k of n, row by row; they sum to 0. */
export function gaborTaps(k: number, n: number, size: number): readonly number[] {
  const turns = (k + 0.5) / (2 * n);
  const [cosine, sine] = [cosOfTurns(turns), cosOfTurns(turns - 0.25)];
  const [lambda, sigma, reach] = [size / 2, 0.8 * (size / 2), Math.floor(size / 2)];
  const g = Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [(i % size) - reach, Math.floor(i / size) - reach];
    const along = x * cosine + y * sine;
    const across = ASPECT * (y * cosine - x * sine);
    return (
      expNonPositive(-(along * along + across * across) / (2 * sigma * sigma)) * cosOfTurns(along / lambda)
    );
  });
  const mean = g.reduce((sum, value) => sum + value, 0) / g.length;
  const highest = Math.max(...g) - mean;
  const taps = g.map((value) => Math.floor(((value - mean) / highest) * ONE + 0.5));
  const rest = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap, i) => (i === (size * size - 1) / 2 ? tap - rest : tap));
}

function responseAt(pixels: Uint8Array, p: NativeWaveParams, taps: readonly number[], x: number, y: number) {
  const size = Math.sqrt(taps.length);
  const inside = (value: number, side: number) => Math.min(Math.max(value, 0), side - 1);
  return taps.reduce((sum, tap, i) => {
    const px = inside(x + (i % size) - Math.floor(size / 2), p.width);
    const py = inside(y + Math.floor(i / size) - Math.floor(size / 2), p.height);
    return sum + tap * (pixels[py * p.width + px] ?? 0);
  }, 0);
}

type Grid = {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
};

/** The strongest of each square, of one orientation. */
function pooled(pixels: Uint8Array, p: NativeWaveParams, gabor: NativeGabor, taps: readonly number[]): Grid {
  const { pool, stride } = gabor;
  const responses = Array.from({ length: p.width * p.height }, (_, i) =>
    Math.abs(responseAt(pixels, p, taps, i % p.width, Math.floor(i / p.width))),
  );
  const [width, height] = [gaborPlaces(p.width, gabor), gaborPlaces(p.height, gabor)];
  const values = Array.from({ length: width * height }, (_, i) => {
    const [left, top] = [(i % width) * stride, Math.floor(i / width) * stride];
    let strongest = 0;
    for (let k = 0; k < pool * pool; k++) {
      const px = left - Math.floor(pool / 2) + (k % pool);
      const py = top - Math.floor(pool / 2) + Math.floor(k / pool);
      if (px < 0 || py < 0 || px >= p.width || py >= p.height) continue;
      strongest = Math.max(strongest, responses[py * p.width + px] ?? 0);
    }
    return strongest;
  });
  return { width, height, at: (x, y) => values[y * width + x] ?? 0 };
}

function inhibited(grid: Grid, shares: Float64Array, x: number, y: number): number {
  const own = grid.at(x, y);
  let left = own;
  for (const [k, share] of shares.entries()) {
    let factor = 1;
    for (let ny = 0; ny < grid.height; ny++) {
      for (let nx = 0; nx < grid.width; nx++) {
        const distance = Math.max(Math.abs(nx - x), Math.abs(ny - y));
        if (distance === k + 1 && grid.at(nx, ny) > own) factor *= 1 - share;
      }
    }
    left *= factor;
  }
  return Math.trunc(left);
}

/** The strongest orientation of each place, and the strongest that any image can give. */
export function orientedPlaces(pixels: Uint8Array, p: NativeWaveParams, gabor: NativeGabor) {
  const { orientations, size, inhibition } = gabor;
  const filters = Array.from({ length: orientations }, (_, k) => gaborTaps(k, orientations, size));
  const positive = filters.map((taps) => taps.reduce((sum, tap) => sum + Math.max(tap, 0), 0));
  const grids = filters.map((taps) => pooled(pixels, p, gabor, taps));
  const places: OrientedPlace[] = [];
  const [{ width, height } = { width: 0, height: 0 }] = grids;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const strengths = grids.map((grid) => inhibited(grid, inhibition, x, y));
      const strength = Math.max(...strengths);
      places.push({ x, y, orientation: strengths.indexOf(strength), strength });
    }
  }
  return { places, fullScale: 255 * Math.max(...positive) };
}
