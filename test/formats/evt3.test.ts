import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Evt3Decoder } from "../../src/formats/evt3.ts";
import {
  balanceOf,
  drain,
  evt3,
  evt3Words,
  headerText,
  inOrder,
  joined,
  type Row,
  textBytes,
  wordBytes,
} from "./evt-bytes.ts";

const WIDTH = 1280;
const HEIGHT = 720;
const HEADER = textBytes(headerText("EVT3", WIDTH, HEIGHT));

function decode(
  words: readonly number[],
  { chunkBytes = 1 << 20, tail = [] as number[], salvage = false } = {},
) {
  const decoder = new Evt3Decoder({ name: "a.raw", salvage });
  const bytes = joined(HEADER, wordBytes(words, 2), Uint8Array.from(tail));
  const { rows, ...decoded } = drain(decoder, bytes, chunkBytes);
  return { ...decoded, rows, decoder, counts: decoder.counts() };
}

type Vector = { readonly size: 8 | 12; readonly mask: number };
/** One row of pixels at one time: single events, or vectors from a base on. */
type Line = {
  readonly timeUs: number;
  readonly y: number;
  readonly polarity: number;
  readonly x: number;
  readonly vectors: readonly Vector[];
};

const vectorArb = fc.oneof(
  fc.record({ size: fc.constant(12 as const), mask: fc.nat(0xfff) }),
  fc.record({ size: fc.constant(8 as const), mask: fc.nat(0xff) }),
);
const linesArb = fc
  .array(
    fc.record({
      stepUs: fc.oneof(
        { weight: 8, arbitrary: fc.nat(3000) },
        { weight: 2, arbitrary: fc.integer({ min: -600, max: -1 }) },
        { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 2 ** 22 }) },
      ),
      y: fc.nat(HEIGHT - 1),
      polarity: fc.nat(1),
      x: fc.nat(WIDTH - 100),
      vectors: fc.array(vectorArb, { maxLength: 4 }),
    }),
    { maxLength: 150 },
  )
  .map((lines) => {
    let timeUs = 2 ** 22;
    return lines.map(({ stepUs, ...line }): Line => {
      timeUs = Math.max(2 ** 22, timeUs + stepUs);
      return { ...line, timeUs };
    });
  });

/** The clock says its high half, then its low one, as cameras do. */
const wordsOf = (lines: readonly Line[]): number[] =>
  lines.flatMap(({ timeUs, y, polarity, x, vectors }) => [
    evt3.high(timeUs),
    evt3.low(timeUs),
    evt3.row(y),
    ...(vectors.length === 0 ? [evt3.event(x, polarity)] : [evt3.base(x, polarity)]),
    ...vectors.map(({ size, mask }) => (size === 12 ? evt3.vector12(mask) : evt3.vector8(mask))),
  ]);

const rowsOfLine = ({ timeUs, y, polarity, x, vectors }: Line): Row[] => {
  if (vectors.length === 0) return [[timeUs, x, y, polarity]];
  let base = x;
  return vectors.flatMap(({ size, mask }) => {
    const from = base;
    base += size;
    return Array.from({ length: size }, (_, bit) => bit)
      .filter((bit) => (mask >> bit) & 1)
      .map((bit): Row => [timeUs, from + bit, y, polarity]);
  });
};

