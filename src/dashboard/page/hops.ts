/** How long the data takes from station to station: medians of stages, and of the last way to the page. */
import type { Latency } from "../../core/telemetry.ts";
import type { SnapshotMessage } from "../protocol.ts";

export type Hop = { readonly p50Us: number; readonly p99Us: number | undefined };

/** The whole way of a decision inside the pipeline. */
const ANSWER = "answer";

/** The hop that ends at a station, or undefined where it is not measured. */
export const hopTo = (latencies: readonly Latency[], station: string): Hop | undefined =>
  latencies.find(({ name }) => name === station);

/**
 * From the decision to the sent message. Of its p99 nothing is known: the slowest answers need not be the slowest
 * to be sent.
 */
export function hopToPage({ latencies, sent }: Pick<SnapshotMessage, "latencies" | "sent">): Hop | undefined {
  const answer = hopTo(latencies, ANSWER);
  if (sent === undefined || answer === undefined) return undefined;
  return { p50Us: Math.max(0, sent.p50Us - answer.p50Us), p99Us: undefined };
}
