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

/** The frames of all parts, one after the other. */
export function joinFeatureSpikes(parts: readonly FeatureSpikes[]): FeatureSpikes {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const frames = parts.reduce((total, { start }) => total + start.length - 1, 0);
  const spikes = parts.reduce((total, { feature }) => total + feature.length, 0);
  const all = {
    start: new Uint32Array(frames + 1),
    feature: new Uint16Array(spikes),
    x: new Uint8Array(spikes),
    y: new Uint8Array(spikes),
  };
  let frame = 0;
  let at = 0;
  for (const { start, feature, x, y } of parts) {
    for (let f = 1; f < start.length; f++) all.start[frame + f] = at + (start[f] ?? 0);
    all.feature.set(feature, at);
    all.x.set(x, at);
    all.y.set(y, at);
    frame += start.length - 1;
    at += feature.length;
  }
  return all;
}
