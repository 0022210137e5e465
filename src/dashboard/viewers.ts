/**
 * All viewers of the dashboard and the newest snapshot: admits, feeds, and counts them.
 * A message is serialised once and shared by all; what a slow viewer misses is counted.
 */
import type { Observable } from "rxjs";
import type { WebSocket } from "ws";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Control } from "../core/control.ts";
import { DurationHistogram } from "../core/duration-histogram.ts";
import type { Learned, Snapshot } from "../core/telemetry.ts";
import { CLOSE, encodeLearned, encodeSnapshot } from "./protocol.ts";
import { SharedMessage } from "./shared-message.ts";
import { type Feed, Viewer, type ViewerEnd } from "./viewer.ts";

/** A Raspberry Pi's worth; each costs at most one message on its way and 1 MiB waiting. */
const MAX_VIEWERS = 50;

/** What only eyes need. */
const UNSEEN = { picture: undefined, raster: undefined, wave: undefined };

export type ViewersOptions = {
  readonly snapshots$: Observable<Snapshot>;
  readonly onControl: (control: Control) => void;
  readonly encode?: typeof encodeSnapshot;
  /** Calls `second` once a second until the returned function is called. */
  readonly everySecond?: (second: () => void) => () => void;
  readonly clock?: Clock;
};

export type DashboardCounts = {
  /** Connected now. */
  readonly viewers: number;
  /** Of these, pages that nobody can see. */
  readonly hidden: number;
  /** Upgrades refused at the gate, and viewers turned away because there were enough. */
  readonly refused: number;
  readonly busy: number;
  readonly snapshots: number;
  /** Snapshot messages made, whole and small. */
  readonly serialised: number;
  /** Over all viewers: offered = sent + skipped + held. */
  readonly offered: number;
  readonly sent: number;
  readonly skipped: number;
  readonly held: number;
  /** Bytes waiting in this process for the viewer that has most of them. */
  readonly mostBufferedBytes: number;
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
  readonly #feed: Feed;
  #newest: Snapshot | undefined;
  #whole: SharedMessage | undefined;
  #small: SharedMessage | undefined;
  #learned: SharedMessage | undefined;
  readonly #sentTimes = new DurationHistogram();
  /** The decision whose way to the page was measured last, or that nobody was there to see. */
  #timedDecision: number | undefined;
  /** The snapshot the hidden ones were last offered. */
  #offeredSmall: Snapshot | undefined;
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
    this.#feed = {
      snapshot: () => this.#whole?.bytes(),
      smallSnapshot: () => this.#small?.bytes(),
      learned: () => this.#learned?.bytes(),
      onSnapshotSent: () => this.#timeDecision(),
    };
  }

  open(): void {
    const { snapshots$, everySecond = everySystemSecond } = this.#options;
    const subscription = snapshots$.subscribe({
      next: (snapshot) => this.#publish(snapshot),
      // The page says that the pipeline failed; handling the failure is for whoever runs the pipeline.
      error: (error: unknown) => this.#publishFailure(error),
    });
    const stop = everySecond(() => this.#second());
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
      feed: this.#feed,
      onControl: this.#options.onControl,
      onReturn: (back) => this.#offerTo(back),
      onEnd: (gone, end) => this.#bury(gone, end),
    });
    this.#viewers.add(viewer);
    this.#offerTo(viewer);
  }

  counts(): DashboardCounts {
    const viewers = [...this.#viewers];
    const sum = (pick: (viewer: Viewer) => number) =>
      viewers.reduce((total, viewer) => total + pick(viewer), 0);
    return {
      viewers: viewers.length,
      hidden: viewers.filter((viewer) => viewer.isHidden).length,
      refused: this.refused,
      busy: this.#busy,
      snapshots: this.#snapshots,
      serialised: this.#serialised,
      offered: this.#offered,
      sent: this.#sentBefore + sum((viewer) => viewer.budget.sent),
      skipped: this.#skippedBefore + sum((viewer) => viewer.budget.skipped),
      held: sum((viewer) => viewer.budget.held),
      mostBufferedBytes: Math.max(0, ...viewers.map((viewer) => viewer.bufferedBytes)),
      ended: { ...this.#ended },
    };
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshots++;
    this.#newest = snapshot;
    this.#whole = this.#shareSnapshot(snapshot);
    this.#small = this.#shareSnapshot({ ...snapshot, ...UNSEEN });
    if (snapshot.learned !== undefined) this.#publishLearned(snapshot.learned);
    const watching = [...this.#viewers].filter((viewer) => !viewer.isHidden);
    // What nobody was there to see did not take long: it is not timed when somebody comes at last.
    if (watching.length === 0) this.#timedDecision = snapshot.decision?.id;
    for (const viewer of watching) this.#offerTo(viewer);
  }

  /** Its revision is not looked at: another pipeline begins again, and its first is newer than the last one's tenth. */
  #publishLearned(learned: Learned): void {
    this.#learned = new SharedMessage(() => encodeLearned(learned));
  }

  #publishFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#newest === undefined) {
      for (const viewer of this.#viewers) viewer.close(CLOSE.failed, "the pipeline failed");
      return;
    }
    // What counts since the last snapshot has been told with it.
    const { picture } = this.#newest;
    const still = picture && { ...picture, on: 0, off: 0 };
    const told = { raster: undefined, wave: undefined, learned: undefined, picture: still };
    this.#publish({ ...this.#newest, ...told, state: "failed", message });
  }

  #second(): void {
    for (const viewer of this.#viewers) viewer.second();
    if (this.#offeredSmall === this.#newest) return;
    this.#offeredSmall = this.#newest;
    for (const viewer of this.#viewers) {
      if (viewer.isHidden) this.#offerTo(viewer);
    }
  }

  #offerTo(viewer: Viewer): void {
    if (this.#newest === undefined) return;
    this.#offered++;
    viewer.offer();
  }

  #shareSnapshot(snapshot: Snapshot): SharedMessage {
    return new SharedMessage(() => {
      this.#serialised++;
      const times = this.#sentTimes.quantiles(this.#nowUs());
      const sent = times && { p50Us: times.p50Us, p99Us: times.p99Us };
      return (this.#options.encode ?? encodeSnapshot)(snapshot, sent);
    });
  }

  /** From the arrival of a frame's last events until the first viewer's message with its decision. */
  #timeDecision(): void {
    const decision = this.#newest?.decision;
    if (decision === undefined || decision.id === this.#timedDecision) return;
    this.#timedDecision = decision.id;
    const nowUs = this.#nowUs();
    this.#sentTimes.add(nowUs, nowUs - decision.arrivedUs);
  }

  #nowUs(): number {
    return (this.#options.clock ?? systemClock).nowUs();
  }

  #bury(viewer: Viewer, end: ViewerEnd): void {
    this.#viewers.delete(viewer);
    this.#ended[end]++;
    this.#sentBefore += viewer.budget.sent;
    this.#skippedBefore += viewer.budget.skipped;
  }
}
