import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { lastValueFrom, reduce, toArray } from "rxjs";
import { expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { systemClock } from "../../src/core/clock.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { NmnistDecoder } from "../../src/formats/nmnist.ts";
import { through } from "../../src/pipeline/operators/through.ts";
import { RecordingFolderSensor } from "../../src/sensors/recording-folder.ts";
import { dataPath, describeRecordings } from "./data-folder.ts";

type Columns = {
  readonly timeUs: BigUint64Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly polarity: Uint8Array;
};

function decode(bytes: Uint8Array): { readonly batches: EventBatch[]; readonly decoder: NmnistDecoder } {
  const decoder = new NmnistDecoder({ name: "recording" });
  decoder.append(bytes);
  decoder.end();
  const batches: EventBatch[] = [];
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) batches.push(batch);
  return { batches, decoder };
}

const columnsOf = (batches: readonly EventBatch[]): Columns => ({
  timeUs: BigUint64Array.from(
    batches.flatMap(({ startUs, offsetUs }) => Array.from(offsetUs, (offset) => BigInt(startUs + offset))),
  ),
  x: Uint16Array.from(batches.flatMap(({ x }) => [...x])),
  y: Uint16Array.from(batches.flatMap(({ y }) => [...y])),
  polarity: Uint8Array.from(batches.flatMap(({ polarity }) => [...polarity])),
});

const digestsOf = (columns: Columns) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      createHash("sha256").update(new Uint8Array(column.buffer)).digest("hex"),
    ]),
  );

/** Event Stream 2.0, DVS: 16 bytes of header, then 0xFF = 127 µs more, else (dt << 1 | on), x, y. */
function readEventStream(bytes: Uint8Array): Columns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const height = view.getUint16(18, true);
  const rows: (readonly [bigint, number, number, number])[] = [];
  let timeUs = 0;
  for (let at = 20; at < bytes.length; ) {
    const head = bytes[at] ?? 0;
    if (head === 0xff) {
      timeUs += 127;
      at += 1;
      continue;
    }
    timeUs += head >> 1;
    rows.push([BigInt(timeUs), view.getUint16(at + 1, true), view.getUint16(at + 3, true), head & 1]);
    at += 5;
  }
  expect(height).toBe(34);
  return {
    timeUs: BigUint64Array.from(rows, ([t]) => t),
    x: Uint16Array.from(rows, ([, x]) => x),
    y: Uint16Array.from(rows, ([, , y]) => y),
    polarity: Uint8Array.from(rows, ([, , , polarity]) => polarity),
  };
}

/** SHA-256 of recording 2: times as u64, x and y as u16, little endian; polarity as u8. */
const DIGESTS = {
  timeUs: "9327b6f4b690c6114d562b9db8e079650dcb944b315ef677c5b7fa28b49cf47a",
  x: "48d326267d9036100065f5afdc23aa7c1463315ddf96b90ff951dead3f318984",
  y: "b1c2a48d791eec6a7f82b42bd5b86231283b46fece778b43cfb35c7ad0a9f834",
  polarity: "becd1a1bd543449454dd6ce788e23b6c299accc80dc3c7c1ee0b282ca2fa8802",
};

const folder = () => dataPath("nmnist-small-bs2");
const recordingFiles = () => readdirSync(folder()).filter((file) => file.endsWith(".bs2"));
const recordings = () =>
  recordingFiles().map((name) => ({ path: `${folder()}/${name}`, name, label: undefined }));

describeRecordings("real N-MNIST recordings", () => {
  it("give recording 2 in all 5,028 events, column by column", () => {
    const columns = columnsOf(decode(readFileSync(`${folder()}/2.bs2`)).batches);
    expect(columns.x).toHaveLength(5028);
    expect(digestsOf(columns)).toEqual(DIGESTS);
  });

  it("equal the same recording published as an Event Stream file", () => {
    const published = readEventStream(readFileSync(dataPath("hummus-nmnist-es", "00002.es")));
    expect(columnsOf(decode(readFileSync(`${folder()}/2.bs2`)).batches)).toEqual(published);
  });

  it("hold 3,276,022 events in 799 files, none of them dropped", () => {
    let events = 0;
    for (const file of recordingFiles()) {
      const bytes = readFileSync(`${folder()}/${file}`);
      const { decoder } = decode(bytes);
      const counts = decoder.counts();
      expect(counts).toMatchObject({ words: bytes.length / 5, delivered: bytes.length / 5, held: 0 });
      events += counts.delivered;
    }
    expect(recordingFiles()).toHaveLength(799);
    expect(events).toBe(3_276_022);
  });

  it("decode N-MNIST's other ending as well: 4,325 events to 311,175 µs", () => {
    const { timeUs } = columnsOf(
      decode(readFileSync(dataPath("tonic-samples", "sample_nmnist.bin"))).batches,
    );
    expect([timeUs.length, timeUs.at(-1)]).toEqual([4325, 311_175n]);
  });

  it("play through sensor and encoder as one frame each, without a loss", async () => {
    const sensor = new RecordingFolderSensor({ name: folder(), recordings: recordings(), speed: "max" });
    const encoder = new EventGridEncoder(
      { width: 34, height: 34 },
      { kind: "event-grid", pool: 1, polarity: "split", window: { by: "episode" } },
    );
    const frames = await lastValueFrom(sensor.open().pipe(through(encoder), toArray()));
    expect(frames).toHaveLength(799);
    expect(frames.reduce((sum, { length }) => sum + length, 0)).toBe(3_276_022);
    expect(sensor.counts()).toMatchObject({
      received: 3_276_022,
      delivered: 3_276_022,
      held: 0,
      dropped: {},
    });
    // One recording is about 310 ms.
    expect(frames.every(({ durationUs }) => durationUs > 250_000 && durationUs < 320_000)).toBe(true);
  });

  it("come at one million events a second and more on any machine that runs this", async () => {
    const startUs = systemClock.cpuUs();
    const sensor = new RecordingFolderSensor({ name: folder(), recordings: recordings(), speed: "max" });
    const events = await lastValueFrom(sensor.open().pipe(reduce((sum, { length }) => sum + length, 0)));
    expect(events / ((systemClock.cpuUs() - startUs) / 1e6)).toBeGreaterThan(1e6);
  });
});
