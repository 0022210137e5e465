/**
 * The friendly face of the native wave network: images in, feature spikes out, learning without labels in one call.
 * Crosses the native border once per layer and slice of a batch; it blocks for all its images.
 */

import { usageError } from "../core/errors.ts";
import { type FeatureSpikes, joinFeatureSpikes } from "../core/feature-spikes.ts";
import type { Tensor } from "../model/schema.ts";
import { type WaveMap, waveChannels, waveMaps } from "../model/wave-layers.ts";
import type { WaveDescription, WaveModel } from "../model/wave-schema.ts";
import type { NativeWaveSpikes, NativeWaveState } from "../native/binding.ts";
import { copyTensors } from "./copy-tensors.ts";
import { WaveStack } from "./wave-stack.ts";

export type WaveOutputs = FeatureSpikes & {
  /** Per frame, spikes of the encoder. */
  readonly inputSpikes: Uint32Array;
};

export type WaveLesson = {
  /** frames × winners: the maps that learned, then NO_MAP. */
  readonly winnerMap: Uint16Array;
  readonly inputSpikes: Uint32Array;
};

/** Counted from 0, the one that takes the encoder's spikes. */
export type WhichLayer = { readonly layer?: number };

export const NO_MAP = 0xffff;

export class WaveNetwork {
  /** Of the first layer. */
  readonly maps: number;
  /** Pixels of an image. */
  readonly pixels: number;
  readonly layers: number;
  readonly #description: WaveDescription;
  readonly #stack: WaveStack;

