import { rmSync } from "node:fs";
import fc from "fast-check";
import { lastValueFrom, tap, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { RecordingFolderSensor } from "../../src/sensors/recording-folder.ts";
import {
  evt2Words,
  evt3Words,
  headerText,
  joined,
  type Row,
  textBytes,
  wordBytes,
} from "../formats/evt-bytes.ts";
import { nmnistBytes, wanderingWords } from "../formats/nmnist-bytes.ts";
import { temporaryFolder, waitingClock, writeRecordings } from "./recording-world.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const sensorSize = { width: 64, height: 48 };
const rowsFrom = (startUs: number, count: number, stepUs = 300): Row[] =>
  Array.from({ length: count }, (_, i) => [startUs + i * stepUs, i % 64, i % 48, i & 1]);
const evt2Bytes = (rows: readonly Row[]) =>
  joined(textBytes(headerText("EVT2", 64, 48)), wordBytes(evt2Words(rows), 4));
const evt3Bytes = (rows: readonly Row[]) =>
  joined(textBytes(headerText("EVT3", 64, 48)), wordBytes(evt3Words(rows), 2));

type Options = Partial<ConstructorParameters<typeof RecordingFolderSensor>[0]>;
const sensorFor = (files: Readonly<Record<string, Uint8Array>>, options: Options = {}) => {
  const recordings = writeRecordings(folder, files);
  return new RecordingFolderSensor({ name: "toys", recordings, speed: "max", ...sensorSize, ...options });
};
const play = (sensor: RecordingFolderSensor) => lastValueFrom(sensor.open().pipe(toArray()));
const isPause = ({ length, episode }: EventBatch) => length === 0 && episode === undefined;
const timesOf = ({ startUs, offsetUs }: EventBatch) => Array.from(offsetUs, (us) => startUs + us);
const balance = ({ received, delivered, held, dropped }: ReturnType<RecordingFolderSensor["counts"]>) =>
  received - delivered - held - Object.values(dropped).reduce((sum, count) => sum + count, 0);

describe("playing recordings", () => {
  it("takes each for what its bytes or its name say, on one clock that begins at 0", async () => {
    const files = {
      "a.raw": evt2Bytes(rowsFrom(913_716_224, 100)),
      "b.bin": nmnistBytes(wanderingWords(100, 300)),
      "c.raw": evt3Bytes(rowsFrom(2 ** 24 - 5000, 100)),
    };
    const sensor = sensorFor(files, { gapMs: 1 });
    const batches = await play(sensor);
    const firstOf = (name: string) => batches.find(({ episode }) => episode?.name === name);
    expect(sensor.counts()).toMatchObject({ received: 300, delivered: 300, dropped: {} });
    expect(batches.filter(isPause)).toHaveLength(3);
    expect(firstOf("a.raw")).toMatchObject({ startUs: 0, episode: { index: 0, label: 0 } });
    const times = batches.flatMap(timesOf);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // The first event, 6,224 µs into its cell of 10 ms; then 100 events; each pause takes 1 ms.
    expect(firstOf("b.bin")?.startUs).toBe(6224 + 99 * 300 + 1 + 1000);
  });

  it("comes in slices of at most 10 ms, each when its time has come, however long the recording is", async () => {
    const { clock, wait } = waitingClock();
    const recordings = writeRecordings(folder, { "a.raw": evt3Bytes(rowsFrom(5_000_000, 20_000, 50)) });
    const sensor = new RecordingFolderSensor(
      { name: "toys", recordings, speed: 1, ...sensorSize },
      clock,
      wait,
    );
    const startUs = clock.nowUs();
    let slices = 0;
    const watch = tap<EventBatch>((batch) => {
      if (isPause(batch)) return;
      slices++;
      const times = timesOf(batch);
      const [first = 0, last = 0] = [times[0], times.at(-1)];
      expect(last - first).toBeLessThan(10_000);
      const lateUs = clock.nowUs() - startUs - last;
      expect(lateUs).toBeGreaterThanOrEqual(0);
      expect(lateUs).toBeLessThanOrEqual(1001);
    });
    await lastValueFrom(sensor.open().pipe(watch));
    expect(slices).toBe(100);
  });

  it("lets the event loop take its turns within a long recording at speed max", async () => {
    const sensor = sensorFor({ "a.raw": evt2Bytes(rowsFrom(0, 100, 10_000)) });
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

  it("plays all that is before the place where a recording breaks off, and only then says where", async () => {
    const whole = evt2Bytes(rowsFrom(0, 100));
    const sensor = sensorFor({ "a.raw": whole.subarray(0, whole.length - 2), "b.raw": whole });
    const seen: EventBatch[] = [];
    const playing = lastValueFrom(sensor.open().pipe(tap((batch) => seen.push(batch))));
    await expect(playing).rejects.toMatchObject({
      code: "EVT2_TRUNCATED",
      exitCode: 65,
      message: expect.stringContaining(`a.raw, found 2 at byte ${whole.length - 4}, where the file ends`),
    });
    expect(seen.flatMap(timesOf)).toHaveLength(99);
    expect(seen.at(-1)).toSatisfy(isPause);
    expect(sensor.counts()).toMatchObject({ delivered: 99, dropped: { truncated: 1 } });
    expect(balance(sensor.counts())).toBe(0);
  });

  it("lets queues behind it empty before a failure overtakes them, by the gap that follows a recording", async () => {
    const { clock, wait } = waitingClock();
    const whole = evt2Bytes(rowsFrom(0, 100));
    const recordings = writeRecordings(folder, { "a.raw": whole.subarray(0, whole.length - 2) });
    const paced = { name: "toys", recordings, speed: 1, gapMs: 100, ...sensorSize };
    const sensor = new RecordingFolderSensor(paced, clock, wait);
    let lastUs = 0;
    const listen = tap<EventBatch>(() => {
      lastUs = clock.nowUs();
    });
    await expect(lastValueFrom(sensor.open().pipe(listen))).rejects.toMatchObject({ exitCode: 65 });
    expect(clock.nowUs() - lastUs).toBeGreaterThanOrEqual(99_000);
  });

  it("never goes back in time where a recording does: the window closes, another episode begins, fault says it", async () => {
    const rows = [...rowsFrom(5_000_000, 100), ...rowsFrom(2_000_000, 100)];
    for (const bytes of [evt2Bytes(rows), evt3Bytes(rows)]) {
      const sensor = sensorFor({ "a.raw": bytes });
      const encoder = new EventGridEncoder(sensorSize, {
        kind: "event-grid",
        pool: 1,
        polarity: "split",
        window: { by: "episode" },
      });
      const batches = await play(sensor);
      const frames = batches.flatMap((batch) => encoder.push(batch));
      const times = batches.flatMap(timesOf);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(frames.map(({ length, episode }) => [length, episode])).toEqual([
        [100, { index: 0, name: "a.raw", label: 0 }],
        [93, { index: 1, name: "a.raw", label: 0 }],
      ]);
      expect(encoder.counts()).toMatchObject({ received: 193, delivered: 193, dropped: {} });
      expect(sensor.counts().dropped).toEqual({ "time-back": 7 });
      expect(balance(sensor.counts())).toBe(0);
      expect(sensor.fault()).toMatch(
        /^Expected the clock of .*a\.raw to run on, at 0\.029701 s of the stream found it set back by 3027\.6 ms; what was before stands for itself\.$/,
      );
    }
  });

  it("keeps its clock and its accounts whatever bits of a recording are damaged", async () => {
    const whole = [evt2Bytes(rowsFrom(0, 1000, 90)), evt3Bytes(rowsFrom(0, 1000, 90))] as const;
    const flips = fc.array(fc.tuple(fc.nat(2 ** 20), fc.nat(7)), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), flips, async (bytes, places) => {
        const headerBytes = headerText("EVT2", 64, 48).length;
        const damaged = bytes.slice();
        for (const [place, bit] of places) {
          const at = headerBytes + (place % (bytes.length - headerBytes));
          damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        }
        const sensor = sensorFor({ "a.raw": damaged });
        const times: number[] = [];
        const listen = tap<EventBatch>((batch) => times.push(...timesOf(batch)));
        await lastValueFrom(sensor.open().pipe(listen), { defaultValue: undefined }).catch(
          (error: unknown) => {
            expect(error).toMatchObject({ name: "SpikelineError", exitCode: 65 });
          },
        );
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(balance(sensor.counts())).toBe(0);
        expect(sensor.counts()).toMatchObject({ delivered: times.length, held: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it("does not wait for hours where a damaged clock leaps ahead", async () => {
    const { clock, wait, waitsMs } = waitingClock();
    const rows = [...rowsFrom(0, 100), ...rowsFrom(3_600_000_000, 100)];
    const recordings = writeRecordings(folder, { "a.raw": evt2Bytes(rows) });
    const sensor = new RecordingFolderSensor(
      { name: "toys", recordings, speed: 1, ...sensorSize },
      clock,
      wait,
    );
    await play(sensor);
    expect(waitsMs.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(10_100);
    expect(sensor.fault()).toMatch(/leap ahead by 3599\.9703 s; it is played as a silence of 10 s\.$/);
    expect(sensor.counts()).toMatchObject({ delivered: 200, dropped: {} });
  });

  it("plays words without a header by the format and size it is told, and N-MNIST of other sensors", async () => {
    const words = wordBytes(evt3Words(rowsFrom(0, 50)), 2);
    const bare = sensorFor({ "a.dump": words }, { format: "evt3", size: sensorSize });
    expect((await play(bare)).flatMap(timesOf)).toHaveLength(50);
    const gesture = nmnistBytes(wanderingWords(100, 300).map((word) => ({ ...word, x: word.x + 90 })));
    const large = { width: 128, height: 128 };
    const sensor = sensorFor({ gesture }, { ...large, size: large });
    await play(sensor);
    expect(sensor.counts()).toMatchObject({ delivered: 100, dropped: {} });
  });

  it("refuses a recording larger than the sensor, and what is no recording, by its name", async () => {
    const large = joined(textBytes(headerText("EVT2", 65, 48)), wordBytes(evt2Words(rowsFrom(0, 9)), 4));
    await expect(play(sensorFor({ "a.raw": large }))).rejects.toMatchObject({
      code: "RECORDING_LARGE",
      message: expect.stringMatching(/at most 64×48 pixels, .* found 65×48 in .*a\.raw\.$/),
    });
    await expect(play(sensorFor({ "photo.jpg": Uint8Array.of(1, 2, 3) }))).rejects.toMatchObject({
      code: "RECORDING_FORMAT",
      message: expect.stringContaining("photo.jpg"),
    });
  });
});
