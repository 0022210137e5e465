/** What the margin's curve says in words, and where things stand in it. Pure. */
import type { MarginTrace } from "../../core/telemetry.ts";
import { count, duration } from "./format.ts";

/** The top of the curve's axis: the leads of ten classes stay below. */
const USUAL_TOP = 0.6;
/** Where that would leave "enough" no room, the axis goes to the end. */
const USUAL_FOR = 0.5;

/** Fixed for a model, so that curves of two frames can be compared. */
export const topOf = ({ enough }: Pick<MarginTrace, "enough">): number =>
  enough > USUAL_FOR ? 1 : USUAL_TOP;

/** The lead that the frame ended with. */
export const lastMargin = ({ margin }: Pick<MarginTrace, "margin">): number => margin.at(-1) ?? 0;

/** 0 at the first spike, 1 at the last one. */
export function placesOf({ offsetUs }: Pick<MarginTrace, "offsetUs">): readonly number[] {
  const first = offsetUs[0] ?? 0;
  const span = (offsetUs.at(-1) ?? 0) - first;
  return offsetUs.map((us) => (span > 0 ? (us - first) / span : 1));
}

/** When the lead was enough, or that it was not. */
export function marginWords(trace: MarginTrace): string {
  const { spikes, spikesSoFar, offsetUs, decidedAt, enough } = trace;
  if (spikes === 0) return "no spikes in this frame";
  const of = `of ${count(spikes)} spikes`;
  if (decidedAt === undefined) return `unsure after ${count(spikes)} spikes · ${duration(offsetUs.at(-1))}`;
  const at = `${count(spikesSoFar[decidedAt])} ${of}`;
  if (lastMargin(trace) < enough) return `enough at ${at}, not at the end`;
  return `decided at ${at} · ${duration(offsetUs[decidedAt])}`;
}
