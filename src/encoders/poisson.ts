/**
 * Poisson spikes of one image in plain TypeScript: the separate stage that the native, fused encoder
 * (native/kernel/poisson.hpp) equals bit for bit. The order of the draws is part of the contract.
 *
 * A pixel of value p spikes in a step with probability p/255 · maxRateHz · dt, rounded to 1/65536. The pixels above 0,
 * in ascending order, stand in groups of 32. One draw advances 16 lanes of xoshiro128++ together and decides one
 * group: lane l's low 16 bits belong to position 2l, its high 16 bits to position 2l + 1. A step draws for each group.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { usageError } from "../core/errors.ts";
import { hashWords, mix32, Random } from "../core/random.ts";
import { SpikeColumns } from "./spike-columns.ts";

const LANES = 16;
const GROUP = 2 * LANES;
/** The largest chance a step can give: 65535 of 65536. */
const MAX_THRESHOLD = 65_535;
const GOLDEN = 0x9e3779b9;

export type PoissonOptions = {
  readonly pixels: Uint8Array;
  readonly maxRateHz: number;
  readonly durationMs: number;
  readonly dtMs: number;
  readonly seed: number;
  /** Counts frames from 0; below 2^53. */
  readonly frameIndex: number;
  /** Counts repeats of the same frame from 0. */
  readonly attempt: number;
};

export function encodePoisson(options: PoissonOptions): SpikeBatch {
  const { pixels, maxRateHz, durationMs, dtMs, seed, frameIndex, attempt } = options;
  if (!(maxRateHz > 0 && durationMs > 0 && dtMs > 0)) {
    throw usageError(
      "POISSON_OPTION",
      `Expected a rate, duration and step above 0 for Poisson spikes, found ${maxRateHz} Hz, ${durationMs} ms and ${dtMs} ms.`,
    );
  }
  const active = Uint32Array.from(activePixels(pixels));
  const threshold = Uint16Array.from(active, (pixel) => thresholdOf(pixels[pixel] ?? 0, maxRateHz, dtMs));
  const lanes = seededLanes(hashWords(seed, frameIndex >>> 0, Math.floor(frameIndex / 2 ** 32), attempt));
  const spikes = new SpikeColumns();
  const steps = Math.round(durationMs / dtMs);
  for (let step = 0; step < steps; step++) {
    const offsetUs = Math.round(step * dtMs * 1000);
    for (let first = 0; first < active.length; first += GROUP) {
      drawGroup(lanes, { active, threshold, first, offsetUs }, spikes);
    }
  }
  return { startUs: 0, durationUs: Math.round(durationMs * 1000), ...spikes.take() };
}

type Group = {
  readonly active: Uint32Array;
  readonly threshold: Uint16Array;
  readonly first: number;
  readonly offsetUs: number;
};

function drawGroup(lanes: readonly Random[], group: Group, spikes: SpikeColumns): void {
  const { active, threshold, first, offsetUs } = group;
  for (let lane = 0; lane < LANES; lane++) {
    // Lanes beyond the last pixel are drawn as well: a draw always advances all.
    const bits = lanes[lane]?.nextUint32() ?? 0;
    const at = first + 2 * lane;
    if (at < active.length && (bits & 0xffff) < (threshold[at] ?? 0)) spikes.push(offsetUs, active[at] ?? 0);
    if (at + 1 < active.length && bits >>> 16 < (threshold[at + 1] ?? 0)) {
      spikes.push(offsetUs, active[at + 1] ?? 0);
    }
  }
}

function* activePixels(pixels: Uint8Array): Generator<number> {
  for (const [index, value] of pixels.entries()) if (value > 0) yield index;
}

/** Evaluated left to right in doubles, as the native encoder does. */
function thresholdOf(pixel: number, maxRateHz: number, dtMs: number): number {
  const chance = (((pixel / 255) * maxRateHz * dtMs) / 1000) * 65_536;
  return Math.min(MAX_THRESHOLD, Math.floor(chance + 0.5));
}

function seededLanes(key: number): Random[] {
  return Array.from({ length: LANES }, (_, lane) => {
    const word = (k: number) => mix32(key + Math.imul(lane * 4 + k + 1, GOLDEN));
    return new Random([(word(0) | 1) >>> 0, word(1), word(2), word(3)]);
  });
}
