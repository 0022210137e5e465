import { createHash } from "node:crypto";
import { firstValueFrom, lastValueFrom, take, tap, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { drawDigit, saccadeAt } from "../../src/sensors/digit-saccades.ts";
import {
  type Digits,
  type SimulatedDigitsOptions,
  SimulatedDigitsSensor,
} from "../../src/sensors/simulated-digits.ts";
import { waitingClock } from "./recording-world.ts";

/** Three "digits": a post, a beam and a block. */
const lit: readonly ((x: number, y: number) => boolean)[] = [
  (x) => x >= 12 && x < 16,
  (_, y) => y >= 12 && y < 16,
  (x, y) => x >= 8 && x < 20 && y >= 8 && y < 20,
];
const digits: Digits = {
  images: Uint8Array.from({ length: 3 * 784 }, (_, i) =>
    lit[Math.floor(i / 784)]?.(i % 28, Math.floor((i % 784) / 28)) === true ? 255 : 0,
  ),
  labels: Uint8Array.of(1, 4, 7),
  count: 3,
};

const sensorOf = (options: Partial<SimulatedDigitsOptions> = {}) =>
  new SimulatedDigitsSensor({ seed: 7, speed: "max", count: 3, ...options }, digits);
const play = (sensor: SimulatedDigitsSensor) => lastValueFrom(sensor.open().pipe(toArray()));

function digest(batches: readonly EventBatch[]): string {
  const hash = createHash("sha256");
  for (const { startUs, offsetUs, x, y, polarity, episode } of batches) {
    hash.update(`${startUs} ${episode?.index} ${episode?.name} ${episode?.label};`);
    for (const column of [offsetUs, x, y, polarity]) hash.update(column);
  }
  return hash.digest("hex").slice(0, 16);
}

describe("the simulated camera before digits", () => {
  it("gives the same events from the same seed, on every machine and at every opening, others from another", async () => {
    const sensor = sensorOf();
    const first = digest(await play(sensor));
    expect(first).toBe("c5244c16259e3592");
    expect(digest(await play(sensor))).toBe(first);
    expect(digest(await play(sensorOf({ seed: 8 })))).not.toBe(first);
  });

  it("shows each digit as an episode of 300 ms with its truth, then a pause, then 100 ms of nothing", async () => {
    const batches = await play(sensorOf());
    expect(batches).toHaveLength(3 * 31);
    for (const [i, { startUs, length, episode }] of batches.entries()) {
      const shown = Math.floor(i / 31);
      expect(startUs).toBe(shown * 400_000 + (i % 31) * 10_000);
      expect(episode?.index).toBe(i % 31 === 30 ? undefined : shown);
      if (i % 31 === 30) expect(length).toBe(0);
    }
    const names = new Map(batches.flatMap(({ episode }) => (episode ? [[episode.name, episode.label]] : [])));
    expect(Object.fromEntries(names)).toEqual({ "digit 0": 1, "digit 1": 4, "digit 2": 7 });
  });

  it("gives sorted events within the batch's 10 ms and the sensor's pixels, and counts each of them", async () => {
    const sensor = sensorOf();
    const batches = await play(sensor);
    let events = 0;
    for (const { length, offsetUs, x, y, polarity } of batches) {
      events += length;
      expect([offsetUs.length, x.length, y.length, polarity.length]).toEqual(new Array(4).fill(length));
      for (let i = 0; i < length; i++) {
        expect(offsetUs[i]).toBeGreaterThanOrEqual(offsetUs[i - 1] ?? 0);
        expect(offsetUs[i]).toBeLessThan(10_000);
        expect(Math.max(x[i] ?? 99, y[i] ?? 99)).toBeLessThan(34);
        expect(polarity[i]).toBeLessThan(2);
      }
    }
    expect(events).toBeGreaterThan(3 * 1000);
    const counts = { name: "sensor", received: events, delivered: events, held: 0, dropped: {} };
    expect(sensor.counts()).toEqual({ ...counts, unit: "events" });
    expect(sensor.fault()).toBeUndefined();
  });

  it("shows every digit once before any again, in another order, never twice from the same place", async () => {
    const batches = await play(sensorOf({ count: 18 }));
    const shown = batches.filter((_, i) => i % 31 === 0).map(({ episode }) => episode?.label ?? -1);
    const rounds = [0, 3, 6, 9, 12, 15].map((from) => shown.slice(from, from + 3));
    for (const round of rounds) expect([...round].sort()).toEqual([1, 4, 7]);
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
    const showings = new Set(batches.filter((_, i) => i % 31 === 5).map(({ offsetUs }) => String(offsetUs)));
    expect(showings.size).toBe(18);
  });

  it("in real time sends a batch when its end has come, at speed 2 in half the time", async () => {
    for (const speed of [1, 2]) {
      const { clock, wait } = waitingClock(0);
      const startUs = clock.nowUs();
      const sensor = new SimulatedDigitsSensor({ seed: 7, speed, count: 2 }, digits, clock, wait);
      expect(sensor.paced).toBe(true);
      const late = tap<EventBatch>(({ startUs: fromUs, episode }) => {
        const dueUs = (fromUs + (episode === undefined ? 0 : 10_000)) / speed;
        expect(clock.nowUs() - startUs - dueUs).toBeGreaterThanOrEqual(0);
        expect(clock.nowUs() - startUs - dueUs).toBeLessThan(1000);
      });
      await lastValueFrom(sensor.open().pipe(late));
    }
    expect(sensorOf().paced).toBe(false);
  });

  it("never ends without a count, and stops when unsubscribed, with accounts that hold", async () => {
    const endless = new SimulatedDigitsSensor({ seed: 7, speed: "max" }, digits);
    expect(await firstValueFrom(endless.open().pipe(take(200), toArray()))).toHaveLength(200);
    const { received, delivered } = endless.counts();
    expect(received).toBe(delivered);

    let stop: AbortSignal | undefined;
    const slow = new SimulatedDigitsSensor({ seed: 7, speed: 1 }, digits, undefined, async (_, signal) => {
      stop = signal;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const subscription = slow.open().subscribe(() => expect.unreachable());
    expect(stop?.aborted).toBe(false);
    const { held } = slow.counts();
    expect(held).toBeGreaterThan(0);
    subscription.unsubscribe();
    expect(stop?.aborted).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    const lost = { received: held, delivered: 0, held: 0, dropped: { unfinished: held } };
    expect(slow.counts()).toMatchObject(lost);
  });

  it("refuses what cannot be meant", () => {
    const gaps = [{ gapMs: -1 }, { gapMs: Number.NaN }, { gapMs: 3_600_001 }];
    for (const wrong of [{ speed: 0 }, { speed: Number.NaN }, { count: 0 }, { count: 1.5 }, ...gaps]) {
      expect(() => sensorOf(wrong)).toThrow(/^Expected .* for sim:digits, found/);
    }
    const none = { images: new Uint8Array(0), labels: new Uint8Array(0), count: 0 };
    expect(() => new SimulatedDigitsSensor({ seed: 7 }, none)).toThrow(/at least one digit/);
  });
});

/** Plays an "auto" sensor and hurries it as the script says before batch i is dealt with; when each batch came, in ms. */
async function playHurried(script: Readonly<Record<number, boolean>>, options = {}) {
  const { clock, wait } = waitingClock(0);
  const beganUs = clock.nowUs();
  const asked = { seed: 7, speed: "auto", count: 4, ...options } as const;
  const sensor = new SimulatedDigitsSensor(asked, digits, clock, wait);
  const batches: EventBatch[] = [];
  const atMs: number[] = [];
  const paced: boolean[] = [];
  await lastValueFrom(
    sensor.open().pipe(
      tap((batch) => {
        const on = script[batches.length];
        if (on !== undefined) sensor.hurry?.(on);
        batches.push(batch);
        atMs.push((clock.nowUs() - beganUs) / 1000);
        paced.push(sensor.paced);
      }),
    ),
  );
  return { batches, atMs, paced, counts: sensor.counts() };
}

/** 30 batches of 10 ms and the pause, which comes with the last of them. */
const BATCHES = 31;

describe("a simulated camera that can hurry", () => {
  it("is one of its own speed only: others keep theirs", () => {
    for (const speed of [1, 2, "max"] as const) expect(sensorOf({ speed }).hurry).toBeUndefined();
    const sensor = sensorOf({ speed: "auto" });
    expect(sensor.paced).toBe(true);
    sensor.hurry?.(true);
    expect(sensor.paced).toBe(false);
    sensor.hurry?.(false);
    expect(sensor.paced).toBe(true);
  });

  it("shows in real time until it is asked", async () => {
    const { batches, atMs, paced } = await playHurried({});
    for (const [i, { startUs, episode }] of batches.entries()) {
      expect(atMs[i]).toBe(startUs / 1000 + (episode === undefined ? 0 : 10));
    }
    expect(paced).not.toContain(false);
  });

  it("hurries from the next batch on and goes back to real time, with the same batches, none lost or doubled", async () => {
    const [fast, slow] = [BATCHES + 5, 3 * BATCHES + 4];
    const { batches, atMs, paced, counts } = await playHurried({ [fast]: true, [slow]: false });
    const calm = await play(sensorOf({ count: 4 }));
    expect(batches.map(({ startUs }) => startUs)).toEqual(calm.map(({ startUs }) => startUs));
    expect(digest(batches)).toBe(digest(calm));
    expect([counts.received, counts.held, counts.dropped]).toEqual([counts.delivered, 0, {}]);

    // One digit and six batches in real time, two digits in no time, the rest of the fourth in real time.
    expect(atMs[fast]).toBe(400 + 60);
    expect(atMs[slow]).toBe(400 + 60);
    for (let i = slow + 1; i < 4 * BATCHES - 1; i++) expect(atMs[i]).toBe(460 + 10 * (i - slow));
    expect(paced.flatMap((now, i) => (now === (i < fast || i >= slow) ? [] : i))).toEqual([]);
  });

  it("goes from hurry to real time between two digits without catching up or waiting for the time it saved", async () => {
    const gapMs = 500;
    const last = 2 * BATCHES - 1;
    const { atMs, batches } = await playHurried({ 0: true, [last]: false }, { gapMs });
    expect(atMs[last]).toBe(10);
    expect(batches[last + 1]?.startUs).toBe(1_600_000);
    // The first batch of the third digit sets the time; the pause before the fourth is kept.
    expect(atMs[last + 1]).toBe(10 + 10);
    expect(atMs[last + 30]).toBe(10 + 300);
    expect(atMs[last + 32]).toBe(10 + 300 + 500 + 10);
  });

  it("hurries from the first batch on when it was asked before it is opened", async () => {
    const { clock, wait, waitsMs } = waitingClock(0);
    const sensor = new SimulatedDigitsSensor({ seed: 7, speed: "auto", count: 2 }, digits, clock, wait);
    sensor.hurry?.(true);
    expect(digest(await play(sensor))).toBe(digest(await play(sensorOf({ count: 2 }))));
    expect(waitsMs).toEqual([]);
  });

  it("pauses as long as it is told between two digits", async () => {
    for (const gapMs of [0, 0.5, 500]) {
      const batches = await play(sensorOf({ gapMs, count: 3 }));
      const starts = batches.filter((_, i) => i % BATCHES === 0).map(({ startUs }) => startUs);
      const periodUs = 300_000 + gapMs * 1000;
      expect(starts).toEqual([0, periodUs, 2 * periodUs]);
    }
  });
});

describe("the scene", () => {
  it("moves along a triangle and ends where it began, standing still at the corners", () => {
    expect(saccadeAt(0)).toEqual(saccadeAt(300_000));
    const corner = saccadeAt(100_000);
    expect(corner.right).toBeCloseTo(0, 9);
    expect(corner.down).toBeCloseTo(1.75, 9);
    expect(saccadeAt(101_000).down).toBeCloseTo(1.75, 3);
    const fastest = Math.abs(saccadeAt(151_000).down - saccadeAt(150_000).down);
    expect(fastest).toBeGreaterThan(0.06);
  });

  it("shifts a digit without losing light, by parts of a pixel", () => {
    const scene = new Float64Array(34 * 34);
    const block = digits.images.subarray(2 * 784);
    const light = block.reduce((sum, ink) => sum + ink, 0);
    for (const place of [
      { right: 0, down: 0 },
      { right: 1.25, down: -2.5 },
      { right: -2.75, down: 2.25 },
    ]) {
      drawDigit(block, scene, place);
      let right = 0;
      let down = 0;
      for (const [i, ink] of scene.entries()) {
        right += ((i % 34) * ink) / light;
        down += (Math.floor(i / 34) * ink) / light;
      }
      expect(scene.reduce((sum, ink) => sum + ink, 0)).toBeCloseTo(light, 6);
      // The block's middle stands at 13.5 + the margin of 3.
      expect(right).toBeCloseTo(16.5 + place.right, 6);
      expect(down).toBeCloseTo(16.5 + place.down, 6);
    }
  });
});
