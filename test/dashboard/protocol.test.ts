/** The codec of the wire: what goes in comes out, and nothing else is taken for a message. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/core/telemetry.ts";
import {
  decodeSnapshot,
  encodeSnapshot,
  MAX_CONTROL_BYTES,
  parseControl,
  parseNotice,
} from "../../src/dashboard/protocol.ts";
import { snapshotOf } from "./world.ts";

const text = fc.string({ unit: "binary", maxLength: 24 });
const number = fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value + 0);
const count = fc.nat(2 ** 31);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** A key "__proto__" cannot be an own key of a literal, and no stage drops under that name. */
const reason = text.filter((key) => key !== "__proto__");

const pictures = fc
  .record({ width: fc.integer({ min: 0, max: 12 }), height: fc.integer({ min: 0, max: 12 }) })
  .chain(({ width, height }) =>
    fc
      .int16Array({ min: -255, max: 255, minLength: width * height, maxLength: width * height })
      .map((pixels) => ({ width, height, pixels })),
  );

const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  sequence: count,
  state: fc.constantFrom("opening", "running", "ended", "failed"),
  message: maybe(text),
  source: text,
  system: text,
  learning: fc.boolean(),
  classNames: fc.array(text, { maxLength: 12 }),
  frames: count,
  eventsPerSecond: number,
  decision: maybe(
    fc.record({
      id: count,
      label: maybe(count),
      margin: number,
      confidence: number,
      shares: fc.array(number, { maxLength: 12 }),
      truth: maybe(count),
      name: maybe(text),
      spikes: count,
    }),
  ),
  accuracy: fc.record({ right: count, judged: count, recent: count, recentOf: count }),
  speed: fc.record({ trainFps: maybe(number), testFps: maybe(number), liveFps: number, load: number }),
  stages: fc.array(
    fc.record({
      name: text,
      received: count,
      delivered: count,
      held: count,
      dropped: fc.dictionary(reason, count, { maxKeys: 3, noNullPrototype: true }),
      unit: text,
    }),
    { maxLength: 5 },
  ),
  picture: maybe(pictures),
});

describe("a snapshot on the wire", () => {
  it("comes out as it went in, for any snapshot and any alignment in memory", () => {
    fc.assert(
      fc.property(snapshots, fc.nat(7), (snapshot, shift) => {
        const message = encodeSnapshot(snapshot);
        const elsewhere = new Uint8Array(message.length + shift);
        elsewhere.set(message, shift);
        expect(decodeSnapshot(elsewhere.subarray(shift))).toEqual(snapshot);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps its pixels on an even offset, so that a browser can view them without a copy", () => {
    for (const source of ["a", "ab", "abc", "ü"]) {
      const message = encodeSnapshot(snapshotOf({ source }));
      const picture = decodeSnapshot(message)?.picture;
      expect(picture?.pixels.buffer).toBe(message.buffer);
    }
  });

  it("is refused when cut anywhere, lengthened, of another version or of another kind", () => {
    const message = encodeSnapshot(snapshotOf());
    for (let length = 0; length < message.length; length++) {
      expect(decodeSnapshot(message.subarray(0, length))).toBeUndefined();
    }
    const longer = new Uint8Array(message.length + 2);
    longer.set(message);
    expect(decodeSnapshot(longer)).toBeUndefined();
    for (const at of [0, 1, 2, 3]) {
      const other = message.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      expect(decodeSnapshot(other)).toBeUndefined();
    }
  });

  it("never throws, whatever the bytes", () => {
    const start = encodeSnapshot(snapshotOf()).subarray(0, 8);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, pretend) => {
        const message = pretend ? new Uint8Array([...start, ...bytes]) : bytes;
        expect(decodeSnapshot(message)).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a control message", () => {
  it("is understood when it is exactly one", () => {
    expect(parseControl('{"kind":"learning","on":true}')).toEqual({ kind: "learning", on: true });
    expect(parseControl('{"on":false,"kind":"learning"}')).toEqual({ kind: "learning", on: false });
    expect(parseControl('{"kind":"stop"}')).toEqual({ kind: "stop" });
  });

  it.each([
    "",
    "null",
    "[]",
    '"stop"',
    '{"kind":"learning"}',
    '{"kind":"learning","on":1}',
    '{"kind":"learning","on":true,"also":1}',
    '{"kind":"stop","__proto__":{}}',
    '{"__proto__":{"kind":"stop"}}',
    '{"kind":"exec","command":"id"}',
    '{"kind":"stop"',
    `{"kind":"stop"${" ".repeat(MAX_CONTROL_BYTES)}}`,
    "[".repeat(MAX_CONTROL_BYTES),
  ])("is refused when it is %.40s", (message) => {
    expect(parseControl(message)).toBeUndefined();
  });

  it("is only ever a known one, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseControl(json)).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a notice of the server", () => {
  it("is understood when it is one, and nothing otherwise", () => {
    expect(parseNotice('{"kind":"hello","protocol":1}')).toEqual({ kind: "hello", protocol: 1 });
    expect(parseNotice('{"kind":"skipped","count":3}')).toEqual({ kind: "skipped", count: 3 });
    for (const other of ['{"kind":"skipped","count":-1}', '{"kind":"skipped"}', "7", "{"]) {
      expect(parseNotice(other)).toBeUndefined();
    }
  });
});
