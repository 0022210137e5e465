/**
 * The native door: the one typed declaration of the addon, the one cast, the one explained failure.
 * Nothing else may load the `.node`. All calls are synchronous; typed arrays are borrowed for the call only.
 */
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EXIT, SpikelineError } from "../core/errors.ts";
import type { NativeEventConvolution, NativeEventConvolutionParams } from "./event-convolution.ts";
import type {
  NativeFeatureRows,
  NativeLinearParams,
  NativeLinearReadout,
  NativePoolParams,
  NativeRewardParams,
  NativeRewardReadout,
} from "./readouts.ts";
import type { NativeSurfaceNetwork, NativeSurfaceParams } from "./surface.ts";

/** native/kernel/clocked_params.hpp in JavaScript. Voltages in mV relative to the leak potential. */
export type NativeParams = {
  readonly inputs: number;
  readonly neurons: number;
  readonly seed: number;
  /** 0 float32, 1 uint8. */
  readonly weights: 0 | 1;
  /** 0 post-target, 1 pair, 2 triplet. */
  readonly rule: 0 | 1 | 2;
  /** 0 soft, 1 hard. */
  readonly competition: 0 | 1;
  /** The post-target rule's mu. */
  readonly bound: 0 | 1;
  readonly dtMs: number;
  readonly tauMemMs: number;
  readonly vReset: number;
  readonly vThreshold: number;
  readonly vExcitatory: number;
  readonly vInhibitory: number;
  readonly refractoryMs: number;
  readonly thetaPlus: number;
  readonly thetaInitial: number;
  readonly tauThetaMs: number;
  readonly wMax: number;
  readonly initialMax: number;
  readonly gain: number;
  /** 0: weights are not normalised. */
  readonly normalisedSum: number;
  readonly etaPre: number;
  readonly etaPost: number;
  readonly xTarget: number;
  readonly tauPreMs: number;
  readonly tauPostMs: number;
  readonly tauPost2Ms: number;
  readonly inhibition: number;
  readonly durationMs: number;
  readonly restMs: number;
  readonly minSpikes: number;
  readonly maxRepeats: number;
  /** 0: the network takes no images. */
  readonly maxRateHz: number;
  readonly brighterHz: number;
};

/** The complete state between frames, dense and row-major; the weights array of the other kind is empty. */
export type NativeState = {
  readonly weightsF32: Float32Array;
  readonly weightsU8: Uint8Array;
  readonly scale: Float32Array;
  readonly sum: Float64Array;
  readonly theta: Float32Array;
  readonly membrane: Float32Array;
  readonly refractory: Int32Array;
  readonly preAge: Int32Array;
  readonly postAge: Int32Array;
  readonly counters: Uint32Array;
};

export type NativeClockedNetwork = {
  /** [sync] pixels frames×inputs, counts frames×neurons, inputSpikes and repeats frames. Throws SPIKELINE_*. */
  presentImages(
    pixels: Uint8Array,
    counts: Uint16Array,
    inputSpikes: Uint32Array,
    repeats: Uint8Array,
    learn: boolean,
  ): void;
  /** [sync] Returns the number of output spikes; those beyond the out arrays are counted, not listed. */
  presentSpikes(
    offsetUs: Uint32Array,
    input: Uint32Array,
    durationUs: number,
    counts: Uint16Array,
    outOffsetUs: Uint32Array,
    outNeuron: Uint32Array,
    learn: boolean,
  ): number;
  /** [sync] Fills the arrays. */
  readState(state: NativeState): void;
  /** [sync] Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeState): void;
  /** [sync] Weight reads of the synaptic drive so far. */
  synapticEvents(): number;
  kernelName(): string;
  /** [sync] Frees the memory; idempotent. */
  dispose(): void;
};

/** Of every layer of a wave network: native/kernel/wave_synapses.hpp. */
export type NativeWavePlasticity = {
  readonly initialMean: number;
  readonly initialStd: number;
  readonly learningThreshold: number;
  /** What a win adds to its map's learning threshold; 0: no homeostasis. */
  readonly thetaPlus: number;
  readonly aPlus: number;
  readonly aPlusMax: number;
  /** A− ÷ A+. */
  readonly aRatio: number;
  /** A+ doubles after so many learned frames. */
  readonly doublingFrames: number;
  /** Neurons that learn from a frame, at most. */
  readonly winners: number;
  readonly inhibitionRadius: number;
};

/** native/kernel/wave_params.hpp in JavaScript. Thresholds in weights: 1 is one spike over a full synapse. */
export type NativeWaveParams = NativeWavePlasticity & {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** At most 256. */
  readonly maps: number;
  /** Side of the square that a neuron sees, pixels. */
  readonly window: number;
  /** Positions beyond the image's edge, on each side. */
  readonly pad: number;
  /** The strongest input spikes of a frame; the rest is left out. */
  readonly maxSpikes: number;
  /** Of strength, in whose order spikes come, those of one by place; 0, absent: as fine as it goes. At most 256. */
  readonly latencyBins?: number;
  /** Side of a pooling cell, positions. */
  readonly cell: number;
  readonly sigmaCentre: number;
  readonly sigmaSurround: number;
  /** Least difference of Gaussians that spikes, as a share of full scale. */
  readonly contrast: number;
  /** Of use: 1 to 4, rising. */
  readonly thresholds: Float64Array;
  /** Oriented filters instead of the difference of Gaussians: native/kernel/wave_gabor.hpp. */
  readonly gabor?: NativeGabor;
};

export type NativeGabor = {
  readonly orientations: number;
  /** Side of a filter, pixels; odd. */
  readonly size: number;
  /** Side of the square whose strongest pixel stays; squares lie `stride` apart. */
  readonly pool: number;
  readonly stride: number;
  /** Share taken by each stronger place at distance 1, 2, …; at most 8. */
  readonly inhibition: Float64Array;
};

