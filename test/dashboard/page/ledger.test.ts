/** The sum in the box of the line: exact, and honest when it does not add up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StageCounts } from "../../../src/core/telemetry.ts";
import { LossWatch, ledgerOf, stationsOf, supersededIn } from "../../../src/dashboard/page/ledger.ts";

/** Stages that hand on exactly what they deliver. */
const chains = fc
  .tuple(
    fc.nat(1e12),
    fc.array(fc.record({ held: fc.nat(99), full: fc.nat(99), filtered: fc.nat(99) }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([used, steps]) => {
    const stages: StageCounts[] = [];
    let delivered = used;
    // From the last stage back to the first.
    for (const { held, full, filtered } of steps) {
      const received = delivered + held + full + filtered;
      stages.unshift({
        name: "stage",
        received,
        delivered,
        held,
        dropped: { full, filtered },
        unit: "events",
      });
      delivered = received;
    }
    return { stages, used };
  });

describe("the ledger", () => {
  it("adds up exactly for any chain of stages that keep their books", () => {
    fc.assert(
      fc.property(chains, ({ stages, used }) => {
        const ledger = ledgerOf(stages);
        expect(ledger).toMatchObject({ used, unaccounted: 0 });
        if (ledger === undefined) return;
        expect(ledger.received).toBe(ledger.used + ledger.held + ledger.filtered + ledger.lost);
      }),
      { numRuns: 2000 },
    );
  });

  it("says how many are not accounted for when a stage forgets some", () => {
    fc.assert(
      fc.property(chains, fc.integer({ min: 1, max: 999 }), ({ stages }, forgotten) => {
        const [first, ...rest] = stages;
        if (first === undefined) return;
        expect(ledgerOf([{ ...first, received: first.received + forgotten }, ...rest])?.unaccounted).toBe(
          forgotten,
        );
      }),
    );
  });

  it("never adds frames to events", () => {
    const stages: StageCounts[] = [
      { name: "sensor", received: 10, delivered: 10, held: 0, dropped: {}, unit: "events" },
      { name: "network", received: 5, delivered: 3, held: 0, dropped: { "queue full": 2 }, unit: "frames" },
    ];
    expect(ledgerOf(stages)).toMatchObject({
      unit: "events",
      lost: 0,
      unaccounted: 0,
      lostElsewhere: [{ unit: "frames", count: 2 }],
    });
  });

  it("is nothing while there are no stages", () => {
    expect(ledgerOf([])).toBeUndefined();
  });
});

describe("the snapshots for the page", () => {
  const stages: StageCounts[] = [
    { name: "sensor", received: 10, delivered: 10, held: 0, dropped: {}, unit: "events" },
    { name: "snapshots", received: 9, delivered: 2, held: 0, dropped: { superseded: 7 }, unit: "snapshots" },
  ];

  it("are no station, and those replaced by newer ones are skipped, not lost", () => {
    expect(stationsOf(stages).map(({ name }) => name)).toEqual(["sensor"]);
    expect(ledgerOf(stationsOf(stages))).toMatchObject({ lost: 0, lostElsewhere: [] });
    expect(supersededIn(stages)).toBe(7);
  });
});

describe("a watched loss", () => {
  it("goes on for ten seconds after it grew, and is then a loss of earlier", () => {
    const watch = new LossWatch();
    expect(watch.state(0)).toBe("none");
    watch.update(0, 0);
    expect(watch.update(5, 1000)).toBe(true);
    expect(watch.update(5, 2000)).toBe(false);
    expect(watch.state(10_999)).toBe("losing");
    expect(watch.state(11_000)).toBe("earlier");
  });

  it("is a loss of earlier when it was there before the page was", () => {
    const watch = new LossWatch();
    expect(watch.update(7, 0)).toBe(false);
    expect(watch.state(0)).toBe("earlier");
  });
});
