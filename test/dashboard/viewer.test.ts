/** One viewer on a link that the test holds in its hand: what goes out, and in which order. */
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { SEND_LIMIT_BYTES } from "../../src/dashboard/send-budget.ts";
import { type Feed, Viewer } from "../../src/dashboard/viewer.ts";

/** A socket that keeps what is sent, and lets it go when told to. */
class HeldSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  #flush: (() => void) | undefined;

  send(data: string | Uint8Array, _options?: object, flushed?: () => void): void {
    this.sent.push(typeof data === "string" ? data : new TextDecoder().decode(data));
    if (flushed !== undefined) this.#flush = flushed;
  }

  /** What was on its way has left. */
  flush(): void {
    const flushed = this.#flush;
    this.#flush = undefined;
    flushed?.();
  }

  ping(): void {}

  terminate(): void {
    this.readyState = 3;
  }

  /** A text message from the page. */
  say(message: object): void {
    this.emit("message", Buffer.from(JSON.stringify(message)), false);
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

function viewerWorld() {
  const socket = new HeldSocket();
  const newest = { snapshot: "", small: "", learned: "" };
  const encoded = new Map<string, Uint8Array>();
  const shared = (text: string) => {
    if (text === "") return undefined;
    const known = encoded.get(text) ?? bytes(text);
    encoded.set(text, known);
    return known;
  };
  const feed: Feed = {
    snapshot: () => shared(newest.snapshot),
    smallSnapshot: () => shared(newest.small),
    learned: () => shared(newest.learned),
    onSnapshotSent: () => undefined,
  };
  let returns = 0;
  const viewer = new Viewer({
    socket: socket as unknown as WebSocket,
    feed,
    onControl: () => undefined,
    onReturn: () => returns++,
    onEnd: () => undefined,
  });
  socket.sent.length = 0;
  const publish = (snapshot: string, learned = newest.learned) => {
    Object.assign(newest, { snapshot, small: `small ${snapshot}`, learned });
    viewer.offer();
  };
  return { socket, viewer, publish, returns: () => returns };
}

describe("what was learned", () => {
  it("follows the snapshot once its link is free, and only once", () => {
    const { socket, publish } = viewerWorld();
    publish("one", "fields");
    expect(socket.sent).toEqual(["one"]);
    socket.flush();
    expect(socket.sent).toEqual(["one", "fields"]);
    socket.flush();
    publish("two");
    socket.flush();
    expect(socket.sent).toEqual(["one", "fields", "two"]);
  });

  it("holds the link while it is on its way, and the newest snapshot follows", () => {
    const { socket, publish } = viewerWorld();
    publish("one", "fields");
    socket.flush();
    publish("two");
    publish("three");
    expect(socket.sent).toEqual(["one", "fields"]);
    socket.flush();
    expect(socket.sent).toEqual(["one", "fields", '{"kind":"skipped","count":1}', "three"]);
  });

  it("takes a snapshot's turn after two seconds on a link that is never free", () => {
    const { socket, viewer, publish } = viewerWorld();
    publish("0", "fields");
    for (let second = 1; second <= 4; second++) {
      publish(`${second}`);
      socket.flush();
      viewer.second();
    }
    expect(socket.sent).toEqual(["0", "1", "2", "fields", '{"kind":"skipped","count":1}', "4"]);
  });

  it("stays back while more than the limit is waiting in the process", () => {
    const { socket, publish } = viewerWorld();
    publish("one", "fields");
    socket.bufferedAmount = SEND_LIMIT_BYTES + 1;
    socket.flush();
    expect(socket.sent).toEqual(["one"]);
  });

  it("counts as a stall when it does not leave for more than ten seconds", () => {
    const { socket, viewer, publish } = viewerWorld();
    publish("one", "fields");
    socket.flush();
    for (let second = 1; second <= 10; second++) viewer.second();
    expect(socket.readyState).toBe(1);
    viewer.second();
    expect(socket.readyState).toBe(3);
  });
});

describe("a page that nobody sees", () => {
  it("gets the small snapshot and not what was learned, until it is seen again", () => {
    const { socket, viewer, publish, returns } = viewerWorld();
    socket.say({ kind: "hidden", on: true });
    publish("one", "fields");
    socket.flush();
    socket.flush();
    expect(socket.sent).toEqual(["small one"]);
    socket.say({ kind: "hidden", on: true });
    expect(returns()).toBe(0);
    socket.say({ kind: "hidden", on: false });
    expect(returns()).toBe(1);
    viewer.offer();
    socket.flush();
    expect(socket.sent).toEqual(["small one", "one", "fields"]);
  });

  it("gets the small form also of a snapshot that still waited when it was hidden", () => {
    const { socket, publish } = viewerWorld();
    publish("one");
    publish("two");
    socket.say({ kind: "hidden", on: true });
    socket.flush();
    expect(socket.sent).toEqual(["one", "small two"]);
  });
});

describe("an echo", () => {
  it("is answered at once, ahead of what waits for the link", () => {
    const { socket, publish } = viewerWorld();
    publish("one", "fields");
    publish("two");
    socket.say({ kind: "echo", id: 42 });
    expect(socket.sent).toEqual(["one", '{"kind":"echo","id":42}']);
  });

  it("is not answered when more than the limit is waiting", () => {
    const { socket } = viewerWorld();
    socket.bufferedAmount = SEND_LIMIT_BYTES + 1;
    socket.say({ kind: "echo", id: 1 });
    expect(socket.sent).toEqual([]);
  });
});
