/** A small world for the dashboard's tests: snapshots, a page folder, a dashboard with a hand-turned clock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Subject } from "rxjs";
import { WebSocket } from "ws";
import type { Control } from "../../src/core/control.ts";
import type {
  EventPicture,
  FrameWave,
  Learned,
  MarginTrace,
  Raster,
  Snapshot,
} from "../../src/core/telemetry.ts";
import { createToken } from "../../src/dashboard/auth.ts";
import {
  type BinaryMessage,
  decodeMessage,
  SUBPROTOCOL,
  TOKEN_PREFIX,
} from "../../src/dashboard/protocol.ts";
import { type DashboardOptions, startDashboard } from "../../src/dashboard/server.ts";

export function pictureOf(width: number, height: number): EventPicture {
  return {
    width,
    height,
    sensorWidth: width,
    sensorHeight: height,
    pixels: Int8Array.from({ length: width * height }, (_, i) => (i % 255) - 127),
    on: 5,
    off: 4,
  };
}

export function rasterOf(): Raster {
  return {
    fromUs: 1_000_000,
    toUs: 1_350_000,
    frames: [{ startUs: 1_000_000, endUs: 1_350_000, label: 1, group: 0, right: true }],
    binUs: 50_000,
    inputs: Uint16Array.of(1, 0, 7, 3, 0, 0, 2),
    offsetUs: Uint32Array.of(100, 1200, 340_000),
    row: Uint16Array.of(0, 2, 1),
    shownOneIn: 1,
  };
}

/** Three spikes, the second of which was enough. */
export function marginsOf(decision: number): MarginTrace {
  return {
    decision,
    spikes: 3,
    offsetUs: [100, 1200, 340_000],
    spikesSoFar: [1, 2, 3],
    margin: [0.1, 0.4, 0.5],
    enough: 0.3,
    decidedAt: 1,
  };
}

export function waveOf(decision: number): FrameWave {
  return {
    decision,
    startUs: 1_000_000,
    durationUs: 350_000,
    features: 4,
    width: 7,
    height: 5,
    offsetUs: Uint32Array.of(100, 1200, 340_000),
    feature: Uint16Array.of(0, 3, 1),
    x: Uint8Array.of(6, 0, 3),
    y: Uint8Array.of(4, 0, 2),
    shownOneIn: 1,
  };
}

export function learnedOf(changes: Partial<Learned> = {}): Learned {
  const group = { name: "1", isGiven: false, neurons: 2, share: 0.5, isForming: false };
  return {
    revision: 1,
    kind: "groups",
    groups: [group, { ...group, name: undefined }],
    neurons: 4,
    groupOfRow: Uint16Array.of(0, 1, 1, 0),
    planes: 1,
    width: 2,
    height: 2,
    fields: Uint8Array.of(0, 255, 3, 4, 5, 6, 7, 255),
    features: {
      count: 3,
      planes: 2,
      width: 1,
      height: 1,
      fields: Uint8Array.of(255, 0, 17, 255, 3, 255),
      share: Float32Array.of(0.5, 0.25, 0.25),
    },
    changePerMinute: 0.008,
    ...changes,
  };
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
      group: 0,
      startUs: 1_000_000,
      endUs: 1_350_000,
      arrivedUs: 0,
    },
    margins: marginsOf(9),
    enough: 0.3,
    accuracy: { right: 9, judged: 10, recent: 9, recentOf: 10 },
    rewardable: "reward",
    rewards: { right: 2, wrong: 1, taught: 3, missed: 0 },
    speed: { trainFps: 8240, testFps: undefined, liveFps: 30, load: 0.25, timesRealTime: 1 },
    latencies: [{ name: "answer", p50Us: 900, p99Us: 2100 }],
    stages: [{ name: "sensor", received: 100, delivered: 98, held: 2, dropped: {}, unit: "events" }],
    picture: pictureOf(4, 3),
    raster: rasterOf(),
    wave: waveOf(9),
    learned: undefined,
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
  const binaries: Uint8Array[] = [];
  socket.on("message", (data, isBinary) => {
    if (isBinary) binaries.push(data as Buffer);
    else texts.push(String(data));
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const messages = () => binaries.map(decodeMessage);
  return {
    socket,
    texts,
    closed,
    received: () => binaries.length,
    /** Everything received, in order; undefined is what is no message. */
    messages,
    last: () => snapshotIn(decodeMessage(binaries.at(-1) ?? new Uint8Array())),
  };
}

export const snapshotIn = (message: BinaryMessage | undefined) =>
  message?.kind === "snapshot" ? message.snapshot : undefined;

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
