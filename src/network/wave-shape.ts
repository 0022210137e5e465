/** Sizes that follow from the description of wave layers: native/kernel/wave_params.hpp's and wave_layer_params.hpp's. */
import type { NativeWaveLayerParams, NativeWaveParams } from "../native/binding.ts";

export type WaveShape = {
  readonly pixels: number;
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

const CHANNELS = 2;

export function waveShape(params: NativeWaveParams): WaveShape {
  const { width, height, window, pad, maps, cell, thresholds } = params;
  const positionsX = width + 2 * pad - window + 1;
  const positionsY = height + 2 * pad - window + 1;
  const features = thresholds.length * maps;
  const cellsX = Math.ceil(positionsX / cell);
  const cellsY = Math.ceil(positionsY / cell);
  return {
    pixels: width * height,
    positionsX,
    positionsY,
    taps: CHANNELS * window * window,
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
