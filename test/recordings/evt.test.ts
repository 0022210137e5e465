import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { systemClock } from "../../src/core/clock.ts";
import { openMnist } from "../../src/datasets/mnist.ts";
import type { EvtDecoder } from "../../src/formats/evt-decoder.ts";
import { Evt2Decoder } from "../../src/formats/evt2.ts";
import { Evt3Decoder } from "../../src/formats/evt3.ts";
import { SNIFF_BYTES, sniffRecording } from "../../src/formats/sniff.ts";
import { encodePng } from "../../src/report/png.ts";
import { balanceOf, drain } from "../formats/evt-bytes.ts";
import { dataPath, describeRecordings } from "./data-folder.ts";

type Columns = {
  readonly timeUs: Float64Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly polarity: Uint8Array;
};

const sample = (name: string) => readFileSync(dataPath("expelliarmus-samples", name));
const decoderFor = (name: string): EvtDecoder =>
  name.startsWith("evt2") ? new Evt2Decoder({ name }) : new Evt3Decoder({ name });

function emptyColumns(length: number): Columns {
  return {
    timeUs: new Float64Array(length),
    x: new Uint16Array(length),
    y: new Uint16Array(length),
    polarity: new Uint8Array(length),
  };
}

function columnsOf(batches: readonly EventBatch[]): Columns {
  const columns = emptyColumns(batches.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const { startUs, offsetUs, x, y, polarity, length } of batches) {
    columns.timeUs.set(
      Float64Array.from(offsetUs, (offset) => startUs + offset),
      at,
    );
    columns.x.set(x, at);
    columns.y.set(y, at);
    columns.polarity.set(polarity, at);
    at += length;
  }
  return columns;
}

const sha256 = (column: ArrayBufferView) =>
  createHash("sha256")
    .update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
    .digest("hex");
const digestsOf = ({ timeUs, x, y, polarity }: Columns) => ({
  timeUs: sha256(BigUint64Array.from(timeUs, BigInt)),
  x: sha256(x),
  y: sha256(y),
  polarity: sha256(polarity),
});

/** NumPy's file of records {t i64, x i16, y i16, p u8, 3 bytes unused}. */
function readNpy(bytes: Uint8Array): Columns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = 10 + view.getUint16(8, true);
  const columns = emptyColumns((bytes.length - from) / 16);
  for (let i = 0, at = from; i < columns.x.length; i++, at += 16) {
    columns.timeUs[i] = Number(view.getBigInt64(at, true));
    columns.x[i] = view.getInt16(at + 8, true);
    columns.y[i] = view.getInt16(at + 10, true);
    columns.polarity[i] = view.getUint8(at + 12);
  }
  return columns;
}

/** Where the time that EVT3's clock words say falls under an unchanged high half: how far. */
function lowBackSteps(bytes: Uint8Array, headerBytes: number): number[] {
  const steps: number[] = [];
  let [high, low] = [-1, 0];
  for (let at = headerBytes; at + 1 < bytes.length; at += 2) {
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const value = word & 0xfff;
    if (word >> 12 === 8 && value !== high) [high, low] = [value, 0];
    if (word >> 12 !== 6) continue;
    if (value < low) steps.push(low - value);
    low = value;
  }
  return steps;
}

/** SHA-256 of the columns, also of a decoder written apart from this one: times as u64, x and y as u16, little endian; polarity as u8. */
const DIGESTS = {
  evt2: {
    timeUs: "64fec5ce1b270d8042a6d6728b3bd3edf9a8943a4d499cf937516711bb08cf6b",
    x: "02dc735a94fdf0bdd443ab9e51b1a1b11795de7e4097abd8e282a63d70abdc52",
    y: "f6e0390bc6cb7a4050ae72555c8d72888a41861f5c23c9de497dfbed2ac236eb",
    polarity: "47f9cd2ed9562c78ba81f922f75ecc01295ca3536e07219a53ea6b3fbe3f76f7",
  },
  evt3: {
    timeUs: "41a62d1aeed53a5b9c8ffeea3c50661b8a9f288331dcc0445a874eae7446322e",
    x: "1014ebcc18dcc912fbf7afd7b64613209d4fbf064beda5827c8bf49aa53f1481",
    y: "81f935a5e5fb739853a1e01038a5dc33372cf7adda85dab486cb0e0823689dec",
    polarity: "a8c5419384b9b05211ff6bd30856e70e1064523582e97213dedd2daac959b114",
  },
};

