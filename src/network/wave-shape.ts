/** Sizes that follow from the description of wave layers: native/kernel/wave_params.hpp's and wave_layer_params.hpp's. */
import type { NativeGabor, NativeWaveLayerParams, NativeWaveParams } from "../native/binding.ts";

export type WaveShape = {
  readonly pixels: number;
  /** Of the encoder's spikes. */
  readonly channels: number;
  readonly positionsX: number;
  readonly positionsY: number;
  /** Weights of one map: channels × window². */
  readonly taps: number;
  /** thresholds × maps; feature = threshold · maps + map. */
  readonly features: number;
  readonly cellsX: number;
  readonly cellsY: number;
  /** Pooled counts of a frame: cells × features. */
  readonly counts: number;
  /** Feature spikes of a frame, at most. */
  readonly mostFeatures: number;
};

/** On and off. */
const CONTRAST_CHANNELS = 2;

/** Places each way that the encoder speaks of: pixels, or squares of them around every `stride`-th. */
export function gaborPlaces(side: number, gabor?: Pick<NativeGabor, "pool" | "stride">): number {
  if (gabor === undefined) return side;
  const { pool, stride } = gabor;
  return Math.floor((side + 2 * Math.floor(pool / 2) - pool) / stride) + 1;
}

export function waveShape(params: NativeWaveParams): WaveShape {
  const { width, height, window, pad, maps, cell, thresholds, gabor } = params;
  const positions = (side: number) => gaborPlaces(side, gabor) + 2 * pad - window + 1;
  const [positionsX, positionsY] = [positions(width), positions(height)];
  const channels = gabor?.orientations ?? CONTRAST_CHANNELS;
  const features = thresholds.length * maps;
  const cellsX = Math.ceil(positionsX / cell);
  const cellsY = Math.ceil(positionsY / cell);
  return {
    pixels: width * height,
    positionsX,
    positionsY,
    channels,
    taps: channels * window * window,
    features,
    cellsX,
    cellsY,
    counts: cellsX * cellsY * features,
    mostFeatures: positionsX * positionsY * thresholds.length,
  };
}

export type WaveLayerShape = Pick<
  WaveShape,
  "positionsX" | "positionsY" | "taps" | "features" | "mostFeatures"
> & {
  /** Cells of pooling in time. */
  readonly cellsX: number;
  readonly cellsY: number;
};

export function waveLayerShape(params: NativeWaveLayerParams): WaveLayerShape {
  const { width, height, channels, maps, pool, poolStride, window, pad, firstOnly, thresholds } = params;
  // They cover the whole map; the last may reach beyond it.
  const cells = (side: number) => (side <= pool ? 1 : Math.ceil((side - pool) / poolStride) + 1);
  const [cellsX, cellsY] = [cells(width), cells(height)];
  const positionsX = cellsX + 2 * pad - window + 1;
  const positionsY = cellsY + 2 * pad - window + 1;
  return {
    cellsX,
    cellsY,
    positionsX,
    positionsY,
    taps: channels * window * window,
    features: thresholds.length * maps,
    mostFeatures: positionsX * positionsY * thresholds.length * (firstOnly === 1 ? 1 : maps),
  };
}