/** The complete state between frames, dense. */
export type NativeWaveState = {
  /** [channel][window y][window x][maps], 0 to 1. */
  readonly weights: Float32Array;
  /** [maps] learning thresholds, in weights. */
  readonly theta: Float32Array;
  /** [2]: frames learned, low and high. */
  readonly counters: Uint32Array;
};

export type NativeWaveNetwork = {
  /**
   * [sync] pixels frames×height×width, inputSpikes frames, counts frames×cellsY×cellsX×features or empty, offsets
   * frames + 1 into the lists; feature, x, y and rank frames×mostFeatures or all empty, by frame, then rank, then
   * position (src/network/wave-shape.ts has the sizes). Throws SPIKELINE_*.
   */
  presentImages(
    pixels: Uint8Array,
    inputSpikes: Uint32Array,
    counts: Uint8Array,
    offsets: Uint32Array,
    feature: Uint16Array,
    x: Uint16Array,
    y: Uint16Array,
    rank: Uint16Array,
  ): void;
  /** [sync] winnerMap frames×winners: the maps that learned, then 65535. */
  learnImages(pixels: Uint8Array, inputSpikes: Uint32Array, winnerMap: Uint16Array): void;
  /** [sync] offsets frames + 1; x, y and channel (0 on, 1 off) frames×maxSpikes, by frame and rank. */
  encodeImages(
    pixels: Uint8Array,
    offsets: Uint32Array,
    x: Uint16Array,
    y: Uint16Array,
    channel: Uint8Array,
  ): void;
  /** [sync] Fills the arrays. */
  readState(state: NativeWaveState): void;
  /** [sync] Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeWaveState): void;
  /** [sync] Mean w(1 − w): 0 when every weight has decided. */
  convergence(): number;
  kernelName(): string;
  /** [sync] Frees the memory; idempotent. */
  dispose(): void;
};

/** native/kernel/wave_layer_params.hpp in JavaScript. Thresholds in weights. */
export type NativeWaveLayerParams = NativeWavePlasticity & {
  /** Of the map before, positions. */
  readonly width: number;
  readonly height: number;
  /** Features of the layer before. */
  readonly channels: number;
  readonly seed: number;
  readonly maps: number;
  /** Side of a cell of pooling in time, positions; 1: none. */
  readonly pool: number;
  readonly poolStride: number;
  /** Side of the square that a neuron sees, cells. */
  readonly window: number;
  readonly pad: number;
  /** 1: the first map to cross at a position silences the others there; 0: every map speaks for itself. */
  readonly firstOnly: number;
  /** Of use: 1 to 4, rising. */
  readonly thresholds: Float64Array;
};

/** Spikes of frames: offsets frames + 1 into the lists, within a frame in the order of rank. */
export type NativeWaveSpikes = readonly [
  offsets: Uint32Array,
  feature: Uint16Array,
  x: Uint16Array,
  y: Uint16Array,
  rank: Uint16Array,
];

export type NativeWaveLayer = {
  /** [sync] The spikes of the layer before, then room for this one's: frames×mostFeatures. Throws SPIKELINE_*. */
  presentSpikes(...spikes: readonly [...NativeWaveSpikes, ...NativeWaveSpikes]): void;
  /** [sync] winnerMap frames×winners: the maps that learned, then 65535. */
  learnSpikes(...spikesAndWinners: readonly [...NativeWaveSpikes, winnerMap: Uint16Array]): void;
  /** [sync] Fills the arrays. */
  readState(state: NativeWaveState): void;
  /** [sync] Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeWaveState): void;
  /** [sync] Mean w(1 − w): 0 when every weight has decided. */
  convergence(): number;
  kernelName(): string;
  /** [sync] Frees the memory; idempotent. */
  dispose(): void;
};

type Binding = {
  readonly ClockedNetwork: new (params: NativeParams, kernel?: string) => NativeClockedNetwork;
  readonly EventConvolution: new (
    params: NativeEventConvolutionParams,
    kernel?: string,
  ) => NativeEventConvolution;
  readonly FeatureRows: new (params: NativePoolParams) => NativeFeatureRows;
  readonly LinearReadout: new (params: NativeLinearParams) => NativeLinearReadout;
  readonly RewardReadout: new (params: NativeRewardParams) => NativeRewardReadout;
  readonly SurfaceNetwork: new (params: NativeSurfaceParams, kernel?: string) => NativeSurfaceNetwork;
  readonly WaveLayer: new (params: NativeWaveLayerParams, kernel?: string) => NativeWaveLayer;
  readonly WaveNetwork: new (params: NativeWaveParams, kernel?: string) => NativeWaveNetwork;
  /** [sync] Reads the whole array `repeats` times and returns the sum; for bandwidth measurements. */
  sumAll(data: Float32Array, repeats: number): number;
  /** [sync] The instruction sets this CPU runs, fastest first. */
  kernelNames(): string[];
};

function load(): Binding {
  const folder = fileURLToPath(new URL("../../native", import.meta.url));
  const require = createRequire(import.meta.url);
  try {
    const nodeGypBuild = require("node-gyp-build") as (folder: string) => Binding;
    return nodeGypBuild(folder);
  } catch (cause) {
    throw new SpikelineError(
      "NATIVE_MISSING",
      EXIT.internal,
      `Expected spikeline's native addon for ${process.platform}-${process.arch} under ${folder}, but it did not ` +
        "load; with a C++20 compiler and Python 3 installed, `npm rebuild` or `npm run build:native` makes it.",
      { cause },
    );
  }
}

export const native: Binding = load();
