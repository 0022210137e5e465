/** How a decision came about within its frame: the frame's beginnings, ever longer, presented and judged by themselves. */
import type { SpikeBatch } from "../core/batches.ts";
import { joinFeatureSpikes } from "../core/feature-spikes.ts";
import { MAX_TRACE_POINTS, type MarginTrace } from "../core/telemetry.ts";
import type { SurfaceNetwork } from "../network/surface-network.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import { voteOfShares } from "../readout/pooling.ts";

/**
 * Each point is what the model would have said had the frame ended there: nothing of later events is in it. Costs as
 * many events as points × half the frame's. Nothing is learned.
 */
export function marginTrace(
  frame: SpikeBatch,
  parts: {
    readonly decision: number;
    readonly network: Pick<SurfaceNetwork, "present">;
    readonly readout: Pick<FeatureReadout, "judge" | "description">;
    readonly enough: number;
  },
): MarginTrace {
  const { decision, network, readout, enough } = parts;
  const points = Math.min(MAX_TRACE_POINTS, frame.length);
  const lengths = Array.from({ length: points }, (_, k) => Math.round(((k + 1) * frame.length) / points));
  const beginnings = lengths.map((length) => network.present({ ...frame, length }));
  const { classes } = readout.description;
  const { shares, labels } = readout.judge(joinFeatureSpikes(beginnings));
  const margin = lengths.map((_, k) => {
    const isSilent = beginnings[k]?.feature.length === 0;
    const label = isSilent ? undefined : labels[k];
    return voteOfShares(label, shares.subarray(k * classes, (k + 1) * classes), readout.description).margin;
  });
  const decidedAt = margin.findIndex((lead) => lead >= enough);
  return {
    decision,
    spikes: beginnings.at(-1)?.feature.length ?? 0,
    offsetUs: lengths.map((length) => frame.offsetUs[length - 1] ?? 0),
    spikesSoFar: beginnings.map(({ feature }) => feature.length),
    margin,
    enough,
    decidedAt: decidedAt < 0 ? undefined : decidedAt,
  };
}
