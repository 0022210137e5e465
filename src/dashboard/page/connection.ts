/**
 * The page's link to the server: opens the stream, decodes what comes, measures the way there and back, and tries
 * again when it breaks. It draws nothing.
 */
import type { Control } from "../../core/control.ts";
import type { Learned } from "../../core/telemetry.ts";
import {
  CLOSE,
  decodeMessage,
  parseNotice,
  type SnapshotMessage,
  STREAM_PATH,
  SUBPROTOCOL,
  TOKEN_PREFIX,
  type Wish,
} from "../protocol.ts";
import { nowMs } from "./clock.ts";

export type Link =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** Broken or never made; the next try is at `retryAtMs`. */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly retryAtMs: number }
  /** The server is there and does not take the token; after too many tries it wants a pause. */
  | { readonly kind: "refused"; readonly waitSeconds: number | undefined }
  /** The server is full. */
  | { readonly kind: "busy" };

export type Listener = {
  readonly onLink: (link: Link) => void;
  readonly onSnapshot: (snapshot: SnapshotMessage) => void;
  readonly onLearned: (learned: Learned) => void;
  readonly onSkipped: (count: number) => void;
  /** The way there and back took so long. */
  readonly onRoundTrip: (ms: number) => void;
};

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** One refusal may be a server that was just starting; two in a row are an answer. */
const REFUSALS_TO_BELIEVE = 2;
/** The first picture is being drawn before: it would only measure that. */
const FIRST_ECHO_MS = 500;
const ECHO_EVERY_MS = 5000;
/** What the stream's path answers to a plain request: nothing wrong, or too many wrong tokens. */
const HTTP = { upgradeOnly: 426, tooMany: 429 } as const;
/** A link that leaves so many echoes in a row unanswered is gone, whatever the browser thinks of it. */
const MISSED_ECHOES = 2;

export class Connection {
  readonly #token: string;
  readonly #listener: Listener;
  #socket: WebSocket | undefined;
  #isHidden = false;
  #tries = 0;
  #refusals = 0;
  #lostSinceMs: number | undefined;
  #echoTimer: ReturnType<typeof setTimeout> | undefined;
  #echoId = 0;
  #echoSentMs = 0;
  #unanswered = 0;

  constructor(token: string, listener: Listener) {
    this.#token = token;
    this.#listener = listener;
    listener.onLink({ kind: "connecting" });
    this.#open();
  }

  /** False when there is no link to send it on. */
  send(control: Control): boolean {
    return this.#wish(control);
  }

  /** Tells the server whether anybody can see the page, now and whenever the link is made anew. */
  setHidden(on: boolean): void {
    if (on === this.#isHidden) return;
    this.#isHidden = on;
    this.#wish({ kind: "hidden", on });
    // What a sleeping tab measures is its sleep.
    this.#unanswered = 0;
    if (!on) this.#echo();
  }

  #wish(wish: Wish): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(wish));
    return true;
  }

  #open(): void {
    const socket = new WebSocket(STREAM_PATH, [SUBPROTOCOL, `${TOKEN_PREFIX}${this.#token}`]);
    let opened = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      this.#tries = 0;
      this.#refusals = 0;
      this.#lostSinceMs = undefined;
      this.#unanswered = 0;
      this.#listener.onLink({ kind: "open" });
      if (this.#isHidden) this.#wish({ kind: "hidden", on: true });
      clearTimeout(this.#echoTimer);
      this.#echoTimer = setTimeout(() => this.#echo(), FIRST_ECHO_MS);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data);
    socket.onclose = (event) => {
      clearTimeout(this.#echoTimer);
      if (event.code === CLOSE.busy) this.#listener.onLink({ kind: "busy" });
      else if (opened) this.#retry();
      else void this.#afterFailure();
    };
    this.#socket = socket;
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const message = decodeMessage(new Uint8Array(data));
      if (message?.kind === "snapshot") this.#listener.onSnapshot(message.snapshot);
      else if (message?.kind === "learned") this.#listener.onLearned(message.learned);
      return;
    }
    const notice = typeof data === "string" ? parseNotice(data) : undefined;
    if (notice?.kind === "skipped") this.#listener.onSkipped(notice.count);
    if (notice?.kind !== "echo" || notice.id !== this.#echoId) return;
    this.#unanswered = 0;
    this.#listener.onRoundTrip(nowMs() - this.#echoSentMs);
  }

  #echo(): void {
    clearTimeout(this.#echoTimer);
    this.#echoTimer = setTimeout(() => this.#echo(), ECHO_EVERY_MS);
    if (this.#isHidden) return;
    if (this.#unanswered >= MISSED_ECHOES) {
      this.#abandon();
      return;
    }
    this.#echoSentMs = nowMs();
    if (this.#wish({ kind: "echo", id: ++this.#echoId })) this.#unanswered++;
  }

  /** A dead link would take long to say goodbye; nobody waits for it. */
  #abandon(): void {
    const socket = this.#socket;
    clearTimeout(this.#echoTimer);
    if (socket !== undefined) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    this.#retry();
  }

  /** A browser does not say why a handshake failed: a server that still answers is one that refused. */
  async #afterFailure(): Promise<void> {
    const response = await fetch(STREAM_PATH, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
    const isTooMany = response?.status === HTTP.tooMany;
    const answers = isTooMany || response?.status === HTTP.upgradeOnly;
    this.#refusals = answers ? this.#refusals + 1 : 0;
    if (isTooMany || this.#refusals >= REFUSALS_TO_BELIEVE) {
      const waitSeconds = isTooMany ? Number(response.headers.get("Retry-After")) : undefined;
      this.#listener.onLink({ kind: "refused", waitSeconds });
    } else if (answers) this.#open();
    else this.#retry();
  }

  #retry(): void {
    const now = nowMs();
    this.#lostSinceMs ??= now;
    // Half of it at random, so that many pages do not come back in one instant.
    const spreadMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#tries) * (0.5 + Math.random() / 2);
    this.#tries = Math.min(this.#tries + 1, 10);
    this.#listener.onLink({ kind: "lost", sinceMs: this.#lostSinceMs, retryAtMs: now + spreadMs });
    setTimeout(() => this.#open(), spreadMs);
  }
}
