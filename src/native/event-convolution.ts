/**
 * The native event-driven convolution as TypeScript sees it: types only; binding.ts loads the class.
 * All calls are synchronous; typed arrays are borrowed for the call only.
 */
import type { NativeSurfaceNetwork } from "./surface.ts";

/** native/kernel/event_convolution_params.hpp in JavaScript. */
export type NativeEventConvolutionParams = {
  /** Of the sensor, pixels, at most 256 each way. */
  readonly width: number;
  readonly height: number;
  /** At most 256. */
  readonly maps: number;
  /** A neuron sees a square of 2 · radius + 1 pixels, OFF and ON; at most 3. */
  readonly radius: number;
  /** A spike silences the positions within so many pixels each way; at most radius. */
  readonly lateral: number;
  /** Of the initial weights. */
  readonly seed: number;
  /** Parts of a frame that speak as features of their own; the last has no end. */
  readonly binUs: number;
  readonly bins: number;
  /** 1: each bin is moved so that its events' centroid lies in the middle. */
  readonly centre: 0 | 1;
  /** A tap took part in a spike if its last event came at most so long before. */
  readonly windowUs: number;
  readonly tauUs: number;
  /** Initial, in weights; rest is 0. */
  readonly threshold: number;
  /** To which a spike lowers the potentials, not positive. */
  readonly reset: number;
  readonly initialLow: number;
  readonly initialHigh: number;
  /** Of taps that took part: w += rise · w · (1 − w). */
  readonly rise: number;
  /** Of the others: w −= fall · w · (1 − w). */
  readonly fall: number;
  /** A learned spike raises its map's threshold by this and lowers all by this ÷ maps. */
  readonly thresholdRate: number;
};

/** The complete state between frames, dense. */
export type NativeEventConvolutionState = {
  /** [polarity][row][column][maps], 0 to 1. */
  readonly weights: Float32Array;
  /** [maps]. */
  readonly thresholds: Float32Array;
  /** [2]: spikes learned, low and high. */
  readonly counters: Uint32Array;
};

export type NativeEventConvolution = Pick<
  NativeSurfaceNetwork,
  "present" | "learn" | "kernelName" | "dispose"
> & {
  /** Fills the arrays. */
  readState(state: NativeEventConvolutionState): void;
  /** Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeEventConvolutionState): void;
};
