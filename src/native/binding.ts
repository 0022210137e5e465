/**
 * The native door: the one typed declaration of the addon, the one cast, the one explained failure.
 * Nothing else may load the `.node`. All calls are synchronous; typed arrays are borrowed for the call only.
 */
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EXIT, SpikelineError } from "../core/errors.ts";
import type {
  NativeLinearParams,
  NativeLinearReadout,
  NativeRewardParams,
  NativeRewardReadout,
} from "./readouts.ts";

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

type Binding = {
  readonly ClockedNetwork: new (params: NativeParams, kernel?: string) => NativeClockedNetwork;
  readonly LinearReadout: new (params: NativeLinearParams) => NativeLinearReadout;
  readonly RewardReadout: new (params: NativeRewardParams) => NativeRewardReadout;
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
