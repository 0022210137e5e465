/**
 * What one viewer's link may hold: at most one large message on its way, and of snapshots the newest wins.
 * Counts snapshots exactly: offered = sent + skipped + held. It sends nothing itself and reads no clock.
 */

/** Bytes waiting in the process for one viewer, above which it gets nothing more. */
export const SEND_LIMIT_BYTES = 1 << 20;
/** Seconds without one flushed message after which a viewer counts as gone. */
export const STALL_SECONDS = 10;

export class SendBudget {
  #inFlight = false;
  #owed = false;
  #waitedSeconds = 0;
  #sent = 0;
  #skipped = 0;

  get sent(): number {
    return this.#sent;
  }

  get skipped(): number {
    return this.#skipped;
  }

  /** 1 while the newest snapshot waits for the link. */
  get held(): number {
    return this.#owed ? 1 : 0;
  }

  get stalled(): boolean {
    return this.#waitedSeconds > STALL_SECONDS;
  }

  /** A new snapshot replaces the one still waiting, which is thereby skipped. */
  offer(): void {
    if (this.#owed) this.#skipped++;
    this.#owed = true;
  }

  /** Whether the newest snapshot is to be sent now; if so it counts as sent. */
  take(bufferedBytes: number): boolean {
    if (!this.#owed || !this.takeLink(bufferedBytes)) return false;
    this.#owed = false;
    this.#sent++;
    return true;
  }

  /** Whether the link is free for something that is no snapshot; if so it is taken until flushed. */
  takeLink(bufferedBytes: number): boolean {
    if (this.#inFlight || bufferedBytes > SEND_LIMIT_BYTES) return false;
    this.#inFlight = true;
    return true;
  }

  /** What was on its way has left the process. */
  flushed(): void {
    this.#inFlight = false;
    this.#waitedSeconds = 0;
  }

  /** To be called once a second. */
  second(): void {
    if (this.#inFlight || this.#owed) this.#waitedSeconds++;
  }

  /** The viewer is gone: what it was still owed is skipped. */
  close(): void {
    if (this.#owed) this.#skipped++;
    this.#owed = false;
  }
}
