/** The stream: what each viewer gets, what it may send, and how bad viewers end. */
import { throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { encodeSnapshot } from "../../src/dashboard/protocol.ts";
import {
  dashboardWorld,
  openSilentViewer,
  openViewer,
  pictureOf,
  snapshotOf,
  until,
  type World,
} from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await dashboardWorld();
});
afterEach(() => world.end());

describe("a viewer", () => {
  it("is greeted, gets the newest snapshot at once, then each new one", async () => {
    world.snapshots.next(snapshotOf({ sequence: 1 }));
    world.snapshots.next(snapshotOf({ sequence: 2 }));
    const viewer = await openViewer(world);
    await until(() => viewer.received() === 1, "the newest snapshot");
    expect(viewer.last()).toEqual({ ...snapshotOf({ sequence: 2 }), sent: undefined });
    expect(viewer.texts).toEqual(['{"kind":"hello","protocol":3}']);
    world.snapshots.next(snapshotOf({ sequence: 3 }));
    await until(() => viewer.received() === 2, "the next snapshot");
    expect(viewer.last()?.sequence).toBe(3);
  });

  it("switches learning", async () => {
    const viewer = await openViewer(world);
    viewer.socket.send('{"kind":"learning","on":false}');
    await until(() => world.controls.length === 1, "the control");
    expect(world.controls).toEqual([{ kind: "learning", on: false }]);
  });

  it.each([
    ["nonsense", "not json", 1008],
    ["bytes", Buffer.from('{"kind":"stop"}'), 1008],
    ["more than 4 KiB", " ".repeat(4097), 1009],
    ["more than 64 KiB", Buffer.alloc(65 * 1024), 1009],
  ] as const)("is shown the door when it sends %s", async (_, message, code) => {
    const viewer = await openViewer(world);
    viewer.socket.send(message);
    expect(await viewer.closed).toBe(code);
    expect(world.controls).toEqual([]);
  });

  it("is cut off at the twenty-first message of a second, and the first twenty count", async () => {
    const viewer = await openViewer(world);
    for (let i = 0; i < 500; i++) viewer.socket.send('{"kind":"learning","on":true}');
    expect(await viewer.closed).toBe(1008);
    expect(world.controls).toHaveLength(20);
    await until(() => world.counts().ended.flooded === 1, "the flood to be counted");
  });

  it("may send twenty messages in each second", async () => {
    const viewer = await openViewer(world);
    for (let second = 1; second <= 3; second++) {
      for (let i = 0; i < 20; i++) viewer.socket.send('{"kind":"learning","on":true}');
      await until(() => world.controls.length === 20 * second, "twenty controls");
      world.passSeconds(1);
    }
    expect(viewer.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("is cut off when it floods with pings or with fragments", async () => {
    const pinging = await openViewer(world);
    for (let i = 0; i < 100; i++) pinging.socket.ping();
    expect(await pinging.closed).toBe(1008);
    const dripping = await openViewer(world);
    dripping.socket.on("error", () => undefined);
    for (let i = 0; i < 100; i++) dripping.socket.send("x", { fin: false });
    expect(await dripping.closed).not.toBe(1000);
    await until(() => world.counts().viewers === 0, "both to be gone");
  });

  it("is told when the pipeline fails", async () => {
    await world.end();
    world = await dashboardWorld({ snapshots$: throwError(() => new Error("The sensor is gone.")) });
    const viewer = await openViewer(world);
    await until(() => viewer.texts.length === 1, "the greeting");
    expect(viewer.received()).toBe(0);
  });

  it("sees the last snapshot as failed when the pipeline fails later", async () => {
    const viewer = await openViewer(world);
    world.snapshots.next(snapshotOf());
    world.snapshots.error(new Error("The sensor is gone."));
    await until(() => viewer.received() === 2, "the failure");
    expect(viewer.last()).toMatchObject({
      state: "failed",
      message: "The sensor is gone.",
    });
  });
});

describe("many viewers", () => {
  it("share one serialisation per snapshot", async () => {
    await world.end();
    let encoded = 0;
    world = await dashboardWorld({
      encode: (snapshot) => {
        encoded++;
        return encodeSnapshot(snapshot);
      },
    });
    world.snapshots.next(snapshotOf());
    expect(encoded).toBe(0);
    const viewers = await Promise.all(Array.from({ length: 30 }, () => openViewer(world)));
    for (let sequence = 2; sequence <= 11; sequence++) {
      world.snapshots.next(snapshotOf({ sequence }));
      await until(() => viewers.every((viewer) => viewer.received() >= sequence), `snapshot ${sequence}`);
    }
    expect(encoded).toBe(11);
    expect(world.counts()).toMatchObject({ snapshots: 11, serialised: 11, sent: 330, skipped: 0 });
  });

  it("do not wait for a stalled one, whose misses are counted and which is cut off after ten seconds", async () => {
    const healthy = await openViewer(world);
    await openSilentViewer(world);
    const large = snapshotOf({ picture: pictureOf(320, 320) });
    // 200 KiB each: the kernel's buffers on loopback swallow tens of megabytes before anything stalls.
    let published = 0;
    while (world.counts().skipped < 100 && published < 2000) {
      world.snapshots.next({ ...large, sequence: ++published });
      await until(() => healthy.received() >= published, "the healthy viewer to have it");
    }
    // A message back shows that all of it has left the server.
    healthy.socket.send('{"kind":"learning","on":true}');
    await until(() => world.controls.length === 1, "the way back");
    const counts = world.counts();
    expect(counts.skipped).toBeGreaterThanOrEqual(100);
    expect(healthy.received()).toBeGreaterThanOrEqual(published * 0.99);
    expect(counts.offered).toBe(counts.sent + counts.skipped + counts.held);
    world.passSeconds(10);
    expect(world.counts().ended.stalled).toBe(0);
    world.passSeconds(1);
    await until(() => world.counts().ended.stalled === 1, "the stalled viewer to be cut off");
    const after = world.counts();
    expect(after).toMatchObject({ viewers: 1, held: 0 });
    expect(after.offered).toBe(after.sent + after.skipped);
  });

  it("learn how many snapshots they missed, once their link is free again", async () => {
    const viewer = await openViewer(world);
    const large = snapshotOf({ picture: pictureOf(320, 320) });
    viewer.socket.pause();
    for (let i = 0; i < 2000 && world.counts().skipped < 50; i++) {
      world.snapshots.next({ ...large, sequence: i });
      await new Promise((resolve) => setImmediate(resolve));
    }
    world.snapshots.next({ ...large, sequence: 9999 });
    const { skipped } = world.counts();
    expect(skipped).toBeGreaterThanOrEqual(50);
    viewer.socket.resume();
    await until(() => viewer.texts.length > 1, "word of the misses");
    expect(JSON.parse(viewer.texts.at(-1) ?? "")).toEqual({ kind: "skipped", count: skipped });
    await until(() => viewer.last()?.sequence === 9999, "the newest");
  });

  it("are cut off when they answer no ping for thirty seconds, and only then", async () => {
    const healthy = await openViewer(world);
    let pings = 0;
    healthy.socket.on("ping", () => pings++);
    await openSilentViewer(world);
    for (let period = 1; period <= 2; period++) {
      world.passSeconds(10);
      await until(() => pings === period, "the ping to be answered");
      // A pong needs its way back before the next period starts.
      healthy.socket.send('{"kind":"learning","on":true}');
      await until(() => world.controls.length === period, "the way back");
    }
    expect(world.counts().viewers).toBe(2);
    world.passSeconds(10);
    await until(() => world.counts().ended.silent === 1, "the silent one to be cut off");
    expect(world.counts().viewers).toBe(1);
  });
});
