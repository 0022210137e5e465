import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { SpikelineError } from "../../src/core/errors.ts";
import { NmnistDecoder } from "../../src/formats/nmnist.ts";
import { nmnistBytes, type Word, wanderingWords } from "./nmnist-bytes.ts";

type Decoded = {
  readonly batches: readonly EventBatch[];
  readonly events: readonly (readonly number[])[];
  readonly error: SpikelineError | undefined;
  readonly decoder: NmnistDecoder;
};

function decode(bytes: Uint8Array, chunkBytes = bytes.length, salvage = false): Decoded {
  const decoder = new NmnistDecoder({ name: "a.bs2", salvage });
  const batches: EventBatch[] = [];
  let error: SpikelineError | undefined;
  const drain = () => {
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) batches.push(batch);
  };
  try {
    for (let at = 0; at < bytes.length; at += Math.max(1, chunkBytes)) {
      decoder.append(bytes.subarray(at, at + Math.max(1, chunkBytes)));
      drain();
    }
    decoder.end();
    drain();
  } catch (thrown) {
    if (!(thrown instanceof SpikelineError)) throw thrown;
    error = thrown;
  }
  const events = batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, i) => [
      batch.startUs + (batch.offsetUs[i] ?? -1),
      batch.x[i] ?? -1,
      batch.y[i] ?? -1,
      batch.polarity[i] ?? -1,
    ]),
  );
  return { batches, events, error, decoder };
}

/** The format, once more and slowly: what must come out. */
function expectedEvents(words: readonly Word[]): number[][] {
  let overflowUs = 0;
  let lastUs = 0;
  const events: number[][] = [];
  for (const { x, y, polarity, timeUs } of words) {
    if (y === 240) overflowUs += 8192;
    else if (x < 34 && y < 34 && timeUs + overflowUs >= lastUs) {
      lastUs = timeUs + overflowUs;
      events.push([lastUs, x, y, polarity]);
    }
  }
  return events;
}

const balanceOf = (decoder: NmnistDecoder) => {
  const { words, markers, delivered, held, dropped } = decoder.counts();
  return words - markers - delivered - held - Object.values(dropped).reduce((sum, n) => sum + n, 0);
};

/** Mostly good words, some bad: times rise by steps, now and then a step back, a stray pixel or an overflow. */
const wordsArb = fc
  .array(
    fc.record({
      stepUs: fc.oneof(
        { weight: 9, arbitrary: fc.nat(3000) },
        { weight: 1, arbitrary: fc.integer({ min: -500, max: -1 }) },
      ),
      x: fc.oneof({ weight: 12, arbitrary: fc.nat(33) }, { weight: 1, arbitrary: fc.nat(255) }),
      y: fc.oneof(
        { weight: 12, arbitrary: fc.nat(33) },
        { weight: 1, arbitrary: fc.integer({ min: 34, max: 255 }) },
      ),
      polarity: fc.constantFrom(0, 1),
    }),
    { maxLength: 1500 },
  )
  .map((steps) => {
    let timeUs = 0;
    return steps.map(({ stepUs, ...word }): Word => {
      timeUs = Math.max(0, timeUs + stepUs);
      return { ...word, timeUs };
    });
  });

