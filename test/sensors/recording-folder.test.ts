import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { firstValueFrom, lastValueFrom, take, tap, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { RecordingFolderSensor } from "../../src/sensors/recording-folder.ts";
import { evt2, headerText, joined, textBytes, wordBytes } from "../formats/evt-bytes.ts";
import { nmnistBytes, wanderingWords } from "../formats/nmnist-bytes.ts";
import { temporaryFolder, waitingClock, writeRecordings } from "./recording-world.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** 100 events of 300 µs: 29,701 µs in three batches. */
const short = nmnistBytes(wanderingWords(100, 300));
const play = (sensor: RecordingFolderSensor) => lastValueFrom(sensor.open().pipe(toArray()));
const endOf = (batch: EventBatch) => batch.startUs + (batch.offsetUs[batch.length - 1] ?? 0);
const isPause = ({ length, episode }: EventBatch) => length === 0 && episode === undefined;

describe("the recording folder sensor", () => {
  it("plays the recordings on one continuous clock with a gap between, each as its own episode", async () => {
    const recordings = writeRecordings(folder, { a: short, b: short });
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max", gapMs: 50 });
    const batches = await play(sensor);
    expect(batches.map(({ startUs, length, episode }) => [startUs, length, episode?.name])).toEqual([
      [0, 34, "a"],
      [10_000, 33, "a"],
      [20_000, 33, "a"],
      [29_701, 0, undefined],
      [79_701, 34, "b"],
      [89_701, 33, "b"],
      [99_701, 33, "b"],
      [109_402, 0, undefined],
    ]);
    expect(batches[4]?.episode).toEqual({ index: 1, name: "b", label: 1 });
    expect(sensor.counts()).toEqual({
      name: "sensor",
      received: 200,
      delivered: 200,
      held: 0,
      dropped: {},
      unit: "events",
    });
    expect(sensor.bytes()).toBe(1000);
  });

  it("plays the list as often as asked, counting episodes on, and begins anew on each subscription", async () => {
    const recordings = writeRecordings(folder, { a: short, b: short });
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max", passes: 3 });
    for (let opening = 0; opening < 2; opening++) {
      const batches = await play(sensor);
      const episodes = [...new Set(batches.flatMap(({ episode }) => episode?.index ?? []))];
      expect(episodes).toEqual([0, 1, 2, 3, 4, 5]);
      expect(sensor.counts().delivered).toBe(600);
    }
  });

  it("emits a batch only when the clock says that its end has come, without adding up late timers", async () => {
    const recordings = writeRecordings(folder, { a: short, b: short });
    const { clock, wait } = waitingClock(2);
    const startUs = clock.nowUs();
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: 1 }, clock, wait);
    const lateUs: number[] = [];
    const listen = tap<EventBatch>((batch) => {
      if (!isPause(batch)) lateUs.push(clock.nowUs() - startUs - endOf(batch));
    });
    await lastValueFrom(sensor.open().pipe(listen));
    expect(lateUs).toHaveLength(6);
    for (const late of lateUs) {
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(3000);
    }
  });

  it("plays twice as fast at speed 2, and does not wait at all at speed max", async () => {
    const recordings = writeRecordings(folder, { a: short });
    const waited = async (speed: number | "max") => {
      const { clock, wait, waitsMs } = waitingClock();
      const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed }, clock, wait);
      expect(sensor.paced).toBe(speed !== "max");
      await play(sensor);
      return waitsMs.reduce((sum, ms) => sum + ms, 0);
    };
    expect(await waited(1)).toBe(30);
    expect(await waited(2)).toBe(15);
    expect(await waited("max")).toBe(0);
  });

  it("sends what is overdue at once when its consumer was busy", async () => {
    const recordings = writeRecordings(folder, { a: short });
    const { clock, wait, waitsMs, passMs } = waitingClock();
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: 1 }, clock, wait);
    let seen = 0;
    await lastValueFrom(sensor.open().pipe(tap(() => seen++ === 0 && passMs(100))));
    expect(seen).toBe(4);
    expect(waitsMs).toHaveLength(1);
  });

  it("lets the event loop take a turn between recordings at speed max", async () => {
    const recordings = writeRecordings(folder, { a: short, b: short, c: short });
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max" });
    let turns = 0;
    const turn = () => {
      turns++;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await play(sensor);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("stops when unsubscribed, even while it waits, and accounts for what was never sent", async () => {
    const recordings = writeRecordings(folder, { a: short, b: short });
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max" });
    await firstValueFrom(sensor.open().pipe(take(1)));
    await new Promise((resolve) => setImmediate(resolve));
    const { received, delivered, held, dropped } = sensor.counts();
    expect(delivered).toBe(34);
    expect(received).toBe(delivered + held + (dropped.unfinished ?? 0));

    const slow = new RecordingFolderSensor({ name: "toys", recordings, speed: 1e-6 });
    const subscription = slow.open().subscribe(() => expect.unreachable());
    subscription.unsubscribe();
    // A timer of hours left behind would keep this process from ending.
    expect(subscription.closed).toBe(true);
  });

  it("stops at a bad file with a sentence that names it", async () => {
    const recordings = writeRecordings(folder, { a: short, torn: short.subarray(0, 103), c: short });
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max" });
    const seen: EventBatch[] = [];
    await expect(lastValueFrom(sensor.open().pipe(tap((batch) => seen.push(batch))))).rejects.toMatchObject({
      code: "NMNIST_TRUNCATED",
      exitCode: 65,
      message: expect.stringContaining(`${join(folder, "torn.bs2")}, found 3 at byte 100`),
    });
    expect(new Set(seen.map(({ episode }) => episode?.name))).toEqual(new Set(["a", undefined, "torn"]));
  });

  it("with salvage keeps the good part, skips what is no recording, and counts and says so", async () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 2_654_435_761) >>> 24);
    const files = { empty: new Uint8Array(0), torn: short.subarray(0, 103), noise, c: short };
    const recordings = [
      { path: join(folder, "absent.bs2"), name: "absent", label: undefined },
      ...writeRecordings(folder, files),
    ];
    const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max", salvage: true });
    const batches = await play(sensor);
    expect(
      batches.filter((batch) => !isPause(batch)).map(({ episode }) => [episode?.index, episode?.name]),
    ).toEqual([
      [0, "torn"],
      [1, "c"],
      [1, "c"],
      [1, "c"],
    ]);
    const { received, delivered, held, dropped } = sensor.counts();
    expect({ delivered, held }).toEqual({ delivered: 120, held: 0 });
    expect(dropped.truncated).toBe(1);
    expect(received).toBe(delivered + Object.values(dropped).reduce((sum, n) => sum + n, 0));
    expect(sensor.fault()).toMatch(/^3 of 5 recordings could not be read to the end, .*noise\.bs2/);
  });

  it("fails rather than spinning for ever when nothing of an endless list can be read", async () => {
    const recordings = writeRecordings(folder, { empty: new Uint8Array(0) });
    const endless = { recordings, passes: Number.POSITIVE_INFINITY, salvage: true };
    const sensor = new RecordingFolderSensor({ name: "toys", speed: "max", ...endless });
    await expect(play(sensor)).rejects.toMatchObject({ code: "RECORDINGS_NONE", exitCode: 65 });
    // A header and a time, but no event: nothing is wrong with it, and nothing comes of it.
    const still = joined(textBytes(headerText("EVT2", 9, 9)), wordBytes([evt2.high(0)], 4));
    const stills = writeRecordings(folder, { "still.raw": still });
    const empty = new RecordingFolderSensor({ name: "toys", recordings: stills, speed: "max" });
    await expect(play(empty)).rejects.toThrow(/of toys, found none\.$/);
  });

  it("says what is missing or not a file", async () => {
    mkdirSync(join(folder, "folder.bs2"));
    const codeOf = (name: string) => {
      const recordings = [{ path: join(folder, name), name, label: undefined }];
      const sensor = new RecordingFolderSensor({ name: "toys", recordings, speed: "max" });
      return play(sensor).catch((error: { code: string; exitCode: number }) => [error.code, error.exitCode]);
    };
    expect(await codeOf("absent.bs2")).toEqual(["RECORDING_ABSENT", 66]);
    expect(await codeOf("folder.bs2")).toEqual(["RECORDING_KIND", 66]);
  });

  it("refuses options that cannot be meant", () => {
    const recordings = writeRecordings(folder, { a: short });
    for (const wrong of [
      { speed: 0 },
      { speed: Number.NaN },
      { passes: 0.5 },
      { gapMs: -1 },
      { recordings: [] },
    ]) {
      expect(() => new RecordingFolderSensor({ name: "toys", recordings, ...wrong })).toThrow(
        /^Expected .* for toys/,
      );
    }
  });
});
