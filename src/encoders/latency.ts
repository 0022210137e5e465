/**
 * One spike per pixel of an image, the brighter the earlier: t = (1 − I/255) · durationUs, cut to whole microseconds.
 * Nothing is drawn by chance: the same image gives the same spikes.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { usageError } from "../core/errors.ts";

const INTENSITIES = 256;
const BRIGHTEST = INTENSITIES - 1;
/** Offsets and durations are 32 bits. */
const MAX_DURATION_US = 2 ** 32 - 1;

export type LatencyOptions = {
  readonly pixels: Uint8Array;
  readonly durationUs: number;
  /** Pixels at or below it stay silent, 0..255. */
  readonly threshold?: number;
};

/**
 * Spikes in order of time, those of one time in order of their pixels; O(pixels).
 * @throws SpikelineError LATENCY_OPTION
 */
export function encodeLatency({ pixels, durationUs, threshold = 0 }: LatencyOptions): SpikeBatch {
  if (!Number.isInteger(durationUs) || durationUs < 1 || durationUs > MAX_DURATION_US) {
    throw usageError(
      "LATENCY_OPTION",
      `Expected a duration of 1 to ${MAX_DURATION_US} whole microseconds for latencies, found ${durationUs}.`,
    );
  }
  if (!(threshold >= 0 && threshold <= BRIGHTEST)) {
    throw usageError(
      "LATENCY_OPTION",
      `Expected a threshold of 0 to ${BRIGHTEST} for latencies, found ${threshold}.`,
    );
  }
  const timeOf = times(durationUs);
  const { next, length } = firstPlaces(pixels, { threshold, timeOf });
  const neuron = new Uint32Array(length);
  const offsetUs = new Uint32Array(length);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const intensity = pixels[pixel] ?? 0;
    if (intensity <= threshold) continue;
    const bucket = timeOf.bucket[intensity] ?? 0;
    const at = next[bucket] ?? 0;
    next[bucket] = at + 1;
    neuron[at] = pixel;
    offsetUs[at] = timeOf.offsetUs[intensity] ?? 0;
  }
  return { startUs: 0, durationUs, offsetUs, neuron, length };
}

type Times = {
  /** Per intensity. */
  readonly offsetUs: Uint32Array;
  /** Per intensity the brightest one of the same time: in a short frame several share a microsecond. */
  readonly bucket: Uint8Array;
};

function times(durationUs: number): Times {
  const offsetUs = new Uint32Array(INTENSITIES);
  const bucket = new Uint8Array(INTENSITIES);
  for (let intensity = BRIGHTEST; intensity >= 0; intensity--) {
    // The product is below 2^53, so the cut is exact.
    offsetUs[intensity] = Math.floor(((BRIGHTEST - intensity) * durationUs) / BRIGHTEST);
    const isShared = intensity < BRIGHTEST && offsetUs[intensity] === offsetUs[intensity + 1];
    bucket[intensity] = isShared ? (bucket[intensity + 1] ?? 0) : intensity;
  }
  return { offsetUs, bucket };
}

/** Counting sort: per bucket the place of its first spike, the brightest bucket at 0. */
function firstPlaces(
  pixels: Uint8Array,
  { threshold, timeOf }: { readonly threshold: number; readonly timeOf: Times },
): { readonly next: Uint32Array; readonly length: number } {
  const next = new Uint32Array(INTENSITIES);
  for (const intensity of pixels) {
    if (intensity <= threshold) continue;
    const bucket = timeOf.bucket[intensity] ?? 0;
    next[bucket] = (next[bucket] ?? 0) + 1;
  }
  let length = 0;
  for (let bucket = BRIGHTEST; bucket >= 0; bucket--) {
    const count = next[bucket] ?? 0;
    next[bucket] = length;
    length += count;
  }
  return { next, length };
}