  private constructor(description: WaveDescription, kernel?: string) {
    const { input, layers } = description;
    this.#description = description;
    this.layers = layers.length;
    this.maps = layers[0].maps;
    this.pixels = input.width * input.height;
    this.#stack = new WaveStack(description, kernel);
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
    for (const [at, layer] of network.#stack.layers.entries()) {
      const state = network.#emptyState(at);
      copyTensors(tensors, network.#stateTensors(at, state));
      layer.writeState(state);
    }
    return network;
  }

  /**
   * A layer learns from images, one after the other. The layers below it learn nothing: they should have before.
   * @param images frames × height × width, 0..255
   * @throws SpikelineError WAVE_FRAMES if the length does not fit, WAVE_LAYER
   */
  learn(images: Uint8Array, { layer = 0 }: WhichLayer = {}): WaveLesson {
    const frames = this.#framesIn(images);
    const { winners } = this.#layerAt(layer).learning;
    const winnerMap = new Uint16Array(frames * winners);
    return { winnerMap, inputSpikes: this.#stack.learn(images, layer, winnerMap) };
  }

  /**
   * The feature spikes of images, those that the description's `outputs` names; nothing is learned.
   * @param images frames × height × width, 0..255
   * @throws SpikelineError WAVE_FRAMES if the length does not fit
   */
  present(images: Uint8Array): WaveOutputs {
    this.#framesIn(images);
    const parts: FeatureSpikes[] = [];
    const maps = waveMaps(this.#description);
    const inputSpikes = this.#stack.present(images, this.layers, (spikes) => {
      const last = spikes.at(-1);
      if (this.#description.outputs === "all") parts.push(onFirstMap(spikes, maps));
      else if (last !== undefined) parts.push(copied(last));
    });
    return { ...joinFeatureSpikes(parts), inputSpikes };
  }

  /**
   * Mean w(1 − w) of a layer: 0 when every weight has decided.
   * @throws SpikelineError WAVE_LAYER
   */
  convergence({ layer = 0 }: WhichLayer = {}): number {
    this.#layerAt(layer);
    return this.#stack.layers[layer]?.convergence() ?? Number.NaN;
  }

  /** Receptive fields of the first layer: maps × channels × window × window weights, 0 to 1; ON first, then OFF. */
  fields(): Float32Array {
    const { weights } = this.#state(0);
    const taps = weights.length / this.maps;
    return Float32Array.from(
      { length: weights.length },
      (_, i) => weights[(i % taps) * this.maps + Math.floor(i / taps)] ?? 0,
    );
  }

  /** The complete state, as copies: with the description, all that a model file needs of the network. */
  tensors(): Map<string, Tensor> {
    const layers = this.#stack.layers.keys();
    return new Map([...layers].flatMap((at) => this.#stateTensors(at, this.#state(at))));
  }

  /** Frees the native memory; idempotent. Any later call throws SPIKELINE_DISPOSED. */
  dispose(): void {
    this.#stack.dispose();
  }

  #framesIn(images: Uint8Array): number {
    const frames = images.length / this.pixels;
    if (Number.isInteger(frames)) return frames;
    throw usageError(
      "WAVE_FRAMES",
      `Expected whole images of ${this.pixels} pixels, but ${images.length} pixels came.`,
    );
  }

  #layerAt(at: number) {
    const layer = this.#description.layers[at];
    if (layer !== undefined) return layer;
    throw usageError("WAVE_LAYER", `Expected a layer from 0 to ${this.layers - 1}, found ${at}.`);
  }

  #state(at: number): NativeWaveState {
    const state = this.#emptyState(at);
    this.#stack.layers[at]?.readState(state);
    return state;
  }

  #emptyState(at: number): NativeWaveState {
    const { maps, window } = this.#layerAt(at);
    const taps = (waveChannels(this.#description)[at] ?? 0) * window * window;
    return {
      weights: new Float32Array(taps * maps),
      theta: new Float32Array(maps),
      counters: new Uint32Array(2),
    };
  }

  /** The same arrays, named and shaped as tensors of the model file. */
  #stateTensors(at: number, { weights, theta, counters }: NativeWaveState): [string, Tensor][] {
    const { maps, window } = this.#layerAt(at);
    const channels = waveChannels(this.#description)[at] ?? 0;
    return [
      [`layer${at}.weights`, { shape: [channels, window, window, maps], data: weights }],
      [`layer${at}.theta`, { shape: [maps], data: theta }],
      [`layer${at}.counters`, { shape: [counters.length], data: counters }],
    ];
  }
}

/** Out of borrowed memory. Every place fits a byte: the stack saw to it. */
function copied([start, feature, x, y]: NativeWaveSpikes): FeatureSpikes {
  const spikes = start.at(-1) ?? 0;
  return {
    start,
    feature: feature.slice(0, spikes),
    x: new Uint8Array(x.subarray(0, spikes)),
    y: new Uint8Array(y.subarray(0, spikes)),
  };
}

/**
 * The spikes of all layers, each at the middle of its place on the first layer's map; features are numbered on from
 * layer to layer. Within a frame a layer's spikes follow those of the one before it.
 */
function onFirstMap(layers: readonly NativeWaveSpikes[], maps: readonly WaveMap[]): FeatureSpikes {
  const [to] = maps;
  const spikes = layers.reduce((sum, [offsets]) => sum + (offsets.at(-1) ?? 0), 0);
  const frames = (layers[0]?.[0].length ?? 1) - 1;
  const all = {
    start: new Uint32Array(frames + 1),
    feature: new Uint16Array(spikes),
    x: new Uint8Array(spikes),
    y: new Uint8Array(spikes),
  };
  let end = 0;
  for (let frame = 0; frame < frames; frame++) {
    let firstFeature = 0;
    for (const [at, [offsets, feature, x, y]] of layers.entries()) {
      const from = maps[at];
      if (from === undefined || to === undefined) continue;
      for (let k = offsets[frame] ?? 0; k < (offsets[frame + 1] ?? 0); k++, end++) {
        all.feature[end] = firstFeature + (feature[k] ?? 0);
        all.x[end] = (((x[k] ?? 0) + 0.5) * to.width) / from.width;
        all.y[end] = (((y[k] ?? 0) + 0.5) * to.height) / from.height;
      }
      firstFeature += from.features;
    }
    all.start[frame + 1] = end;
  }
  return all;
}
