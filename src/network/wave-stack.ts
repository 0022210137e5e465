/**
 * The native layers of a wave network, one over the other: each takes the spikes of the one before it, slice by slice of
 * a batch, in lists whose memory is kept. Not here: what a model file or a readout wants of it.
 */
import { usageError } from "../core/errors.ts";
import { hashWords } from "../core/random.ts";
import { MAX_POSITIONS } from "../model/readout-fields.ts";
import { type WavePooledLayer, waveChannels, waveMaps } from "../model/wave-layers.ts";
import type { WaveDescription } from "../model/wave-schema.ts";
import {
  type NativeWaveLayer,
  type NativeWaveLayerParams,
  type NativeWaveNetwork,
  type NativeWaveParams,
  type NativeWaveSpikes,
  native,
} from "../native/binding.ts";
import { waveLayerShape, waveShape } from "./wave-shape.ts";

/** Spikes that a layer's lists have room for: 8 MB, whatever the images' size. */
const LISTED_SPIKES = 2 ** 20;
/** Pooled counts are not asked for: the readouts pool themselves. */
const ANY_CELL = 1;

/** What all layers can be asked. */
export type NativeSynapses = Pick<NativeWaveLayer, "readState" | "writeState" | "convergence" | "dispose">;

export class WaveStack {
  /** From the first layer on. */
  readonly layers: readonly NativeSynapses[];
  readonly #first: NativeWaveNetwork;
  readonly #further: readonly NativeWaveLayer[];
  /** Per layer: feature spikes of a frame, at most. */
  readonly #mostFeatures: readonly number[];
  readonly #pixels: number;
  #lists: Uint16Array[][] = [];

  /** @throws SpikelineError WAVE_MAP, TypeError SPIKELINE_ARGUMENT, Error SPIKELINE_KERNEL */
  constructor(description: WaveDescription, kernel?: string) {
    checkMaps(description);
    const params = firstParams(description);
    const further = furtherParams(description);
    this.#pixels = waveShape(params).pixels;
    this.#first = new native.WaveNetwork(params, kernel);
    this.#further = further.map((layer) => new native.WaveLayer(layer, kernel));
    this.layers = [this.#first, ...this.#further];
    this.#mostFeatures = [
      waveShape(params).mostFeatures,
      ...further.map((layer) => waveLayerShape(layer).mostFeatures),
    ];
  }

