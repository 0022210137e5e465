/** The page's link, with a server that is played by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type Link } from "../../../src/dashboard/page/connection.ts";
import { encodeLearned, encodeSnapshot } from "../../../src/dashboard/protocol.ts";
import { digitsSnapshot } from "../../browser/synthetic.ts";
import { digitsLearned } from "../../browser/synthetic-learned.ts";

/** A socket that opens and speaks when the test says so. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 2;
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  break(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1006 });
  }
}

describe("the link", () => {
  let heard: unknown[] = [];
  let link: Link | undefined;
  const connect = () => {
    const connection = new Connection("secret", {
      onLink: (next) => {
        link = next;
      },
      onSnapshot: ({ sequence }) => heard.push({ sequence }),
      onLearned: ({ revision }) => heard.push({ revision }),
      onSkipped: (count) => heard.push({ skipped: count }),
      onRoundTrip: (ms) => heard.push({ ms }),
    });
    return { connection, socket: newest() };
  };
  const newest = () => {
    const socket = FakeSocket.all.at(-1);
    if (socket === undefined) throw new Error("Expected a socket.");
    return socket;
  };

  beforeEach(() => {
    heard = [];
    FakeSocket.all = [];
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("hands on snapshots and what was learned, and nothing that is neither", () => {
    const { socket } = connect();
    socket.open();
    socket.say(encodeSnapshot(digitsSnapshot(3)).slice().buffer);
    socket.say(encodeLearned(digitsLearned(5)).slice().buffer);
    socket.say(new Uint8Array([1, 2, 3]).buffer);
    socket.say('{"kind":"skipped","count":4}');
    socket.say("not a notice");
    expect(heard).toEqual([{ sequence: 3 }, { revision: 5 }, { skipped: 4 }]);
  });

  it("measures the way there and back with an echo every five seconds", () => {
    const { socket } = connect();
    socket.open();
    expect(socket.sent).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(socket.sent).toEqual([{ kind: "echo", id: 1 }]);
    vi.advanceTimersByTime(3);
    socket.say('{"kind":"echo","id":1}');
    vi.advanceTimersByTime(5000);
    expect(socket.sent).toHaveLength(2);
    vi.advanceTimersByTime(7);
    // An answer to the first echo says nothing about the second.
    socket.say('{"kind":"echo","id":1}');
    socket.say('{"kind":"echo","id":2}');
    expect(heard).toEqual([{ ms: 3 }, { ms: 10 }]);
  });

  it("takes a link for lost that leaves two echoes unanswered, and makes a new one", () => {
    const { socket } = connect();
    socket.open();
    vi.advanceTimersByTime(5500);
    expect(link).toEqual({ kind: "open" });
    vi.advanceTimersByTime(5000);
    expect(link?.kind).toBe("lost");
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all).toHaveLength(2);
    newest().open();
    expect(link).toEqual({ kind: "open" });
  });

  it("tells the server when nobody sees the page, also over a link made anew", () => {
    const { connection, socket } = connect();
    socket.open();
    vi.advanceTimersByTime(500);
    socket.say('{"kind":"echo","id":1}');
    connection.setHidden(true);
    connection.setHidden(true);
    // A sleeping tab measures nothing and loses nothing.
    vi.advanceTimersByTime(60_000);
    expect(socket.sent.slice(1)).toEqual([{ kind: "hidden", on: true }]);
    socket.break();
    vi.advanceTimersByTime(1000);
    newest().open();
    expect(newest()).not.toBe(socket);
    expect(newest().sent).toEqual([{ kind: "hidden", on: true }]);
    connection.setHidden(false);
    expect(newest().sent.slice(1)).toEqual([
      { kind: "hidden", on: false },
      { kind: "echo", id: 2 },
    ]);
  });

  it.each([
    { status: 426, headers: {}, handshakes: 2, waitSeconds: undefined },
    { status: 429, headers: { "Retry-After": "42" }, handshakes: 1, waitSeconds: 42 },
  ])("is refused where the server answers $status, after $handshakes handshakes", async (told) => {
    vi.stubGlobal("fetch", async () => new Response(null, told));
    connect();
    for (let i = 0; i < told.handshakes; i++) {
      expect(link).toEqual({ kind: "connecting" });
      newest().break();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(link).toEqual({ kind: "refused", waitSeconds: told.waitSeconds });
  });

  it("is lost, not refused, where nothing answers", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no server")));
    const { socket } = connect();
    socket.break();
    await vi.advanceTimersByTimeAsync(0);
    expect(link?.kind).toBe("lost");
  });

  it("says that a wish did not go out while there is no link", () => {
    const { connection, socket } = connect();
    expect(connection.send({ kind: "learning", on: true })).toBe(false);
    socket.open();
    expect(connection.send({ kind: "learning", on: true })).toBe(true);
  });
});
