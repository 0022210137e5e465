/** A small world for the dashboard's tests: snapshots, a page folder, a dashboard with a hand-turned clock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Subject } from "rxjs";
import { WebSocket } from "ws";
import type { Control } from "../../src/core/control.ts";
import type { EventPicture, Snapshot } from "../../src/core/telemetry.ts";
import { createToken } from "../../src/dashboard/auth.ts";
import { SUBPROTOCOL, TOKEN_PREFIX } from "../../src/dashboard/protocol.ts";
import { type DashboardOptions, startDashboard } from "../../src/dashboard/server.ts";

export function pictureOf(width: number, height: number): EventPicture {
  return { width, height, pixels: Int16Array.from({ length: width * height }, (_, i) => (i % 511) - 255) };
}

export function snapshotOf(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    sequence: 1,
    state: "running",
    message: undefined,
    source: "sim:digits",
    system: "diehl-cook-2015",
    learning: true,
    classNames: ["0", "1", "2"],
    frames: 10,
    eventsPerSecond: 41_200,
    decision: {
      id: 9,
      label: 1,
      margin: 0.5,
      confidence: 0.7,
      shares: [0.1, 0.7, 0.2],
      truth: 1,
      name: undefined,
      spikes: 20,
    },
    accuracy: { right: 9, judged: 10, recent: 9, recentOf: 10 },
    speed: { trainFps: 8240, testFps: undefined, liveFps: 30, load: 0.25 },
    stages: [{ name: "sensor", received: 100, delivered: 98, held: 2, dropped: {}, unit: "events" }],
    picture: pictureOf(4, 3),
    ...changes,
  };
}

/** A page folder in a temporary place, removed by the returned function. */
export function pageFolder(): { readonly pageDir: string; readonly remove: () => void } {
  const pageDir = mkdtempSync(join(tmpdir(), "spikeline-page-"));
  writeFileSync(join(pageDir, "index.html"), "<!doctype html><title>spikeline</title>");
  writeFileSync(join(pageDir, "main-abc.js"), "export {};\n");
  return { pageDir, remove: () => rmSync(pageDir, { recursive: true, force: true }) };
}

export async function dashboardWorld(options: Partial<DashboardOptions> = {}) {
  const { pageDir, remove } = pageFolder();
  const snapshots = new Subject<Snapshot>();
  const controls: Control[] = [];
  const token = createToken();
  let second = () => {};
  const dashboard = await startDashboard({
    snapshots$: snapshots,
    onControl: (control) => controls.push(control),
    host: "127.0.0.1",
    port: 0,
    token,
    pageDir,
    everySecond: (turn) => {
      second = turn;
      return () => {};
    },
    ...options,
  });
  const port = Number(new URL(dashboard.url).port);
  return {
    ...dashboard,
    port,
    token,
    snapshots,
    controls,
    passSeconds: (count: number) => {
      for (let i = 0; i < count; i++) second();
    },
    end: async () => {
      await dashboard.close();
      remove();
    },
  };
}

export type World = Awaited<ReturnType<typeof dashboardWorld>>;

export const subprotocols = (token: string) => [SUBPROTOCOL, `${TOKEN_PREFIX}${token}`];

/** A viewer as a browser would open it, and what it receives. */
export async function openViewer(world: World) {
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/stream`, subprotocols(world.token), {
    origin: `http://127.0.0.1:${world.port}`,
    autoPong: true,
  });
  const texts: string[] = [];
  let binaries = 0;
  let lastBinary: Uint8Array | undefined;
  socket.on("message", (data, isBinary) => {
    if (isBinary) {
      binaries++;
      lastBinary = data as Buffer;
    } else texts.push(String(data));
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return { socket, texts, closed, received: () => binaries, last: () => lastBinary };
}

/** A viewer by hand: shakes hands, then reads nothing and answers nothing. */
export async function openSilentViewer(world: World): Promise<Socket> {
  const before = world.counts().viewers;
  const socket = connect(world.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(
    [
      "GET /stream HTTP/1.1",
      `Host: 127.0.0.1:${world.port}`,
      `Origin: http://127.0.0.1:${world.port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
      `Sec-WebSocket-Protocol: ${subprotocols(world.token).join(", ")}`,
      "\r\n",
    ].join("\r\n"),
  );
  await until(() => world.counts().viewers === before + 1, "the silent viewer to be let in");
  return socket;
}

/** Turns of the event loop until `done` holds; fails aloud instead of waiting for ever. */
export async function until(done: () => boolean, what: string, turns = 200_000): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    if (done()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Expected ${what}, but it did not happen in ${turns} turns.`);
}