  /**
   * Presents images to the first `depth` layers, in slices.
   * @param visit the slice's feature spikes of each of these layers, borrowed until it returns
   * @returns per frame, spikes of the encoder
   */
  present(
    images: Uint8Array,
    depth: number,
    visit: (
      spikes: readonly NativeWaveSpikes[],
      frames: { readonly first: number; readonly last: number },
    ) => void,
  ): Uint32Array {
    const frames = images.length / this.#pixels;
    const inputSpikes = new Uint32Array(frames);
    const slice = Math.max(1, Math.floor(LISTED_SPIKES / Math.max(...this.#mostFeatures.slice(0, depth))));
    for (let first = 0; first < frames; first += slice) {
      const last = Math.min(frames, first + slice);
      const pixels = images.subarray(first * this.#pixels, last * this.#pixels);
      visit(this.#presentSlice(pixels, inputSpikes.subarray(first, last), depth), { first, last });
    }
    return inputSpikes;
  }

  /**
   * A layer learns from images, one after the other.
   * @param winnerMap frames × winners of the layer: the maps that learned, then 65535
   * @returns per frame, spikes of the encoder
   */
  learn(images: Uint8Array, at: number, winnerMap: Uint16Array): Uint32Array {
    const layer = this.#further[at - 1];
    const frames = images.length / this.#pixels;
    if (layer === undefined) {
      const inputSpikes = new Uint32Array(frames);
      this.#first.learnImages(images, inputSpikes, winnerMap);
      return inputSpikes;
    }
    const winners = winnerMap.length / frames;
    return this.present(images, at, (spikes, { first, last }) => {
      const below = spikes.at(-1);
      if (below !== undefined)
        layer.learnSpikes(...below, winnerMap.subarray(first * winners, last * winners));
    });
  }

  /** Frees the native memory; idempotent. */
  dispose(): void {
    for (const layer of this.layers) layer.dispose();
    this.#lists = [];
  }

  #presentSlice(pixels: Uint8Array, inputSpikes: Uint32Array, depth: number): NativeWaveSpikes[] {
    let below = this.#room(0, inputSpikes.length);
    const [offsets, ...lists] = below;
    this.#first.presentImages(pixels, inputSpikes, new Uint8Array(0), offsets, ...lists);
    const all = [below];
    for (const [k, layer] of this.#further.slice(0, depth - 1).entries()) {
      const room = this.#room(k + 1, inputSpikes.length);
      layer.presentSpikes(...below, ...room);
      all.push(room);
      below = room;
    }
    return all;
  }

  /** Lists of exactly the length that a layer wants for so many frames, over memory that is kept. */
  #room(at: number, frames: number): NativeWaveSpikes {
    const length = frames * (this.#mostFeatures[at] ?? 0);
    const kept = this.#lists[at]?.[0]?.length ?? -1;
    if (kept < length) this.#lists[at] = Array.from({ length: 4 }, () => new Uint16Array(length));
    const list = (k: number) => (this.#lists[at]?.[k] ?? new Uint16Array(0)).subarray(0, length);
    return [new Uint32Array(frames + 1), list(0), list(1), list(2), list(3)];
  }
}

/** @throws SpikelineError WAVE_MAP if a place on a map does not fit a byte */
function checkMaps(description: WaveDescription): void {
  for (const { width, height } of waveMaps(description)) {
    if (width <= MAX_POSITIONS && height <= MAX_POSITIONS) continue;
    throw usageError(
      "WAVE_MAP",
      `Expected at most ${MAX_POSITIONS} × ${MAX_POSITIONS} positions of a wave layer, found ${width} × ${height}; use smaller images.`,
    );
  }
}

function firstParams({ input, seed, encoder, layers }: WaveDescription): NativeWaveParams {
  const [{ learning, thresholds, kind: _, ...layer }] = layers;
  const { threshold: learningThreshold, ...rates } = learning;
  return {
    ...input,
    seed,
    ...encoderParams(encoder),
    ...layer,
    thresholds: Float64Array.from(thresholds),
    cell: ANY_CELL,
    learningThreshold,
    ...rates,
  };
}

/** Of a difference of Gaussians that is not asked for: any that the kernel takes. */
const UNUSED_CONTRAST = { sigmaCentre: 1, sigmaSurround: 2 };

function encoderParams(encoder: WaveDescription["encoder"]) {
  const { contrast, mostSpikes: maxSpikes, latencyBins = 0 } = encoder;
  const spiking = { contrast, maxSpikes, latencyBins };
  if (encoder.kind === "dog-rank") {
    const { sigmaCentre, sigmaSurround } = encoder;
    return { ...spiking, sigmaCentre, sigmaSurround };
  }
  const { orientations, size, pool, inhibition } = encoder;
  const squares = { pool: pool.side, stride: pool.stride };
  const gabor = { orientations, size, ...squares, inhibition: Float64Array.from(inhibition) };
  return { ...spiking, ...UNUSED_CONTRAST, gabor };
}

function furtherParams(description: WaveDescription): NativeWaveLayerParams[] {
  const { layers, seed } = description;
  const maps = waveMaps(description);
  const channels = waveChannels(description);
  const [, ...further] = layers;
  return further.map((layer: WavePooledLayer, k) => {
    const { learning, thresholds, kind: _, pool, competition, ...shape } = layer;
    const { threshold: learningThreshold, ...rates } = learning;
    const { width, height } = maps[k] ?? { width: 0, height: 0 };
    return {
      width,
      height,
      channels: channels[k + 1] ?? 0,
      seed: hashWords(seed, k + 1),
      ...shape,
      pool: pool.side,
      poolStride: pool.stride,
      firstOnly: competition === "first-map" ? 1 : 0,
      thresholds: Float64Array.from(thresholds),
      learningThreshold,
      ...rates,
    };
  });
}
