/** Oracle of native/kernel/feature_bins.hpp: the features of bins, and the centring of each by its events. */
import type { NativeSurfaceNetwork } from "../../src/native/surface.ts";

type Outputs = Parameters<NativeSurfaceNetwork["present"]>;

export type BinParams = {
  readonly width: number;
  readonly height: number;
  /** Of one bin. */
  readonly features: number;
  readonly bins: number;
  readonly binUs: number;
  readonly centre: 0 | 1;
};

export type PlacedSpike = {
  readonly us: number;
  readonly feature: number;
  readonly x: number;
  readonly y: number;
};

/** Writes the spikes as the native networks do; returns how many there are. */
export function writeSpikes(
  { width, height, features, bins, binUs, centre }: BinParams,
  spikes: readonly PlacedSpike[],
  ...[offsetUs, input, outOffsetUs, feature, x, y]: Outputs
): number {
  const binOf = (us: number) => Math.min(bins - 1, Math.floor(us / binUs));
  let end = 0;
  for (let bin = 0; bin < bins; bin++) {
    const events = [...input].filter((_, k) => binOf(offsetUs[k] ?? 0) === bin);
    const shift = (axis: (from: number) => number, side: number) => {
      const sum = events.reduce((total, from) => total + axis(from), 0);
      return Math.floor(((side - 1) * events.length - 2 * sum + events.length) / (2 * events.length));
    };
    const xOf = (from: number) => from % width;
    const yOf = (from: number) => Math.floor(from / width) % height;
    const [dx, dy] = centre === 1 ? [shift(xOf, width), shift(yOf, height)] : [0, 0];
    for (const spike of spikes.filter(({ us }) => binOf(us) === bin)) {
      const [toX, toY] = [spike.x + dx, spike.y + dy];
      if (toX < 0 || toX >= width || toY < 0 || toY >= height) continue;
      outOffsetUs[end] = spike.us;
      feature[end] = bin * features + spike.feature;
      x[end] = toX;
      y[end++] = toY;
    }
  }
  return end;
}
