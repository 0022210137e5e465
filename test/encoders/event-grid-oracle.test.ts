import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventGridDescription, EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { ReferenceEventGrid } from "../reference/event-grid.ts";
import { batchOf, episodeAt, event } from "./event-batches.ts";

const size = { width: 5, height: 3 };

describe("the event grid beside its oracle, for any stream", () => {
  /** Batches may begin before the last one ended, and events lie outside the sensor. */
  const batchesArb = fc.array(
    fc.record({
      stepUs: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: -3000, max: 5000 }) },
        { weight: 1, arbitrary: fc.constantFrom(900_000, 1_200_000, 2 ** 32 - 2000) },
      ),
      episode: fc.option(fc.nat(2), { nil: undefined }),
      events: fc.array(
        fc.record({ stepUs: fc.integer({ min: -20, max: 900 }), x: fc.nat(5), y: fc.nat(3), on: fc.nat(1) }),
        { maxLength: 30 },
      ),
    }),
    { maxLength: 20 },
  );
  const gridArb: fc.Arbitrary<EventGridDescription> = fc.record({
    kind: fc.constant("event-grid" as const),
    pool: fc.integer({ min: 1, max: 4 }),
    polarity: fc.constantFrom("split" as const, "merge" as const),
    window: fc.oneof(
      fc.constant({ by: "episode" as const }),
      fc.constantFrom(0.3, 1, 5, 900).map((durationMs) => ({ by: "time" as const, durationMs })),
      fc.integer({ min: 1, max: 40 }).map((events) => ({ by: "count" as const, events })),
    ),
    refractoryUs: fc.constantFrom(undefined, 0, 700, 5000),
  });

  it("gives the same frames at the same pushes, and the same accounts", () => {
    fc.assert(
      fc.property(batchesArb, gridArb, (stream, grid) => {
        const encoder = new EventGridEncoder(size, grid);
        const oracle = new ReferenceEventGrid(size, grid);
        let startUs = 0;
        let received = 0;
        for (const { stepUs, episode, events } of stream) {
          startUs = Math.max(0, startUs + stepUs);
          let timeUs = startUs;
          const placed = events.map(({ stepUs: sinceUs, x, y, on }) => {
            timeUs = Math.max(startUs, timeUs + sinceUs);
            return event(timeUs, x, y, on);
          });
          const batch = batchOf(placed, startUs, episode === undefined ? undefined : episodeAt(episode));
          received += batch.length;
          expect(encoder.push(batch)).toEqual(oracle.push(batch));
        }
        expect(encoder.flush()).toEqual(oracle.flush());
        const dropped = Object.fromEntries(Object.entries(oracle.dropped).filter(([, count]) => count > 0));
        expect(encoder.counts()).toMatchObject({ received, held: 0 });
        expect(encoder.counts().dropped).toEqual(dropped);
        expect(encoder.gaps).toBe(oracle.gaps);
      }),
      { numRuns: 1000 },
    );
  });
});
