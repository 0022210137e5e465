/**
 * Spikes of features on a map: what a wave network says of a batch of frames, and what the readouts of readout/linear.ts
 * and readout/reward.ts take. Within a frame they stand in the order of time.
 */
export type FeatureSpikes = {
  /** frames + 1 positions, from 0, never falling: frame f has the spikes start[f] … start[f + 1]. */
  readonly start: Uint32Array;
  readonly feature: Uint16Array;
  /** Position on the map. */
  readonly x: Uint8Array;
  readonly y: Uint8Array;
};
