/** What every sensor is, live or replayed: a cold stream of batches with exact accounts. */
import type { Observable } from "rxjs";
import type { EventBatch } from "../core/batches.ts";
import type { StageCounts } from "../core/telemetry.ts";

export type Sensor<T> = {
  /** What the user knows it by: a path, a device. */
  readonly name: string;
  /**
   * True for a sensor that keeps its own time and waits for nobody: who is slower must drop.
   * False for one that brings the next batch when the last has been dealt with. Only `hurry` changes it.
   */
  readonly paced: boolean;
  /** Cold: opening begins on subscription, unsubscribing closes. One subscriber at a time. */
  open(): Observable<T>;
  /** What the present or last opening has brought. */
  counts(): StageCounts;
  /** Only where a source makes its own time: on, as fast as it is taken; off, in real time. */
  readonly hurry?: (on: boolean) => void;
  /** One sentence about what went wrong last and was survived; undefined while nothing has. */
  fault(): string | undefined;
};

export type EventSensor = Sensor<EventBatch> & {
  readonly width: number;
  readonly height: number;
};
