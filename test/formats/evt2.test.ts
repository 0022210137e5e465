import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Evt2Decoder } from "../../src/formats/evt2.ts";
import {
  balanceOf,
  drain,
  evt2,
  evt2Words,
  headerText,
  inOrder,
  joined,
  type Row,
  textBytes,
  wordBytes,
} from "./evt-bytes.ts";

const HEADER = textBytes(headerText("EVT2", 640, 480));

function decode(
  words: readonly number[],
  { chunkBytes = 1 << 20, tail = [] as number[], salvage = false } = {},
) {
  const decoder = new Evt2Decoder({ name: "a.raw", salvage });
  const bytes = joined(HEADER, wordBytes(words, 4), Uint8Array.from(tail));
  const { rows, ...decoded } = drain(decoder, bytes, chunkBytes);
  return { ...decoded, rows, decoder, counts: decoder.counts() };
}

const rowsArb = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.nat(3000) },
        { weight: 2, arbitrary: fc.integer({ min: -600, max: -1 }) },
        { weight: 1, arbitrary: fc.integer({ min: -30_000, max: 50_000 }) },
      ),
      fc.nat(639),
      fc.nat(479),
      fc.nat(1),
    ),
    { maxLength: 400 },
  )
  .map((steps) => {
    let timeUs = 0;
    return steps.map(([step, x, y, polarity]): Row => {
      timeUs = Math.max(0, timeUs + step);
      return [timeUs, x, y, polarity];
    });
  });