describeRecordings("real Prophesee recordings", () => {
  it("of EVT2 give all 539,481 events of 50 ms, column by column, and drop none", () => {
    const bytes = sample("evt2_sample.raw");
    const decoder = decoderFor("evt2");
    const { batches, error } = drain(decoder, bytes, 65_536);
    const columns = columnsOf(batches);
    expect(error).toBeUndefined();
    expect(decoder.header).toMatchObject({ format: "EVT2", width: 640, height: 480 });
    expect(columns.x).toHaveLength(539_481);
    expect((columns.timeUs.at(-1) ?? 0) - (columns.timeUs[0] ?? 0)).toBe(50_000);
    expect(digestsOf(columns)).toEqual(DIGESTS.evt2);
    const { words, markers, delivered, backSteps } = decoder.counts();
    expect({ words, delivered, backSteps }).toEqual({ words: markers + delivered, delivered, backSteps: 0 });
  });

  it("of EVT3 give all 219,596 events of 8,801 µs, column by column, as an independent decoder does", () => {
    const bytes = sample("evt3_sample.raw");
    const decoder = decoderFor("evt3");
    const { batches, error } = drain(decoder, bytes, 65_536);
    const columns = columnsOf(batches);
    const oracle = readNpy(sample("evt3_sample.npy"));
    expect(error).toBeUndefined();
    expect(decoder.header).toMatchObject({ format: "EVT3", width: 1280, height: 720 });
    expect(columns.x).toHaveLength(219_596);
    expect((columns.timeUs.at(-1) ?? 0) - (columns.timeUs[0] ?? 0)).toBe(8801);
    expect(digestsOf(columns)).toEqual(DIGESTS.evt3);
    const { x, y, polarity } = digestsOf(oracle);
    expect({ x, y, polarity, timeUs: DIGESTS.evt3.timeUs }).toEqual(DIGESTS.evt3);
    expect(balanceOf(decoder)).toBe(0);
    expect(Object.values(decoder.counts().dropped).every((count) => count === 0)).toBe(true);
  });

  it("take none of EVT3's small steps back of the low half for a wrap, as that decoder does", () => {
    const bytes = sample("evt3_sample.raw");
    const decoder = decoderFor("evt3");
    const { timeUs } = columnsOf(drain(decoder, bytes).batches);
    expect(lowBackSteps(bytes, decoder.header?.bytes ?? 0)).toEqual([11, 3, 11, 3, 11, 3, 11, 3, 11]);
    const oracle = readNpy(sample("evt3_sample.npy")).timeUs;
    const ahead = Float64Array.from(oracle, (time, i) => time - (timeUs[i] ?? 0));
    // It goes ahead by 4,096 µs at each of the nine, and at the two places where the high half itself goes on.
    expect([...new Set(ahead)]).toEqual(Array.from({ length: 12 }, (_, i) => i * 4096));
    expect(ahead.findIndex((us) => us !== ahead[0])).toBe(20_121);
    expect(decoder.counts()).toMatchObject({ timeWraps: 0, backSteps: 0 });
  });

  it.each(["evt2_sample.raw", "evt3_sample.raw"])(
    "give the same events of %s in chunks of any size",
    (name) => {
      const bytes = sample(name);
      const whole = columnsOf(drain(decoderFor(name), bytes).batches);
      for (const chunkBytes of [997, 4096, 100_003]) {
        expect(digestsOf(columnsOf(drain(decoderFor(name), bytes, chunkBytes).batches))).toEqual(
          digestsOf(whole),
        );
      }
    },
  );

  it.each(["evt2_sample.raw", "evt3_sample.raw"])(
    "give the beginning of a truncated %s and say so",
    (name) => {
      const bytes = sample(name);
      const whole = columnsOf(drain(decoderFor(name), bytes).batches);
      for (const length of [3, 150, 1001, 50_003, 300_001, bytes.length - 1]) {
        const decoder = decoderFor(name);
        const { batches, error } = drain(decoder, bytes.subarray(0, length), 65_536);
        const { x, timeUs } = columnsOf(batches);
        expect(x).toEqual(whole.x.subarray(0, x.length));
        expect(timeUs).toEqual(whole.timeUs.subarray(0, x.length));
        expect(error?.code).toMatch(/^(EVT[23]_TRUNCATED|PROPHESEE_HEADER_END)$/);
        expect(balanceOf(decoder)).toBe(0);
      }
    },
  );

  it("refuse a PNG and MNIST's own file under their name", () => {
    const png = encodePng({ width: 28, height: 28, gray: new Uint8Array(784).fill(7) });
    const { images } = openMnist().test;
    const mnist = new Uint8Array(16 + 78_400);
    mnist.set([0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 0, 28, 0, 0, 0, 28]);
    mnist.set(images.subarray(0, 78_400), 16);
    for (const bytes of [png, mnist]) {
      expect(() => sniffRecording(bytes.subarray(0, SNIFF_BYTES), { name: "a.raw" })).toThrow(
        expect.objectContaining({ code: "PROPHESEE_HEADER", exitCode: 65 }),
      );
    }
  });

  it("come at five million events a second and more on any machine that runs this", () => {
    for (const name of ["evt2_sample.raw", "evt3_sample.raw"]) {
      const bytes = sample(name);
      const startUs = systemClock.cpuUs();
      const decoder = decoderFor(name);
      drain(decoder, bytes, 1 << 20);
      expect(decoder.counts().delivered / ((systemClock.cpuUs() - startUs) / 1e6)).toBeGreaterThan(5e6);
    }
  });
});
