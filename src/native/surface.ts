/**
 * The native network of time-surface prototypes as TypeScript sees it: types only; binding.ts loads the class.
 * All calls are synchronous; typed arrays are borrowed for the call only.
 */

/** native/kernel/surface_params.hpp in JavaScript. */
export type NativeSurfaceParams = {
  /** Of the sensor, pixels, at most 256 each way. */
  readonly width: number;
  readonly height: number;
  /** At most 256. */
  readonly prototypes: number;
  /** A surface is a square of 2 · radius + 1 pixels; at most 7. */
  readonly radius: number;
  /** 1: the event's own polarity; 2: OFF and ON. */
  readonly planes: 1 | 2;
  readonly tauUs: number;
  /** Parts of a frame that speak as features of their own; the last has no end. */
  readonly binUs: number;
  readonly bins: number;
  /** 1: each bin is moved so that its events' centroid lies in the middle. */
  readonly centre: 0 | 1;
  /** Surfaces less similar than this to every prototype become one, while any are left. */
  readonly vigilance: number;
  /** Least share by which the winner moves. */
  readonly rate: number;
};

/** The complete state between frames, dense. */
export type NativeSurfaceState = {
  /** [plane][row][column][prototypes]; each prototype has length 1, unused ones are 0. */
  readonly weights: Float32Array;
  /** [prototypes]; 0: unused. */
  readonly wins: Uint32Array;
  /** [2]: events learned, low and high. */
  readonly counters: Uint32Array;
};

/** Events of one frame, and room for as many feature spikes; returns how many there are. Throws SPIKELINE_*. */
type RunFrame = (
  offsetUs: Uint32Array,
  input: Uint32Array,
  outOffsetUs: Uint32Array,
  feature: Uint16Array,
  x: Uint8Array,
  y: Uint8Array,
) => number;

export type NativeSurfaceNetwork = {
  readonly present: RunFrame;
  /** As present; the prototypes move. */
  readonly learn: RunFrame;
  /** Fills the arrays. */
  readState(state: NativeSurfaceState): void;
  /** Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeSurfaceState): void;
  kernelName(): string;
  /** Frees the memory; idempotent. */
  dispose(): void;
};
