/** Sizes that follow from the description of a wave layer: native/kernel/wave_params.hpp's. */
import type { NativeWaveParams } from "../native/binding.ts";

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
