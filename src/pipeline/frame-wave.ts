/** The feature spikes of one frame for the page: thinned evenly to what it shows. */
import type { SpikeBatch } from "../core/batches.ts";
import { type FrameWave, MAX_WAVE_SPIKES } from "../core/telemetry.ts";
import type { SurfaceOutputs } from "../network/surface-network.ts";

/** `map.features` are told apart: a feature of a later part of the frame is its prototype's. */
export function frameWave(
  {
    id,
    frame,
    outputs,
  }: { readonly id: number; readonly frame: SpikeBatch; readonly outputs: SurfaceOutputs },
  map: Pick<FrameWave, "features" | "width" | "height">,
): FrameWave {
  const { offsetUs, feature, x, y } = outputs;
  const shownOneIn = Math.max(1, Math.ceil(feature.length / MAX_WAVE_SPIKES));
  const shown = Array.from({ length: Math.ceil(feature.length / shownOneIn) }, (_, i) => i * shownOneIn);
  const { startUs, durationUs } = frame;
  return {
    ...map,
    ...{ decision: id, startUs, durationUs, shownOneIn },
    offsetUs: Uint32Array.from(shown, (i) => offsetUs[i] ?? 0),
    feature: Uint16Array.from(shown, (i) => (feature[i] ?? 0) % map.features),
    x: Uint8Array.from(shown, (i) => x[i] ?? 0),
    y: Uint8Array.from(shown, (i) => y[i] ?? 0),
  };
}
