/**
 * The friendly face of the native wave network: images in, feature spikes out, learning without labels in one call.
 * Crosses the native border once per slice of a batch; it blocks for all its images.
 */

import { dataError, usageError } from "../core/errors.ts";
import { type FeatureSpikes, joinFeatureSpikes } from "../core/feature-spikes.ts";
import type { Tensor } from "../model/schema.ts";
import { type WaveDescription, type WaveModel, waveMap } from "../model/wave-schema.ts";
import {
  type NativeWaveNetwork,
  type NativeWaveParams,
  type NativeWaveState,
  native,
} from "../native/binding.ts";
import { type WaveShape, waveShape } from "./wave-shape.ts";

export type WaveOutputs = FeatureSpikes & {
  /** Per frame, spikes of the encoder. */
  readonly inputSpikes: Uint32Array;
};

export type WaveLesson = {
  /** frames × winners: the maps that learned, then NO_MAP. */
  readonly winnerMap: Uint16Array;
  readonly inputSpikes: Uint32Array;
};

export const NO_MAP = 0xffff;

/** Spikes that a call has room for: 8 MB, whatever the images' size. */
const LISTED_SPIKES = 2 ** 20;
const CHANNELS = 2;
/** Of a byte: what the lists of feature spikes say a place with. */
const MOST_POSITIONS = 256;
/** Pooled counts are not asked for: the readouts pool themselves. */
const ANY_CELL = 1;

type Lists = Readonly<Record<"feature" | "x" | "y" | "rank", Uint16Array>>;

export class WaveNetwork {
  readonly maps: number;
  /** Pixels of an image. */
  readonly pixels: number;
  readonly #winners: number;
  readonly #shape: WaveShape;
  readonly #window: number;
  readonly #native: NativeWaveNetwork;
  #lists: Lists | undefined;

  private constructor(description: WaveDescription, kernel?: string) {
    const params = nativeWaveParams(description);
    this.maps = params.maps;
    this.#winners = params.winners;
    this.#window = params.window;
    this.#shape = waveShape(params);
    this.pixels = this.#shape.pixels;
    this.#native = new native.WaveNetwork(params, kernel);
  }

  /**
   * A network with fresh weights from the description's seed. `kernel` forces an instruction set by name; all give
   * the same bits.
   * @throws SpikelineError WAVE_MAP, TypeError SPIKELINE_ARGUMENT, Error SPIKELINE_KERNEL
   */
  static create(description: WaveDescription, options: { readonly kernel?: string } = {}): WaveNetwork {
    return new WaveNetwork(description, options.kernel);
  }

  /**
   * A network that continues, bit for bit, where the saved one stood.
   * @throws SpikelineError MODEL_TENSOR, WAVE_MAP
   */
  static restore({ description, tensors }: WaveModel): WaveNetwork {
    const network = new WaveNetwork(description);
    const state = network.#emptyState();
    for (const [name, { data }] of network.#stateTensors(state)) {
      const found = tensors.get(name)?.data;
      if (found?.constructor !== data.constructor || found.length !== data.length) {
        const came = found === undefined ? "none" : `${found.constructor.name} of ${found.length}`;
        throw dataError(
          "MODEL_TENSOR",
          `Expected ${data.constructor.name} of ${data.length} for tensor ${name}, but found ${came}.`,
        );
      }
      data.set(found);
    }
    network.#native.writeState(state);
    return network;
  }