describe("the N-MNIST decoder", () => {
  it("reads x, y, polarity and the 23 bits of time", () => {
    const { events, error } = decode(Uint8Array.of(10, 30, 0x80, 3, 0xa9, 33, 0, 0x7f, 0xff, 0xff));
    expect(error).toBeUndefined();
    expect(events).toEqual([
      [0x03a9, 10, 30, 1],
      [0x7fffff, 33, 0, 0],
    ]);
  });

  it("begins a new epoch, in the past, where the clock was set back for good", () => {
    const words = (fromUs: number) =>
      wanderingWords(50, 300).map((word) => ({ ...word, timeUs: fromUs + word.timeUs }));
    const { batches, decoder, error } = decode(nmnistBytes([...words(500_000), ...words(2000)]), 97);
    expect(error).toBeUndefined();
    expect(batches.map(({ startUs, length }) => [startUs, length])).toEqual([
      [500_000, 34],
      [510_000, 16],
      [0, 20],
      [10_000, 23],
    ]);
    expect(decoder.counts()).toMatchObject({ delivered: 93, dropped: { "time-back": 7 } });
  });

  it("adds 2^13 µs to every later time at y = 240 and counts the marker as no loss", () => {
    const words: Word[] = [
      { x: 1, y: 2, polarity: 1, timeUs: 8000 },
      { x: 0, y: 240, polarity: 0, timeUs: 8191 },
      { x: 0, y: 240, polarity: 0, timeUs: 8191 },
      { x: 3, y: 4, polarity: 0, timeUs: 5 },
    ];
    const { events, decoder } = decode(nmnistBytes(words));
    expect(events).toEqual([
      [8000, 1, 2, 1],
      [16_389, 3, 4, 0],
    ]);
    expect(decoder.counts()).toMatchObject({ words: 4, markers: 2, delivered: 2, held: 0 });
  });

  it("drops and counts events outside the sensor and events earlier than the one before", () => {
    const words: Word[] = [
      { x: 1, y: 1, polarity: 1, timeUs: 100 },
      { x: 34, y: 1, polarity: 1, timeUs: 110 },
      { x: 1, y: 1, polarity: 1, timeUs: 99 },
      { x: 2, y: 2, polarity: 1, timeUs: 100 },
      { x: 3, y: 3, polarity: 1, timeUs: 101 },
    ];
    const { events, decoder } = decode(nmnistBytes(words));
    expect(events.map(([, x]) => x)).toEqual([1, 2, 3]);
    expect(decoder.counts().dropped).toMatchObject({ "out-of-range": 1, "time-back": 1 });
  });

  it("gives the expected events, in sorted batches of at most 10 ms, and balanced accounts", () => {
    fc.assert(
      fc.property(wordsArb, (words) => {
        const { events, batches, error, decoder } = decode(nmnistBytes(words));
        expect(balanceOf(decoder)).toBe(0);
        const bad = words.filter(({ y }) => y !== 240).length - expectedEvents(words).length;
        fc.pre(words.length > 0 && bad <= words.length / 4);
        if (error === undefined) expect(events).toEqual(expectedEvents(words));
        else expect(["NMNIST_EMPTY", "NMNIST_FORMAT"]).toContain(error.code);
        for (const { startUs, offsetUs, length } of batches) {
          expect(startUs % 10_000).toBe(0);
          expect(offsetUs.length).toBe(length);
          expect(length).toBeGreaterThan(0);
          expect(offsetUs[length - 1]).toBeLessThan(10_000);
          expect([...offsetUs]).toEqual([...offsetUs].sort((a, b) => a - b));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same batches, errors and counts for any chunking, also of rubbish", () => {
    const bytesArb = fc.oneof(wordsArb.map(nmnistBytes), fc.uint8Array({ maxLength: 6000 }));
    fc.assert(
      fc.property(bytesArb, fc.integer({ min: 1, max: 200 }), fc.boolean(), (bytes, chunkBytes, salvage) => {
        const whole = decode(bytes, bytes.length, salvage);
        const cut = decode(bytes, chunkBytes, salvage);
        expect(cut.batches).toEqual(whole.batches);
        expect(cut.error?.code).toBe(whole.error?.code);
        expect(balanceOf(cut.decoder)).toBe(0);
        // At a failure in the middle the bytes taken in depend on the chunks; what was read does not.
        expect({ ...cut.decoder.counts(), bytes: 0 }).toEqual({ ...whole.decoder.counts(), bytes: 0 });
      }),
      { numRuns: 100 },
    );
  });

  it("copies what is appended: the caller may reuse its buffer", () => {
    const decoder = new NmnistDecoder({ name: "a.bs2" });
    const buffer = nmnistBytes([{ x: 5, y: 6, polarity: 1, timeUs: 7 }]);
    decoder.append(buffer);
    buffer.fill(0xff);
    decoder.end();
    expect(decoder.next()).toMatchObject({ x: Uint16Array.of(5), y: Uint16Array.of(6) });
  });

  it("splits a batch rather than letting one moment grow without bound", () => {
    const word: Word = { x: 1, y: 1, polarity: 1, timeUs: 20_000 };
    const { batches } = decode(nmnistBytes(new Array<Word>(70_000).fill(word)));
    expect(batches.map(({ startUs, length }) => [startUs, length])).toEqual([
      [20_000, 65_536],
      [20_000, 4464],
    ]);
  });

  describe("with bad files", () => {
    it("refuses an empty file with a sentence", () => {
      const { error } = decode(new Uint8Array(0));
      expect(error).toMatchObject({ code: "NMNIST_EMPTY", exitCode: 65 });
      expect(error?.message).toBe("Expected N-MNIST events in a.bs2, found no event in 0 bytes.");
    });

    it("delivers what is whole of a truncated file, then names the byte where it breaks", () => {
      const bytes = nmnistBytes(
        Array.from({ length: 10 }, (_, i) => ({ x: i, y: 0, polarity: 0, timeUs: i })),
      );
      const { events, error, decoder } = decode(bytes.subarray(0, 48));
      expect(events).toHaveLength(9);
      expect(error).toMatchObject({ code: "NMNIST_TRUNCATED", exitCode: 65 });
      expect(error?.message).toContain("found 3 at byte 45, where the file ends");
      expect(decoder.counts()).toMatchObject({ words: 10, delivered: 9, dropped: { truncated: 1 } });
    });

    it("salvages a truncated file without an error and still counts the broken word", () => {
      const bytes = nmnistBytes([{ x: 1, y: 1, polarity: 0, timeUs: 1 }]);
      const { events, error, decoder } = decode(Uint8Array.of(...bytes, 9), 4, true);
      expect(error).toBeUndefined();
      expect(events).toHaveLength(1);
      expect(decoder.counts().dropped).toMatchObject({ truncated: 1 });
    });

    it("refuses a PNG before handing out anything", () => {
      const head = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
      const noise = Uint8Array.from({ length: 9000 }, (_, i) => (i * 2_654_435_761) >>> 24);
      const { error, batches, decoder } = decode(Uint8Array.of(...head, ...noise), 64);
      expect(error).toMatchObject({ code: "NMNIST_FORMAT", exitCode: 65 });
      expect(error?.message).toMatch(
        /^Expected N-MNIST events of 34×34 pixels in a\.bs2, found .* of the first 1000/,
      );
      expect(batches).toHaveLength(0);
      expect(balanceOf(decoder)).toBe(0);
    });

    it("refuses MNIST's own image file, whose zeros look like events of time 0", () => {
      const bytes = new Uint8Array(16 + 20 * 784);
      bytes.set([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 28]);
      for (let image = 0; image < 20; image++) {
        for (let i = 200; i < 600; i++) if (i % 28 > 10 && i % 28 < 16) bytes[16 + image * 784 + i] = 200;
      }
      expect(decode(bytes).error?.code).toBe("NMNIST_FORMAT");
    });

    it("refuses a file that turns bad later, and throws the same again when asked again", () => {
      const good = Array.from({ length: 1500 }, (_, i): Word => ({ x: 1, y: 1, polarity: 0, timeUs: i }));
      const bad = Array.from({ length: 2000 }, (): Word => ({ x: 99, y: 99, polarity: 0, timeUs: 1500 }));
      const { error, decoder } = decode(nmnistBytes([...good, ...bad]));
      expect(error?.message).toContain("found 2000 of 3500 words outside the sensor");
      expect(balanceOf(decoder)).toBe(0);
      expect(() => decoder.next()).toThrow(error);
    });
  });
});
