/**
 * All viewers of the dashboard and the newest snapshot: admits, feeds, and counts them.
 * A snapshot is serialised once and shared by all; what a slow viewer misses is counted.
 */
import type { Observable } from "rxjs";
import type { WebSocket } from "ws";
import type { Control } from "../core/control.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { CLOSE, encodeSnapshot } from "./protocol.ts";
import { Viewer, type ViewerEnd } from "./viewer.ts";

/** A Raspberry Pi's worth; each costs at most one snapshot and 1 MiB waiting. */
const MAX_VIEWERS = 50;

export type ViewersOptions = {
  readonly snapshots$: Observable<Snapshot>;
  readonly onControl: (control: Control) => void;
  readonly encode?: (snapshot: Snapshot) => Uint8Array;
  /** Calls `second` once a second until the returned function is called. */
  readonly everySecond?: (second: () => void) => () => void;
};

export type DashboardCounts = {
  /** Connected now. */
  readonly viewers: number;
  /** Upgrades refused at the gate, and viewers turned away because there were enough. */
  readonly refused: number;
  readonly busy: number;
  readonly snapshots: number;
  readonly serialised: number;
  /** Over all viewers: offered = sent + skipped + held. */
  readonly offered: number;
  readonly sent: number;
  readonly skipped: number;
  readonly held: number;
  readonly ended: Readonly<Record<ViewerEnd, number>>;
};

function everySystemSecond(second: () => void): () => void {
  const timer = setInterval(second, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

export class Viewers {
  refused = 0;
  readonly #options: ViewersOptions;
  readonly #viewers = new Set<Viewer>();
  #newest: Snapshot | undefined;
  #message: Uint8Array | undefined;
  #leave: Array<() => void> = [];
  readonly #ended: Record<ViewerEnd, number> = { left: 0, stalled: 0, silent: 0, flooded: 0, misspoke: 0 };
  #busy = 0;
  #snapshots = 0;
  #serialised = 0;
  #offered = 0;
  #sentBefore = 0;
  #skippedBefore = 0;

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  open(): void {
    const { snapshots$, everySecond = everySystemSecond } = this.#options;
    const subscription = snapshots$.subscribe({
      next: (snapshot) => this.#publish(snapshot),
      // The page says that the pipeline failed; handling the failure is for whoever runs the pipeline.
      error: (error: unknown) => this.#publishFailure(error),
    });
    const stop = everySecond(() => {
      for (const viewer of this.#viewers) viewer.second();
    });
    this.#leave = [() => subscription.unsubscribe(), stop];
  }

  close(): void {
    for (const leave of this.#leave) leave();
    for (const viewer of this.#viewers) viewer.close(CLOSE.goingAway, "spikeline stops");
  }

  admit(socket: WebSocket): void {
    if (this.#viewers.size >= MAX_VIEWERS) {
      this.#busy++;
      socket.on("error", () => undefined);
      socket.close(CLOSE.busy, `this device already serves ${MAX_VIEWERS} pages`);
      return;
    }
    const viewer = new Viewer({
      socket,
      newest: () => this.#newestMessage(),
      onControl: this.#options.onControl,
      onEnd: (gone, end) => this.#bury(gone, end),
    });
    this.#viewers.add(viewer);
    if (this.#newest !== undefined) this.#offerTo(viewer);
  }

  counts(): DashboardCounts {
    const sum = (pick: (viewer: Viewer) => number) =>
      [...this.#viewers].reduce((total, viewer) => total + pick(viewer), 0);
    return {
      viewers: this.#viewers.size,
      refused: this.refused,
      busy: this.#busy,
      snapshots: this.#snapshots,
      serialised: this.#serialised,
      offered: this.#offered,
      sent: this.#sentBefore + sum((viewer) => viewer.budget.sent),
      skipped: this.#skippedBefore + sum((viewer) => viewer.budget.skipped),
      held: sum((viewer) => viewer.budget.held),
      ended: { ...this.#ended },
    };
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshots++;
    this.#newest = snapshot;
    this.#message = undefined;
    for (const viewer of this.#viewers) this.#offerTo(viewer);
  }

  #publishFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#newest !== undefined) this.#publish({ ...this.#newest, state: "failed", message });
    else for (const viewer of this.#viewers) viewer.close(CLOSE.failed, "the pipeline failed");
  }

  #offerTo(viewer: Viewer): void {
    this.#offered++;
    viewer.offer();
  }

  /** Serialised when the first viewer needs it, then shared: every send borrows the same bytes. */
  #newestMessage(): Uint8Array | undefined {
    if (this.#newest === undefined) return undefined;
    if (this.#message === undefined) {
      this.#message = (this.#options.encode ?? encodeSnapshot)(this.#newest);
      this.#serialised++;
    }
    return this.#message;
  }

  #bury(viewer: Viewer, end: ViewerEnd): void {
    this.#viewers.delete(viewer);
    this.#ended[end]++;
    this.#sentBefore += viewer.budget.sent;
    this.#skippedBefore += viewer.budget.skipped;
  }
}
