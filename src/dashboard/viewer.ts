/**
 * One page's connection: sends it what its link can take, takes controls from it, and notices when it is gone.
 * Time comes from outside as one call a second.
 */
import type { RawData, WebSocket } from "ws";
import type { Control } from "../core/control.ts";
import { CLOSE, MAX_CONTROL_BYTES, type Notice, PROTOCOL_VERSION, parseControl } from "./protocol.ts";
import { SendBudget } from "./send-budget.ts";

const PING_EVERY_SECONDS = 10;
const MISSED_PINGS = 2;
/** A person clicks a few times a second; more is a fault or a flood. */
const MAX_MESSAGES_PER_SECOND = 20;

export type ViewerEnd = "left" | "stalled" | "silent" | "flooded" | "misspoke";

export type ViewerOptions = {
  readonly socket: WebSocket;
  /** The newest snapshot as one shared message, or undefined before the first. */
  readonly newest: () => Uint8Array | undefined;
  readonly onControl: (control: Control) => void;
  readonly onEnd: (viewer: Viewer, end: ViewerEnd) => void;
};

export class Viewer {
  readonly budget = new SendBudget();
  readonly #options: ViewerOptions;
  #end: ViewerEnd = "left";
  #toldSkipped = 0;
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

  /** There is a new snapshot. */
  offer(): void {
    this.budget.offer();
    this.#sendNewest();
  }

  /** Once a second: heartbeat, stall, and the next second's worth of messages. */
  second(): void {
    this.#messagesThisSecond = 0;
    this.#seconds++;
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

  #sendNewest(): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    const message = this.#options.newest();
    if (message === undefined || !this.budget.take(socket.bufferedAmount)) return;
    if (this.budget.skipped !== this.#toldSkipped) {
      this.#toldSkipped = this.budget.skipped;
      this.#say({ kind: "skipped", count: this.#toldSkipped });
    }
    socket.send(message, { binary: true }, (error) => {
      if (error) return;
      this.budget.flushed();
      this.#sendNewest();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#spendMessage()) return;
    // Server sockets deliver one Buffer a message (binaryType "nodebuffer").
    const bytes = data as Buffer;
    const control = isBinary ? undefined : parseControl(bytes.toString("utf8"));
    if (bytes.length > MAX_CONTROL_BYTES) {
      this.#expel("misspoke", CLOSE.tooBig, "a control is at most 4 KiB");
    } else if (control === undefined) {
      this.#expel("misspoke", CLOSE.policy, "not a control message");
    } else {
      this.#options.onControl(control);
    }
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
