/**
 * Filters that nobody learned: the controls beside which a claim of STDP has to stand.
 * Balanced random: the same number of ones in every map. Imprinted: patches of images, as they came.
 * Not here: learning itself, which is native.
 */

import { dataError } from "../core/errors.ts";
import { permutation, type Random } from "../core/random.ts";
import type { NativeWaveNetwork, NativeWaveParams } from "../native/binding.ts";
import { waveShape } from "./wave-shape.ts";

/** Patches looked at before an image set is said to have too few spikes. */
const MOST_TRIES_PER_MAP = 10_000;

/**
 * Binary weights, [taps][maps].
 * @param options ones: ones in each map, at most the taps
 */
export function balancedRandomFilters(
  params: NativeWaveParams,
  options: { readonly ones: number; readonly random: Random },
): Float32Array {
  const { taps } = waveShape(params);
  const weights = new Float32Array(taps * params.maps);
  for (let map = 0; map < params.maps; map++) {
    const chosen = permutation(taps, options.random).subarray(0, options.ones);
    for (const tap of chosen) weights[tap * params.maps + map] = 1;
  }
  return weights;
}

/**
 * Binary weights, [taps][maps]: each map is the first `ones` spikes of a window at a random place of a random image.
 * Windows with fewer than `least` spikes are passed over.
 * @param options pixels: images of width × height pixels, one after the other
 * @throws SpikelineError WAVE_PATCHES if the images have too few windows with so many spikes
 */
export function imprintedFilters(
  network: Pick<NativeWaveNetwork, "encodeImages">,
  params: NativeWaveParams,
  options: {
    readonly pixels: Uint8Array;
    readonly ones: number;
    readonly least?: number;
    readonly random: Random;
  },
): Float32Array {
  const { pixels, ones, least = ones, random } = options;
  const { taps, pixels: size, positionsX, positionsY } = waveShape(params);
  const frames = Math.floor(pixels.length / size);
  const weights = new Float32Array(taps * params.maps);
  for (let map = 0, tries = 0; map < params.maps; tries++) {
    if (frames === 0 || tries === params.maps * MOST_TRIES_PER_MAP) {
      throw dataError(
        "WAVE_PATCHES",
        `Expected windows with ${least} spikes in ${frames} images, found ${map} in ${tries} tries; ` +
          "give more images or ask for fewer spikes.",
      );
    }
    const frame = random.nextBelow(frames);
    const position = { x: random.nextBelow(positionsX), y: random.nextBelow(positionsY) };
    const image = pixels.subarray(frame * size, (frame + 1) * size);
    const patch = firstTaps(network, params, image, position).slice(0, ones);
    if (patch.length < least) continue;
    for (const tap of patch) weights[tap * params.maps + map] = 1;
    map++;
  }
  return weights;
}

/** The taps of the spikes in the window at a position, in order of rank. */
function firstTaps(
  network: Pick<NativeWaveNetwork, "encodeImages">,
  params: NativeWaveParams,
  image: Uint8Array,
  position: { readonly x: number; readonly y: number },
): number[] {
  const { window, pad, maxSpikes } = params;
  const offsets = new Uint32Array(2);
  const x = new Uint16Array(maxSpikes);
  const y = new Uint16Array(maxSpikes);
  const channel = new Uint8Array(maxSpikes);
  network.encodeImages(image, offsets, x, y, channel);
  const taps: number[] = [];
  for (let k = 0; k < (offsets[1] ?? 0); k++) {
    const wx = (x[k] ?? 0) - position.x + pad;
    const wy = (y[k] ?? 0) - position.y + pad;
    if (wx < 0 || wx >= window || wy < 0 || wy >= window) continue;
    taps.push(((channel[k] ?? 0) * window + wy) * window + wx);
  }
  return taps;
}