describe("the EVT2 decoder", () => {
  it("reads x, y, polarity and 34 bits of time", () => {
    const rows: Row[] = [
      [2 ** 34 - 1, 639, 479, 1],
      [2 ** 34 - 1, 0, 0, 0],
    ];
    const { rows: found, error, decoder } = decode(evt2Words(rows));
    expect(error).toBeUndefined();
    expect(found).toEqual(rows);
    expect(decoder.header).toMatchObject({ format: "EVT2", width: 640, height: 480 });
  });

  it("counts time, triggers and other words as markers, which are no loss", () => {
    const { rows, counts } = decode([
      evt2.high(64),
      evt2.word(0xa, 1),
      evt2.word(0xd),
      evt2.word(0xf),
      evt2.word(0xf),
      evt2.word(0xe),
      evt2.event([65, 1, 2, 1]),
    ]);
    expect(rows).toEqual([[65, 1, 2, 1]]);
    expect(counts).toMatchObject({ words: 7, fileWords: 7, markers: 6, triggers: 1, delivered: 1, held: 0 });
  });

  it("drops and counts events without a time, outside the sensor, and words it does not know", () => {
    const { rows, counts } = decode([
      evt2.event([1, 1, 1, 1]),
      evt2.high(0),
      evt2.event([1, 640, 1, 1]),
      evt2.event([1, 1, 480, 1]),
      evt2.word(0x3),
      evt2.word(0xf),
      evt2.event([2, 3, 4, 0]),
    ]);
    expect(rows).toEqual([[2, 3, 4, 0]]);
    expect(counts.dropped).toMatchObject({
      "before-time": 1,
      "out-of-range": 2,
      "unknown-word": 1,
      "stray-continued": 1,
    });
  });

  it("goes on after its clock wraps at 2^34 µs", () => {
    const rows: Row[] = [0, 1, 2, 3].map((i) => [2 ** 34 - 100 + i * 2 ** 33, i, 0, 1]);
    const { rows: found, counts } = decode(evt2Words(rows));
    expect(found).toEqual(rows);
    expect(counts.timeWraps).toBe(2);
  });

  it("takes a step back of half its clock for a wrap, and one of less for lateness", () => {
    const wrapped = decode([
      evt2.high(2 ** 33),
      evt2.event([0, 1, 1, 1]),
      evt2.high(0),
      evt2.event([5, 2, 2, 1]),
    ]);
    expect(wrapped.rows.map(([timeUs]) => timeUs)).toEqual([2 ** 33, 2 ** 34 + 5]);
    const late = decode([
      evt2.high(2 ** 33),
      evt2.event([0, 1, 1, 1]),
      evt2.high(64),
      evt2.event([5, 2, 2, 1]),
    ]);
    expect(late.rows.map(([timeUs]) => timeUs)).toEqual([2 ** 33]);
    expect(late.counts).toMatchObject({ timeWraps: 0, dropped: { "time-back": 1 } });
  });

  it("begins a new epoch, in the past, where the clock was set back, and loses what it took to be sure", () => {
    const first = Array.from({ length: 50 }, (_, i): Row => [5_000_000 + i * 300, i, 1, 1]);
    const second = Array.from({ length: 50 }, (_, i): Row => [7000 + i * 300, i, 2, 0]);
    const { rows, batches, counts, error, decoder } = decode(evt2Words([...first, ...second]));
    expect(error).toBeUndefined();
    // Eight in a row, gone on for 1 ms: the eighth, at 7 × 300 µs, begins it.
    expect(rows).toEqual([...first, ...second.slice(7)]);
    expect(counts.dropped["time-back"]).toBe(7);
    expect(balanceOf(decoder)).toBe(0);
    expect(batches.map(({ startUs }) => startUs)).toEqual([5_000_000, 5_010_000, 0, 10_000, 20_000]);
  });

  it("takes a damaged clock word, however many events follow it, for damage of these alone", () => {
    const rows = Array.from({ length: 100 }, (_, i): Row => [5_000_000 + i * 64, i, 1, 1]);
    const damaged = rows.flatMap((row, i) =>
      i === 40
        ? [evt2.high(0), ...Array.from({ length: 30 }, () => evt2.event([0, 1, 1, 1]))]
        : [evt2.high(row[0]), evt2.event(row)],
    );
    const { rows: found, counts } = decode(damaged);
    expect(found).toEqual(rows.toSpliced(40, 1));
    expect(counts.dropped["time-back"]).toBe(30);
  });

  it("puts steps back of up to 1 ms in order, drops later events, and keeps balanced accounts", () => {
    fc.assert(
      fc.property(rowsArb, (rows) => {
        const { rows: found, batches, error, counts, decoder } = decode(evt2Words(rows));
        const expected = inOrder(rows);
        expect(balanceOf(decoder)).toBe(0);
        fc.pre(rows.length > 0 && expected.late < 64);
        expect(error).toBeUndefined();
        expect(found).toEqual(expected.rows);
        expect(counts.dropped["time-back"]).toBe(expected.late);
        for (const { startUs, offsetUs, length } of batches) {
          expect(startUs % 10_000).toBe(0);
          expect(length).toBeGreaterThan(0);
          expect(offsetUs[length - 1]).toBeLessThan(10_000);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same batches, errors and counts for any chunking, also of rubbish", () => {
    const bodyArb = fc.oneof(
      rowsArb.map((rows) => wordBytes(evt2Words(rows), 4)),
      fc.uint8Array({ maxLength: 6000 }),
    );
    fc.assert(
      fc.property(bodyArb, fc.integer({ min: 1, max: 300 }), fc.boolean(), (body, chunkBytes, salvage) => {
        const bytes = joined(HEADER, body);
        const [one, many] = [1, 2].map(() => new Evt2Decoder({ name: "a.raw", salvage }));
        if (one === undefined || many === undefined) throw new Error("two decoders");
        const whole = drain(one, bytes);
        const cut = drain(many, bytes, chunkBytes);
        expect(cut.batches).toEqual(whole.batches);
        expect(cut.error?.message).toBe(whole.error?.message);
        expect([balanceOf(one), balanceOf(many)]).toEqual([0, 0]);
        // At a failure in the middle the bytes taken in depend on the chunks; what was read does not.
        expect({ ...many.counts(), bytes: 0 }).toEqual({ ...one.counts(), bytes: 0 });
      }),
      { numRuns: 150 },
    );
  });

  it("splits a batch rather than letting one moment grow without bound", () => {
    const rows = Array.from({ length: 150_000 }, (_, i): Row => [20_000, i % 640, 7, 1]);
    const { batches, rows: found } = decode(evt2Words(rows));
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect(batches.every(({ startUs }) => startUs === 20_000)).toBe(true);
    expect(found).toEqual(rows);
  });

  it("keeps order and accounts where a full batch has left and time steps back", () => {
    const rows = Array.from({ length: 140_000 }, (_, i): Row => [20_000 + ((i * 7) % 900), i % 640, 7, 1]);
    const { rows: found, counts, error, decoder } = decode(evt2Words(rows));
    expect(error).toBeUndefined();
    expect(balanceOf(decoder)).toBe(0);
    expect(counts.delivered + (counts.dropped["time-back"] ?? 0)).toBe(rows.length);
    expect(found.map(([timeUs]) => timeUs)).toEqual(
      found.map(([timeUs]) => timeUs).toSorted((a, b) => a - b),
    );
  });

  describe("with bad files", () => {
    it("delivers what is whole of a truncated file, then names the byte where it breaks", () => {
      const words = evt2Words([[5, 1, 2, 1]]);
      const { rows, error, counts } = decode(words, { tail: [1, 2, 3], chunkBytes: 5 });
      expect(rows).toEqual([[5, 1, 2, 1]]);
      expect(error).toMatchObject({ code: "EVT2_TRUNCATED", exitCode: 65 });
      expect(error?.message).toContain(`found 3 at byte ${HEADER.length + 8}, where the file ends`);
      expect(counts).toMatchObject({ words: 3, dropped: { truncated: 1 } });
      expect(decode(words, { tail: [1], salvage: true }).error).toBeUndefined();
    });

    it("refuses a header without words, and one that says EVT3", () => {
      expect(decode([]).error).toMatchObject({ code: "EVT2_EMPTY" });
      const other = drain(new Evt2Decoder({ name: "a.raw" }), textBytes(headerText("EVT3", 640, 480)));
      expect(other.error?.message).toBe("Expected EVT2 in a.raw, but its header says EVT3.");
    });

    it("refuses words of another format before handing out anything, and says so again when asked again", () => {
      const words = Array.from({ length: 4000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 0);
      const { error, batches, decoder } = decode(words, { chunkBytes: 64 });
      expect(error).toMatchObject({ code: "EVT2_FORMAT", exitCode: 65 });
      expect(error?.message).toMatch(
        /^Expected EVT2 events of 640×480 pixels in a\.raw, found .*first 1000 words/,
      );
      expect(batches).toHaveLength(0);
      expect(balanceOf(decoder)).toBe(0);
      expect(() => decoder.next()).toThrow(error);
    });
  });
});
