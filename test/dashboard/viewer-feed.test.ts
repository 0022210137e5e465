/** What each of several viewers is fed: what was learned, small snapshots for hidden pages, echoes, and how late. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { dashboardWorld, learnedOf, openViewer, snapshotOf, until, type World } from "./world.ts";

type Open = Awaited<ReturnType<typeof openViewer>>;

let world: World;
beforeEach(async () => {
  world = await dashboardWorld();
});
afterEach(() => world.end());

const kinds = (viewer: Open) => viewer.messages().map((message) => message?.kind);
const gets = (viewer: Open, count: number) =>
  until(() => viewer.received() === count, `message ${count} of a viewer`);
/** An answer shows that everything before it has been handled, and that nothing else was on its way. */
async function settled(viewer: Open, id: number): Promise<void> {
  viewer.socket.send(`{"kind":"echo","id":${id}}`);
  await until(() => viewer.texts.includes(`{"kind":"echo","id":${id}}`), "the echo");
}
async function hide(viewer: Open, on: boolean): Promise<void> {
  const before = world.counts().hidden;
  viewer.socket.send(JSON.stringify({ kind: "hidden", on }));
  await until(() => world.counts().hidden === before + (on ? 1 : -1), "the page to be hidden or seen");
}

describe("what was learned", () => {
  it("follows the snapshot, reaches those who come later, and is not repeated", async () => {
    const early = await openViewer(world);
    const learned = learnedOf();
    world.snapshots.next(snapshotOf({ sequence: 1, learned }));
    await gets(early, 2);
    world.snapshots.next(snapshotOf({ sequence: 2 }));
    await gets(early, 3);
    const late = await openViewer(world);
    await gets(late, 2);
    await settled(early, 1);
    expect(kinds(early)).toEqual(["snapshot", "learned", "snapshot"]);
    expect(kinds(late)).toEqual(["snapshot", "learned"]);
    for (const viewer of [early, late]) expect(viewer.messages()[1]).toEqual({ kind: "learned", learned });
  });

  it("is sent again when another pipeline begins its revisions again", async () => {
    const viewer = await openViewer(world);
    const revisions = [7, 1, 1];
    for (const [i, revision] of revisions.entries()) {
      world.snapshots.next(snapshotOf({ learned: learnedOf({ revision, neurons: 4 + i }) }));
      await gets(viewer, 2 * (i + 1));
    }
    const seen = viewer.messages().flatMap((message) => (message?.kind === "learned" ? message.learned : []));
    expect(seen.map(({ revision, neurons }) => [revision, neurons])).toEqual([
      [7, 4],
      [1, 5],
      [1, 6],
    ]);
  });

  it("comes in its newest state to one whose link was slow", async () => {
    const viewer = await openViewer(world);
    viewer.socket.pause();
    const large = (revision: number) => learnedOf({ revision, width: 724, fields: new Uint8Array(2896) });
    const picture = { ...snapshotOf().picture, pixels: new Int8Array(320 * 320), width: 320, height: 320 };
    let revision = 0;
    for (; world.counts().skipped < 20 && revision < 2000; revision++) {
      const changes = { picture: { sensorWidth: 320, sensorHeight: 320, on: 0, off: 0, ...picture } };
      world.snapshots.next(snapshotOf({ ...changes, learned: large(revision) }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.counts().skipped).toBeGreaterThanOrEqual(20);
    viewer.socket.resume();
    const learnedSeen = () =>
      viewer.messages().flatMap((message) => (message?.kind === "learned" ? message.learned.revision : []));
    await until(() => viewer.received() > 0 && learnedSeen().at(-1) === revision - 1, "the newest", 5_000);
    expect(learnedSeen().length).toBeLessThan(revision);
  });
});

describe("a page that nobody sees", () => {
  it("gets one small snapshot a second, serialised once for all of them", async () => {
    const [one, two, seen] = await Promise.all([openViewer(world), openViewer(world), openViewer(world)]);
    await hide(one, true);
    await hide(two, true);
    for (let sequence = 1; sequence <= 30; sequence++) {
      world.snapshots.next(snapshotOf({ sequence }));
      await gets(seen, sequence);
    }
    await settled(one, 1);
    expect([one.received(), two.received()]).toEqual([0, 0]);
    world.passSeconds(1);
    await Promise.all([gets(one, 1), gets(two, 1)]);
    const unseen = { picture: undefined, raster: undefined, wave: undefined };
    const small = snapshotOf({ sequence: 30, ...unseen });
    expect({ ...one.last(), sent: undefined }).toEqual({ ...small, sent: undefined });
    expect(two.last()).toEqual(one.last());
    // A second without news needs no message.
    world.passSeconds(1);
    await settled(one, 2);
    expect(one.received()).toBe(1);
    expect(world.counts()).toMatchObject({ hidden: 2, snapshots: 30, serialised: 31, offered: 32 });
  });

  it("gets the whole newest state at once when it is seen again", async () => {
    const viewer = await openViewer(world);
    await hide(viewer, true);
    const learned = learnedOf();
    world.snapshots.next(snapshotOf({ sequence: 1, learned }));
    world.snapshots.next(snapshotOf({ sequence: 2 }));
    await settled(viewer, 1);
    expect(viewer.received()).toBe(0);
    await hide(viewer, false);
    await gets(viewer, 2);
    expect(viewer.messages()).toEqual([
      { kind: "snapshot", snapshot: { ...snapshotOf({ sequence: 2 }), sent: undefined } },
      { kind: "learned", learned },
    ]);
  });

  it("tells the pipeline nothing of being hidden or of echoes", async () => {
    const viewer = await openViewer(world);
    await hide(viewer, true);
    await settled(viewer, 9);
    expect(world.controls).toEqual([]);
  });
});

describe("the limit of twenty messages a second", () => {
  it.each(['{"kind":"echo","id":1}', '{"kind":"hidden","on":true}'])("counts %s", async (wish) => {
    const viewer = await openViewer(world);
    for (let i = 0; i < 20; i++) viewer.socket.send(wish);
    world.snapshots.next(snapshotOf());
    expect(viewer.socket.readyState).toBe(WebSocket.OPEN);
    viewer.socket.send(wish);
    expect(await viewer.closed).toBe(1008);
  });
});

describe("the time from a frame's last events to the message", () => {
  let nowUs = 0;
  const decided = (id: number, arrivedUs: number) => {
    const { decision } = snapshotOf();
    return snapshotOf({ sequence: id, decision: decision && { ...decision, id, arrivedUs } });
  };
  beforeEach(async () => {
    await world.end();
    nowUs = 0;
    world = await dashboardWorld({ clock: { nowUs: () => nowUs, cpuUs: () => 0 } });
  });

  it("stands in later snapshots as median and p99, once per decision", async () => {
    const viewers = await Promise.all([openViewer(world), openViewer(world)]);
    const [viewer] = viewers;
    for (let id = 1; id <= 100; id++) {
      nowUs += 1_000;
      const arrivedUs = nowUs - (id <= 98 ? 400 : 50_000);
      world.snapshots.next(decided(id, arrivedUs));
      await Promise.all(viewers.map((one) => gets(one, 2 * id - 1)));
      // The same decision in a second snapshot is no second measurement.
      nowUs += 1_000_000 / 100;
      world.snapshots.next(decided(id, arrivedUs));
      await Promise.all(viewers.map((one) => gets(one, 2 * id)));
    }
    world.snapshots.next(decided(100, 0));
    await until(() => viewer?.last()?.decision?.arrivedUs === 0, "the last snapshot");
    const { p50Us = 0, p99Us = 0 } = viewer?.last()?.sent ?? {};
    expect(Math.abs(p50Us / 400 - 1)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(p99Us / 50_000 - 1)).toBeLessThanOrEqual(0.05);
  });

  it("is unknown at first, and does not count the time in which nobody was there", async () => {
    nowUs = 1_000;
    world.snapshots.next(decided(1, 500));
    nowUs = 30_000_000;
    const viewer = await openViewer(world);
    await gets(viewer, 1);
    expect(viewer.last()?.sent).toBeUndefined();
    world.snapshots.next(decided(1, 500));
    await gets(viewer, 2);
    expect(viewer.last()?.sent).toBeUndefined();
    await hide(viewer, true);
    nowUs = 40_000_000;
    world.snapshots.next(decided(2, 39_000_000));
    world.passSeconds(1);
    await gets(viewer, 3);
    world.snapshots.next(decided(3, 39_000_000));
    world.passSeconds(1);
    await gets(viewer, 4);
    expect(viewer.last()?.sent).toBeUndefined();
  });

  it("is forgotten after a minute", async () => {
    const viewer = await openViewer(world);
    world.snapshots.next(decided(1, 0));
    await gets(viewer, 1);
    world.snapshots.next(decided(1, 0));
    await gets(viewer, 2);
    expect(viewer.last()?.sent).toBeDefined();
    nowUs += 61_000_000;
    world.snapshots.next(decided(1, 0));
    await gets(viewer, 3);
    expect(viewer.last()?.sent).toBeUndefined();
  });
});

describe("a failure of the pipeline", () => {
  it("repeats nothing that was counted since the last snapshot", async () => {
    const viewer = await openViewer(world);
    world.snapshots.next(snapshotOf({ learned: learnedOf() }));
    await gets(viewer, 2);
    world.snapshots.error(new Error("The sensor is gone."));
    await gets(viewer, 3);
    const { raster, picture, state } = viewer.last() ?? {};
    expect([state, raster, picture?.on, picture?.off]).toEqual(["failed", undefined, 0, 0]);
    await settled(viewer, 1);
    expect(viewer.received()).toBe(3);
  });
});