  /**
   * Learns from images, one after the other.
   * @param images frames × height × width, 0..255
   * @throws SpikelineError WAVE_FRAMES if the length does not fit
   */
  learn(images: Uint8Array): WaveLesson {
    const frames = this.#framesIn(images);
    const lesson = {
      winnerMap: new Uint16Array(frames * this.#winners),
      inputSpikes: new Uint32Array(frames),
    };
    this.#native.learnImages(images, lesson.inputSpikes, lesson.winnerMap);
    return lesson;
  }

  /**
   * The feature spikes of images; nothing is learned.
   * @param images frames × height × width, 0..255
   * @throws SpikelineError WAVE_FRAMES if the length does not fit
   */
  present(images: Uint8Array): WaveOutputs {
    const frames = this.#framesIn(images);
    const inputSpikes = new Uint32Array(frames);
    const slice = Math.max(1, Math.floor(LISTED_SPIKES / this.#shape.mostFeatures));
    const parts: FeatureSpikes[] = [];
    for (let first = 0; first < frames; first += slice) {
      const last = Math.min(frames, first + slice);
      const pixels = images.subarray(first * this.pixels, last * this.pixels);
      parts.push(this.#presentSlice(pixels, inputSpikes.subarray(first, last)));
    }
    return { ...joinFeatureSpikes(parts), inputSpikes };
  }

  /** Mean w(1 − w): 0 when every weight has decided. */
  convergence(): number {
    return this.#native.convergence();
  }

  /** Receptive fields: maps × 2 × window × window weights, 0 to 1; ON first, then OFF. */
  fields(): Float32Array {
    const { weights } = this.#state();
    const { taps } = this.#shape;
    return Float32Array.from(
      { length: taps * this.maps },
      (_, i) => weights[(i % taps) * this.maps + Math.floor(i / taps)] ?? 0,
    );
  }

  /** The complete state, as copies: with the description, all that a model file needs of the network. */
  tensors(): Map<string, Tensor> {
    return this.#stateTensors(this.#state());
  }

  /** Frees the native memory; idempotent. Any later call throws SPIKELINE_DISPOSED. */
  dispose(): void {
    this.#native.dispose();
    this.#lists = undefined;
  }

  #presentSlice(pixels: Uint8Array, inputSpikes: Uint32Array): FeatureSpikes {
    const { feature, x, y, rank } = this.#listsOf(inputSpikes.length * this.#shape.mostFeatures);
    const start = new Uint32Array(inputSpikes.length + 1);
    this.#native.presentImages(pixels, inputSpikes, new Uint8Array(0), start, feature, x, y, rank);
    const spikes = start.at(-1) ?? 0;
    // Every place fits a byte: the description's check saw to it.
    return {
      start,
      feature: feature.slice(0, spikes),
      x: new Uint8Array(x.subarray(0, spikes)),
      y: new Uint8Array(y.subarray(0, spikes)),
    };
  }

  /** Lists of exactly that length, over memory that is kept. */
  #listsOf(room: number): Lists {
    if (this.#lists === undefined || this.#lists.feature.length < room) {
      const list = () => new Uint16Array(room);
      this.#lists = { feature: list(), x: list(), y: list(), rank: list() };
    }
    const { feature, x, y, rank } = this.#lists;
    const cut = (list: Uint16Array) => list.subarray(0, room);
    return { feature: cut(feature), x: cut(x), y: cut(y), rank: cut(rank) };
  }

  #framesIn(images: Uint8Array): number {
    const frames = images.length / this.pixels;
    if (Number.isInteger(frames)) return frames;
    throw usageError(
      "WAVE_FRAMES",
      `Expected whole images of ${this.pixels} pixels, but ${images.length} pixels came.`,
    );
  }

  #state(): NativeWaveState {
    const state = this.#emptyState();
    this.#native.readState(state);
    return state;
  }

  #emptyState(): NativeWaveState {
    return {
      weights: new Float32Array(this.#shape.taps * this.maps),
      theta: new Float32Array(this.maps),
      counters: new Uint32Array(2),
    };
  }

  /** The same arrays, named and shaped as tensors of the model file. */
  #stateTensors({ weights, theta, counters }: NativeWaveState): Map<string, Tensor> {
    return new Map<string, Tensor>([
      ["layer0.weights", { shape: [CHANNELS, this.#window, this.#window, this.maps], data: weights }],
      ["layer0.theta", { shape: [this.maps], data: theta }],
      ["layer0.counters", { shape: [counters.length], data: counters }],
    ]);
  }
}

/** @throws SpikelineError WAVE_MAP if a place on the map does not fit a byte */
function nativeWaveParams(description: WaveDescription): NativeWaveParams {
  const { input, seed, encoder, layers } = description;
  const [{ learning, thresholds, kind: _, ...layer }] = layers;
  const { kind: __, mostSpikes: maxSpikes, ...contrast } = encoder;
  const { threshold: learningThreshold, ...rates } = learning;
  const { width, height } = waveMap(description);
  if (width > MOST_POSITIONS || height > MOST_POSITIONS) {
    throw usageError(
      "WAVE_MAP",
      `Expected at most ${MOST_POSITIONS} × ${MOST_POSITIONS} positions of a wave layer, found ${width} × ${height}; use smaller images.`,
    );
  }
  return {
    ...input,
    seed,
    ...contrast,
    maxSpikes,
    ...layer,
    thresholds: Float64Array.from(thresholds),
    cell: ANY_CELL,
    learningThreshold,
    ...rates,
  };
}
