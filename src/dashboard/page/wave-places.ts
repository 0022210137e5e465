/** Where things stand in the picture of a wave. Pure. */
import type { FrameWave } from "../../core/telemetry.ts";

/** Where a spike stands: x from 0 at the frame's start to 1 at its end, y from 0 at the top to 1. */
export function placeOf(wave: FrameWave, i: number): readonly [x: number, y: number] {
  const inLane = ((wave.y[i] ?? 0) + 0.5) / Math.max(1, wave.height);
  const y = ((wave.feature[i] ?? 0) + inLane) / Math.max(1, wave.features);
  return [(wave.offsetUs[i] ?? 0) / Math.max(1, wave.durationUs), y];
}

/** Round times across a frame, in milliseconds: at most seven, 0 and the last one below the end among them. */
export function ticksOf(durationUs: number): readonly number[] {
  const endMs = durationUs / 1000;
  const rough = endMs / 5;
  const decade = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-3)));
  const step = [1, 2, 5, 10].map((times) => times * decade).find((one) => one >= rough) ?? 10 * decade;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