describe("the EVT3 decoder", () => {
  it("reads single events of a row", () => {
    const rows: Row[] = [
      [0x123456, 1279, 719, 1],
      [0x123457, 0, 0, 0],
    ];
    const { rows: found, error } = decode(evt3Words(rows));
    expect(error).toBeUndefined();
    expect(found).toEqual(rows);
  });

  it("reads every vector on its own and moves the base on, even by an empty one", () => {
    const words = [evt3.high(0), evt3.low(9), evt3.row(3), evt3.base(100, 1)];
    const { rows, counts } = decode([
      ...words,
      evt3.vector12(0x801),
      evt3.vector12(0),
      evt3.vector8(0x81),
      evt3.vector8(1),
    ]);
    expect(rows.map(([, x]) => x)).toEqual([100, 111, 124, 131, 132]);
    expect(rows.every(([timeUs, , y, polarity]) => timeUs === 9 && y === 3 && polarity === 1)).toBe(true);
    // Eight words in the file: five markers (one the empty vector) and five events.
    expect(counts).toMatchObject({ fileWords: 8, words: 10, markers: 5, delivered: 5 });
  });

  it("gives what was written, in order, with balanced accounts", () => {
    fc.assert(
      fc.property(linesArb, (lines) => {
        const { rows, batches, counts, error, decoder } = decode(wordsOf(lines));
        const expected = inOrder(lines.flatMap(rowsOfLine));
        expect(balanceOf(decoder)).toBe(0);
        fc.pre(lines.length > 0 && expected.late < 64);
        expect(error).toBeUndefined();
        expect(rows).toEqual(expected.rows);
        expect(counts.dropped["time-back"]).toBe(expected.late);
        for (const { startUs, offsetUs, length } of batches) {
          expect(startUs % 10_000).toBe(0);
          expect(offsetUs[length - 1]).toBeLessThan(10_000);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same batches, errors and counts for any chunking, also of rubbish", () => {
    const bodyArb = fc.oneof(
      linesArb.map((lines) => wordBytes(wordsOf(lines), 2)),
      fc.uint8Array({ maxLength: 6000 }),
    );
    fc.assert(
      fc.property(bodyArb, fc.integer({ min: 1, max: 300 }), fc.boolean(), (body, chunkBytes, salvage) => {
        const bytes = joined(HEADER, body);
        const [one, many] = [1, 2].map(() => new Evt3Decoder({ name: "a.raw", salvage }));
        if (one === undefined || many === undefined) throw new Error("two decoders");
        const whole = drain(one, bytes);
        const cut = drain(many, bytes, chunkBytes);
        expect(cut.batches).toEqual(whole.batches);
        expect(cut.error?.message).toBe(whole.error?.message);
        expect([balanceOf(one), balanceOf(many)]).toEqual([0, 0]);
        expect(whole.rows.every(([, x, y]) => x < WIDTH && y < HEIGHT)).toBe(true);
        // At a failure in the middle the bytes taken in depend on the chunks; what was read does not.
        expect({ ...many.counts(), bytes: 0 }).toEqual({ ...one.counts(), bytes: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it("goes on after its clock wraps at 2^24 µs", () => {
    const rows = Array.from({ length: 12 }, (_, i): Row => [2 ** 23 + i * 2 ** 22, i, 1, 1]);
    const { rows: found, counts } = decode(evt3Words(rows));
    expect(found).toEqual(rows);
    expect(counts.timeWraps).toBe(3);
  });

  it("takes neither a low half that steps back under the same high one, nor a small high step, for a wrap", () => {
    const at = (low: number, x: number) => [evt3.low(low), evt3.row(1), evt3.event(x, 1)];
    const { rows, counts } = decode([
      ...[evt3.high(8192), ...at(811, 1), evt3.high(8192), ...at(800, 2), ...at(815, 3)],
      ...[evt3.high(4096), ...at(4000, 4)],
    ]);
    expect(rows).toEqual([
      [8096, 4, 1, 1],
      [8992, 2, 1, 1],
      [9003, 1, 1, 1],
      [9007, 3, 1, 1],
    ]);
    expect(counts).toMatchObject({ timeWraps: 0, backSteps: 2 });
  });

  it("begins a new high half at low 0 and keeps the low half of a repeated one", () => {
    const event = (x: number) => [evt3.row(1), evt3.event(x, 0)];
    const { rows } = decode([
      ...[evt3.high(4096), evt3.low(7), evt3.high(4096), ...event(1), evt3.high(8192), ...event(2)],
    ]);
    expect(rows.map(([timeUs]) => timeUs)).toEqual([4103, 8192]);
  });

  it("counts triggers and other words as markers, which are no loss", () => {
    const { counts, rows } = decode([
      ...[evt3.high(0), evt3.row(1), evt3.word(0xa, 0x101), evt3.event(5, 1)],
      ...[evt3.word(0xe), evt3.word(0xf), evt3.word(0xf), evt3.word(0x7), evt3.event(6, 1)],
    ]);
    expect(rows.map(([, x]) => x)).toEqual([5, 6]);
    expect(counts).toMatchObject({ words: 9, markers: 7, triggers: 1, delivered: 2 });
  });

  it("drops what its grammar does not allow, by name, and begins again at the next row", () => {
    const { counts, rows, decoder } = decode([
      ...[evt3.event(1, 1), evt3.high(0), evt3.event(1, 1), evt3.vector8(0x3)],
      ...[evt3.row(1), evt3.vector12(0x7), evt3.word(0xf), evt3.event(WIDTH, 1)],
      ...[evt3.row(HEIGHT), evt3.event(1, 1), evt3.word(0x0, 0x801), evt3.event(1, 1)],
      ...[evt3.row(2), evt3.base(WIDTH - 2, 1), evt3.vector8(0xff)],
      ...[evt3.word(0x9), evt3.event(2, 1), evt3.row(3), evt3.vector8(1), evt3.event(3, 1)],
    ]);
    expect(rows.map(([, x, y]) => [x, y])).toEqual([
      [WIDTH - 2, 2],
      [WIDTH - 1, 2],
      [3, 3],
    ]);
    expect(counts.dropped).toMatchObject({
      "before-time": 1,
      "missing-row": 4,
      "missing-base": 4,
      "stray-continued": 1,
      "out-of-range": 8,
      "other-camera": 1,
      "unknown-word": 1,
    });
    expect(balanceOf(decoder)).toBe(0);
  });

  describe("with bad files", () => {
    it("delivers what is whole of a truncated file, then names the byte where it breaks", () => {
      const { rows, error, counts } = decode(evt3Words([[5, 1, 2, 1]]), { tail: [1], chunkBytes: 3 });
      expect(rows).toEqual([[5, 1, 2, 1]]);
      expect(error).toMatchObject({ code: "EVT3_TRUNCATED", exitCode: 65 });
      expect(error?.message).toContain(`found 1 at byte ${HEADER.length + 8}, where the file ends`);
      expect(counts.dropped).toMatchObject({ truncated: 1 });
      expect(decode(evt3Words([[5, 1, 2, 1]]), { tail: [1], salvage: true }).error).toBeUndefined();
    });

    it("takes a still scene, which has time and no events, and refuses a header without words", () => {
      expect(decode([evt3.high(0), evt3.low(3)])).toMatchObject({ rows: [], error: undefined });
      expect(decode([]).error).toMatchObject({ code: "EVT3_EMPTY" });
    });

    it("refuses a header of another format, bytes without one, and one that breaks off", () => {
      const of = (text: string) => drain(new Evt3Decoder({ name: "a.raw" }), textBytes(text), 3).error?.code;
      expect(of(headerText("EVT2", 640, 480))).toBe("EVT3_FORMAT");
      expect(of("hello")).toBe("PROPHESEE_HEADER");
      expect(of("% format EVT3;wid")).toBe("PROPHESEE_HEADER_END");
    });

    it("refuses words of another format before handing out anything", () => {
      const words = Array.from({ length: 4000 }, (_, i) => (i % 3 === 0 ? 0x9000 : 0x2fff));
      const { error, batches, decoder } = decode(words, { chunkBytes: 64 });
      expect(error).toMatchObject({ code: "EVT3_FORMAT" });
      const timed = decode([evt3.high(0), evt3.low(0), ...words], { chunkBytes: 64 });
      expect(timed.error).toMatchObject({ code: "EVT3_FORMAT", exitCode: 65 });
      expect([batches, timed.batches]).toEqual([[], []]);
      expect([balanceOf(decoder), balanceOf(timed.decoder)]).toEqual([0, 0]);
    });
  });
});
