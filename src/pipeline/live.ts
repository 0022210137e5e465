/** The live pipeline as a stream of snapshots; it runs while it is subscribed. */
import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  endWith,
  identity,
  interval,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  takeWhile,
  throttleTime,
  throwError,
} from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { LiveGraph, type LiveOptions } from "./live-graph.ts";

/** More often than a screen shows them. */
const SNAPSHOTS_PER_SECOND = 30;
/** A decision need not wait for the next snapshot, which would make it later by half of 33 ms; but not all of many. */
const DECISION_EVERY_MS = 100;

/**
 * One snapshot on opening, then 30 a second, at most ten more right behind a decision, and a last one when the sensor has ended ("ended") or
 * something failed ("failed", followed by the error).
 */
export function livePipeline(
  options: LiveOptions,
  clock: Clock = systemClock,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Snapshot> {
  return defer(() => snapshotsOf(new LiveGraph(options, clock, scheduler), identity, scheduler));
}

export type SnapshotState = Snapshot["state"];

/**
 * As `livePipeline`, for a graph the caller keeps. `pacing` may let states go by: a snapshot is made only of those that
 * it lets through, for what a snapshot tells is not told again.
 */
export function snapshotsOf(
  graph: LiveGraph,
  pacing: MonoTypeOperatorFunction<SnapshotState> = identity,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Snapshot> {
  const work$ = graph.decisions().pipe(
    throttleTime(DECISION_EVERY_MS, scheduler),
    map(() => "running" as const),
    endWith("ended" as const),
  );
  const ticks$ = interval(1000 / SNAPSHOTS_PER_SECOND, scheduler).pipe(map(() => "running" as const));
  return concat(
    of("opening" as const),
    merge(ticks$, work$).pipe(takeWhile((state) => state !== "ended", true)),
  ).pipe(
    pacing,
    map((state) => graph.snapshot(state)),
    catchError((error: unknown) =>
      concat(
        defer(() => of(graph.snapshot("failed", sentence(error)))),
        throwError(() => error),
      ),
    ),
  );
}

const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));
