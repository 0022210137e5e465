import { Subject } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import type { Snapshot } from "../../src/core/telemetry.ts";
import { type SnapshotState, snapshotsOf } from "../../src/pipeline/live.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import { AcknowledgedCounts, whileAcknowledged } from "../../src/pipeline/operators/while-acknowledged.ts";
import { episodeBatch, fakeSensor, optionsWith } from "./live-world.ts";

/** A reader who is slow under virtual time: it acknowledges each snapshot so long after it came. */
function read(
  readerMs: number,
  untilMs: number,
): { readonly taken: Snapshot[]; readonly superseded: number } {
  const taken: Snapshot[] = [];
  const accounts = new AcknowledgedCounts();
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    const clock = { nowUs: () => scheduler.now() * 1000, cpuUs: () => 0 };
    const batch$ = new Subject<EventBatch>();
    for (let i = 0; i < untilMs / 20; i++) scheduler.schedule(() => batch$.next(episodeBatch(i)), 20 * i);
    scheduler.schedule(() => batch$.complete(), untilMs);
    const graph = new LiveGraph(optionsWith({ sensor: fakeSensor(batch$) }), clock, scheduler);
    const seen$ = new Subject<void>();
    const isFinal = (state: SnapshotState) => state === "ended";
    snapshotsOf(graph, whileAcknowledged(seen$, { isFinal, accounts }), scheduler).subscribe((snapshot) => {
      taken.push(snapshot);
      scheduler.schedule(() => seen$.next(), readerMs);
    });
    flush();
  });
  return { taken, superseded: accounts.counts().dropped.superseded ?? 0 };
}

describe("snapshots for a slow reader", () => {
  it("are made only when they can be sent: he is told of every frame and every event once", () => {
    const { taken, superseded } = read(250, 2000);
    expect(superseded).toBeGreaterThan(30);
    expect(taken.length).toBeLessThan(12);
    expect(taken.map(({ sequence }) => sequence)).toEqual([...taken.keys()]);

    const frames = taken.flatMap(({ raster }) => raster?.frames ?? []);
    expect(frames.map(({ startUs }) => startUs)).toEqual(Array.from({ length: 100 }, (_, i) => i * 1000));
    const inputs = taken.flatMap(({ raster }) => [...(raster?.inputs ?? [])]);
    expect(inputs.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(taken.reduce((sum, { raster }) => sum + (raster?.row.length ?? 0), 0)).toBe(100);
    expect(taken.reduce((sum, { picture }) => sum + (picture?.on ?? 0), 0)).toBe(100);
  });

  it("tell him what was learned twice a second at most, and a first time with the first of them", () => {
    const { taken } = read(0, 2000);
    expect(taken.length).toBeGreaterThan(60);
    const told = taken.flatMap(({ learned }) => learned ?? []);
    expect(taken[0]?.learned?.revision).toBe(0);
    expect(told.map(({ revision }) => revision)).toEqual([...told.keys()]);
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(5);
  });

  it("always reach him at the end", () => {
    const { taken } = read(1e9, 500);
    expect(taken.map(({ state }) => state)).toEqual(["opening", "ended"]);
    expect(taken[1]?.raster?.frames).toHaveLength(25);
  });
});
