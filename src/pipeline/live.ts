/** The live pipeline as a stream of snapshots; it runs while it is subscribed. */
import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  endWith,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  takeWhile,
  throwError,
} from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { LiveGraph, type LiveOptions } from "./live-graph.ts";

/** More often than a screen shows them. */
const SNAPSHOTS_PER_SECOND = 30;

/**
 * One snapshot on opening, then at most 30 a second, and a last one when the sensor has ended ("ended") or
 * something failed ("failed", followed by the error).
 */
export function livePipeline(
  options: LiveOptions,
  clock: Clock = systemClock,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Snapshot> {
  return defer(() => snapshotsOf(new LiveGraph(options, clock, scheduler), scheduler));
}

/** As `livePipeline`, for a graph the caller keeps. */
export function snapshotsOf(
  graph: LiveGraph,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Snapshot> {
  const work$ = graph.decisions().pipe(ignoreElements(), endWith("ended" as const));
  const ticks$ = interval(1000 / SNAPSHOTS_PER_SECOND, scheduler).pipe(map(() => "running" as const));
  return concat(
    defer(() => of(graph.snapshot("opening"))),
    merge(ticks$, work$).pipe(
      takeWhile((state) => state !== "ended", true),
      map((state) => graph.snapshot(state)),
    ),
  ).pipe(
    catchError((error: unknown) =>
      concat(
        defer(() => of(graph.snapshot("failed", sentence(error)))),
        throwError(() => error),
      ),
    ),
  );
}

const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));
