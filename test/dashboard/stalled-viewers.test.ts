/** Twenty viewers over loopback at the page's own pace, five of which stop reading: the others must not notice. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEND_LIMIT_BYTES } from "../../src/dashboard/send-budget.ts";
import { dashboardWorld, openSilentViewer, openViewer, pictureOf, snapshotOf, type World } from "./world.ts";

const HEALTHY = 15;
const STALLED = 5;
const SNAPSHOTS_PER_SECOND = 30;
/** The kernel's buffers swallow a few megabytes for each viewer before its link counts as full. */
const DROPS = 40 * STALLED;
const MOST_SNAPSHOTS = 20 * SNAPSHOTS_PER_SECOND;

let world: World;
beforeEach(async () => {
  world = await dashboardWorld();
});
afterEach(() => world.end());

/** Publishes at the page's pace until there were enough drops; what was published, and the most that ever waited. */
function publishUntilDrops(): Promise<{ published: number; mostBufferedBytes: number }> {
  const large = snapshotOf({ picture: pictureOf(320, 320) });
  return new Promise((resolve) => {
    let published = 0;
    let mostBufferedBytes = 0;
    const timer = setInterval(() => {
      const counts = world.counts();
      mostBufferedBytes = Math.max(mostBufferedBytes, counts.mostBufferedBytes);
      if (counts.skipped >= DROPS || published === MOST_SNAPSHOTS) {
        clearInterval(timer);
        resolve({ published, mostBufferedBytes });
        return;
      }
      world.snapshots.next({ ...large, sequence: ++published });
      if (published % SNAPSHOTS_PER_SECOND === 0) world.passSeconds(1);
    }, 1000 / SNAPSHOTS_PER_SECOND);
  });
}

describe("viewers that stop reading", () => {
  it("cost the others less than 1 % of their snapshots, and the process less than 1 MiB each", async () => {
    const healthy = await Promise.all(Array.from({ length: HEALTHY }, () => openViewer(world)));
    for (let i = 0; i < STALLED; i++) await openSilentViewer(world);
    const { published, mostBufferedBytes } = await publishUntilDrops();
    const counts = world.counts();
    expect(counts.skipped).toBeGreaterThanOrEqual(DROPS);
    expect(counts.offered).toBe(counts.sent + counts.skipped + counts.held);
    expect(mostBufferedBytes).toBeGreaterThan(0);
    expect(mostBufferedBytes).toBeLessThanOrEqual(SEND_LIMIT_BYTES);
    // An echo shows that all before it has arrived.
    for (const { socket } of healthy) socket.send('{"kind":"echo","id":1}');
    await Promise.all(healthy.map(({ texts }) => expect.poll(() => texts.at(-1)).toContain("echo")));
    for (const viewer of healthy) expect(viewer.received()).toBeGreaterThanOrEqual(0.99 * published);
    expect(counts.skipped).toBeLessThanOrEqual(STALLED * published);
  });
});
