/** Batches of events from lists that a test can read. */
import type { Episode, EventBatch } from "../../src/core/batches.ts";

export type Event = {
  readonly timeUs: number;
  readonly x: number;
  readonly y: number;
  readonly polarity: number;
};

export const event = (timeUs: number, x = 0, y = 0, polarity = 0): Event => ({ timeUs, x, y, polarity });
export const episodeAt = (index: number): Episode => ({ index, name: `r${index}`, label: index });

export function batchOf(events: readonly Event[], startUs: number, episode?: Episode): EventBatch {
  return {
    startUs,
    offsetUs: Uint32Array.from(events, ({ timeUs }) => timeUs - startUs),
    x: Uint16Array.from(events, ({ x }) => x),
    y: Uint16Array.from(events, ({ y }) => y),
    polarity: Uint8Array.from(events, ({ polarity }) => polarity),
    length: events.length,
    ...(episode === undefined ? {} : { episode }),
  };
}
