/**
 * One page's connection: sends it what its link can take, takes wishes from it, and notices when it is gone.
 * Time comes from outside as one call a second.
 */
import type { RawData, WebSocket } from "ws";
import type { Control } from "../core/control.ts";
import { CLOSE, MAX_CONTROL_BYTES, type Notice, PROTOCOL_VERSION, parseWish, type Wish } from "./protocol.ts";
import { SEND_LIMIT_BYTES, SendBudget } from "./send-budget.ts";

const PING_EVERY_SECONDS = 10;
const MISSED_PINGS = 2;
/** A person clicks a few times a second; more is a fault or a flood. */
const MAX_MESSAGES_PER_SECOND = 20;
/** What was learned waits for a free link, but on a link that is never free it must not wait for ever. */
const LEARNED_PATIENCE_SECONDS = 2;

export type ViewerEnd = "left" | "stalled" | "silent" | "flooded" | "misspoke";

/** What is there to be sent: messages shared by all viewers, each undefined before the first. */
export type Feed = {
  snapshot(): Uint8Array | undefined;
  /** The snapshot without what only eyes need, for a page nobody sees. */
  smallSnapshot(): Uint8Array | undefined;
  /** Another array means other content. */
  learned(): Uint8Array | undefined;
  /** Called when a whole snapshot has been given to the socket. */
  onSnapshotSent(): void;
};

export type ViewerOptions = {
  readonly socket: WebSocket;
  readonly feed: Feed;
  readonly onControl: (control: Control) => void;
  /** The page can be seen again and wants the newest snapshot whole. */
  readonly onReturn: (viewer: Viewer) => void;
  readonly onEnd: (viewer: Viewer, end: ViewerEnd) => void;
};

export class Viewer {
  readonly budget = new SendBudget();
  readonly #options: ViewerOptions;
  #end: ViewerEnd = "left";
  #isHidden = false;
  #toldSkipped = 0;
  #toldLearned: Uint8Array | undefined;
  #learnedWaitSeconds = 0;
  #messagesThisSecond = 0;
  #seconds = 0;
  #unansweredPings = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    const { socket } = options;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("ping", () => this.#spendMessage());
    socket.on("pong", () => {
      this.#unansweredPings = 0;
    });
    // A broken frame ends in "close" as well; without a listener it would end the process.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.budget.close();
      options.onEnd(this, this.#end);
    });
    this.#say({ kind: "hello", protocol: PROTOCOL_VERSION });
  }

  /** Whether the page has said that nobody can see it. */
  get isHidden(): boolean {
    return this.#isHidden;
  }

  /** Bytes waiting in this process for the link. */
  get bufferedBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  /** There is a new snapshot. */
  offer(): void {
    this.budget.offer();
    this.#sendNext();
  }

  /** Once a second: heartbeat, stall, and the next second's worth of messages. */
  second(): void {
    this.#messagesThisSecond = 0;
    this.#seconds++;
    if (this.#owesLearned) this.#learnedWaitSeconds++;
    this.budget.second();
    if (this.budget.stalled) this.#terminate("stalled");
    else if (this.#seconds % PING_EVERY_SECONDS === 0) this.#ping();
  }

  close(code: number, reason: string): void {
    this.#options.socket.close(code, reason);
  }

  #ping(): void {
    if (this.#unansweredPings >= MISSED_PINGS) {
      this.#terminate("silent");
      return;
    }
    this.#unansweredPings++;
    this.#options.socket.ping();
  }

  get #owesLearned(): boolean {
    return !this.#isHidden && this.#options.feed.learned() !== this.#toldLearned;
  }

  /** Answers and health first: what was learned is large and changes slowly. */
  #sendNext(): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    const isPatient = this.#learnedWaitSeconds < LEARNED_PATIENCE_SECONDS;
    if (isPatient && this.#sendSnapshot()) return;
    if (!this.#sendLearned() && !isPatient) this.#sendSnapshot();
  }

  #sendSnapshot(): boolean {
    const { socket, feed } = this.#options;
    const message = this.#isHidden ? feed.smallSnapshot() : feed.snapshot();
    if (message === undefined || !this.budget.take(socket.bufferedAmount)) return false;
    if (this.budget.skipped !== this.#toldSkipped) {
      this.#toldSkipped = this.budget.skipped;
      this.#say({ kind: "skipped", count: this.#toldSkipped });
    }
    this.#send(message);
    if (!this.#isHidden) feed.onSnapshotSent();
    return true;
  }

  #sendLearned(): boolean {
    const { socket, feed } = this.#options;
    const message = feed.learned();
    if (message === undefined || !this.#owesLearned) return false;
    if (!this.budget.takeLink(socket.bufferedAmount)) return false;
    this.#toldLearned = message;
    this.#learnedWaitSeconds = 0;
    this.#send(message);
    return true;
  }

  #send(message: Uint8Array): void {
    this.#options.socket.send(message, { binary: true }, (error) => {
      if (error) return;
      this.budget.flushed();
      this.#sendNext();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#spendMessage()) return;
    // Server sockets deliver one Buffer a message (binaryType "nodebuffer").
    const bytes = data as Buffer;
    const wish = isBinary ? undefined : parseWish(bytes.toString("utf8"));
    if (bytes.length > MAX_CONTROL_BYTES) {
      this.#expel("misspoke", CLOSE.tooBig, "a control is at most 4 KiB");
    } else if (wish === undefined) {
      this.#expel("misspoke", CLOSE.policy, "not a control message");
    } else {
      this.#grant(wish);
    }
  }

  #grant(wish: Wish): void {
    if (wish.kind === "echo") this.#echo(wish.id);
    else if (wish.kind === "hidden") this.#hide(wish.on);
    else this.#options.onControl(wish);
  }

  /** A full link gets none: it would measure the queue, and let the queue grow. */
  #echo(id: number): void {
    if (this.bufferedBytes <= SEND_LIMIT_BYTES) this.#say({ kind: "echo", id });
  }

  #hide(isHidden: boolean): void {
    const returns = this.#isHidden && !isHidden;
    this.#isHidden = isHidden;
    this.#learnedWaitSeconds = 0;
    if (returns) this.#options.onReturn(this);
  }

  /** False when this second's messages are used up, or the viewer is already on its way out. */
  #spendMessage(): boolean {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return false;
    this.#messagesThisSecond++;
    if (this.#messagesThisSecond <= MAX_MESSAGES_PER_SECOND) return true;
    this.#expel("flooded", CLOSE.policy, "too many messages");
    return false;
  }

  #say(notice: Notice): void {
    this.#options.socket.send(JSON.stringify(notice));
  }

  #expel(end: ViewerEnd, code: number, reason: string): void {
    this.#end = end;
    this.#options.socket.close(code, reason);
  }

  #terminate(end: ViewerEnd): void {
    this.#end = end;
    this.#options.socket.terminate();
  }
}
