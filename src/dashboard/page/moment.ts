/** What the panels are drawn from: the newest snapshot and what this page knows about its arrival. */
import type { SnapshotMessage } from "../protocol.ts";
import type { Link } from "./connection.ts";

export type Moment = {
  readonly snapshot: SnapshotMessage;
  readonly arrivedMs: number;
  readonly nowMs: number;
  readonly link: Link;
  /** Snapshots received by this page, and those it was too slow for. */
  readonly shown: number;
  readonly skipped: number;
  readonly shownPerSecond: number | undefined;
  /** From the page to the server and back, or undefined while it is not measured. */
  readonly roundTripMs: number | undefined;
  /** Since when no event has come, or undefined while they do. */
  readonly quietSinceMs: number | undefined;
};
