/** The codec of the wire: what goes in comes out, and nothing else is taken for a message. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Learned, Snapshot } from "../../src/core/telemetry.ts";
import {
  decodeMessage,
  encodeLearned,
  encodeSnapshot,
  MAX_CONTROL_BYTES,
  parseNotice,
  parseWish,
} from "../../src/dashboard/protocol.ts";
import { learnedOf, snapshotIn, snapshotOf } from "./world.ts";

const text = fc.string({ unit: "binary", maxLength: 24 });
const number = fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value + 0);
const count = fc.nat(2 ** 31);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** A key "__proto__" cannot be an own key of a literal, and no stage drops under that name. */
const reason = text.filter((key) => key !== "__proto__");
const side = fc.integer({ min: 0, max: 12 });
const exactly = (length: number) => ({ minLength: length, maxLength: length });

const pictures = fc.record({ width: side, height: side, on: count, off: count }).chain((picture) =>
  fc.int8Array({ min: -127, max: 127, ...exactly(picture.width * picture.height) }).map((pixels) => ({
    ...picture,
    sensorWidth: picture.width,
    sensorHeight: picture.height,
    pixels,
  })),
);

const frames = fc.record({
  startUs: number,
  endUs: number,
  label: maybe(count),
  group: maybe(count),
  right: maybe(fc.boolean()),
});
const rasters = side.chain((spikes) =>
  fc.record({
    fromUs: number,
    toUs: number,
    frames: fc.array(frames, { maxLength: 3 }),
    binUs: count,
    inputs: fc.uint16Array({ maxLength: 9 }),
    offsetUs: fc.uint32Array(exactly(spikes)),
    row: fc.uint16Array(exactly(spikes)),
    shownOneIn: count,
  }),
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
      group: maybe(count),
      startUs: number,
      endUs: number,
      arrivedUs: number,
    }),
  ),
  accuracy: fc.record({ right: count, judged: count, recent: count, recentOf: count }),
  speed: fc.record({
    trainFps: maybe(number),
    testFps: maybe(number),
    liveFps: number,
    load: number,
    timesRealTime: number,
  }),
  latencies: fc.array(fc.record({ name: text, p50Us: number, p99Us: number }), { maxLength: 3 }),
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
  raster: maybe(rasters),
  learned: fc.constant(undefined),
});
const sentTimes = maybe(fc.record({ p50Us: number, p99Us: number }));

const learneds: fc.Arbitrary<Learned> = fc
  .record({
    groups: fc.array(
      fc.record({
        name: maybe(text),
        isGiven: fc.boolean(),
        neurons: count,
        share: number,
        isForming: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    planes: fc.constantFrom(1 as const, 2 as const),
    width: side,
    height: side,
  })
  .chain(({ groups, planes, width, height }) =>
    fc.record({
      revision: count,
      groups: fc.constant(groups),
      neurons: count,
      groupOfRow: fc.uint16Array({ maxLength: 9 }),
      planes: fc.constant(planes),
      width: fc.constant(width),
      height: fc.constant(height),
      fields: fc.uint8Array(exactly(groups.length * planes * width * height)),
      changePerMinute: maybe(number),
    }),
  );

function shifted(message: Uint8Array, shift: number): Uint8Array {
  const elsewhere = new Uint8Array(message.length + shift);
  elsewhere.set(message, shift);
  return elsewhere.subarray(shift);
}

describe("a binary message", () => {
  it("of a snapshot comes out as it went in, for any snapshot and any alignment in memory", () => {
    fc.assert(
      fc.property(snapshots, sentTimes, fc.nat(7), (snapshot, sent, shift) => {
        const message = shifted(encodeSnapshot(snapshot, sent), shift);
        expect(snapshotIn(decodeMessage(message))).toEqual({ ...snapshot, sent });
      }),
      { numRuns: 1000 },
    );
  });

  it("of what was learned comes out as it went in, for any content and any alignment in memory", () => {
    fc.assert(
      fc.property(learneds, fc.nat(7), (learned, shift) => {
        const message = decodeMessage(shifted(encodeLearned(learned), shift));
        expect(message).toEqual({ kind: "learned", learned });
      }),
      { numRuns: 1000 },
    );
  });

  it("is understood at any alignment in memory also when it is a Node Buffer", () => {
    for (let shift = 0; shift < 4; shift++) {
      const { buffer, byteOffset, length } = shifted(encodeSnapshot(snapshotOf()), shift);
      const message = decodeMessage(Buffer.from(buffer, byteOffset, length));
      expect(snapshotIn(message)).toEqual({ ...snapshotOf(), sent: undefined });
    }
  });

  it("of a snapshot leaves out what was learned", () => {
    const message = encodeSnapshot(snapshotOf({ learned: learnedOf() }));
    expect(message).toEqual(encodeSnapshot(snapshotOf()));
  });

  it("keeps its arrays where a browser can view them without a copy", () => {
    for (const source of ["a", "ab", "abc", "ü"]) {
      const message = encodeSnapshot(snapshotOf({ source }));
      const { picture, raster } = snapshotIn(decodeMessage(message)) ?? {};
      for (const array of [picture?.pixels, raster?.inputs, raster?.offsetUs, raster?.row]) {
        expect(array?.buffer).toBe(message.buffer);
      }
    }
  });

  it.each([
    ["a snapshot", encodeSnapshot(snapshotOf())],
    ["what was learned", encodeLearned(learnedOf())],
  ])(
    "of %s is refused when cut anywhere, lengthened, of another version or of another kind",
    (_, message) => {
      for (let length = 0; length < message.length; length++) {
        expect(decodeMessage(message.subarray(0, length))).toBeUndefined();
      }
      const longer = new Uint8Array(message.length + 4);
      longer.set(message);
      expect(decodeMessage(longer)).toBeUndefined();
      for (const at of [0, 1, 2, 3, 5]) {
        const other = message.slice();
        other[at] = (other[at] ?? 0) ^ 1;
        expect(decodeMessage(other)).toBeUndefined();
      }
    },
  );

  it("never throws, whatever the bytes", () => {
    const start = encodeSnapshot(snapshotOf()).subarray(0, 12);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, pretend) => {
        const message = pretend ? new Uint8Array([...start, ...bytes]) : bytes;
        expect(decodeMessage(message)).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a wish of the page", () => {
  it.each([
    ['{"kind":"learning","on":true}', { kind: "learning", on: true }],
    ['{"on":false,"kind":"learning"}', { kind: "learning", on: false }],
    ['{"kind":"hidden","on":true}', { kind: "hidden", on: true }],
    ['{"kind":"echo","id":7}', { kind: "echo", id: 7 }],
    ['{"kind":"name","group":3,"name":"circle"}', { kind: "name", group: 3, name: "circle" }],
    ['{"kind":"name","group":3,"name":""}', { kind: "name", group: 3, name: "" }],
    ['{"kind":"reset"}', { kind: "reset" }],
    ['{"kind":"stop"}', { kind: "stop" }],
  ])("is understood when it is exactly one: %s", (message, wish) => {
    expect(parseWish(message)).toEqual(wish);
  });

  it.each([
    "",
    "null",
    "[]",
    '"stop"',
    '{"kind":"learning"}',
    '{"kind":"learning","on":1}',
    '{"kind":"learning","on":true,"also":1}',
    '{"kind":"hidden","on":"yes"}',
    '{"kind":"echo","id":-1}',
    '{"kind":"echo","id":1.5}',
    '{"kind":"name","group":-1,"name":"a"}',
    '{"kind":"name","group":0,"name":7}',
    '{"kind":"name","group":0,"name":" a"}',
    '{"kind":"name","group":0,"name":"a\\u0007b"}',
    `{"kind":"name","group":0,"name":"${"a".repeat(25)}"}`,
    '{"kind":"reset","files":true}',
    '{"kind":"stop","__proto__":{}}',
    '{"__proto__":{"kind":"stop"}}',
    '{"kind":"exec","command":"id"}',
    '{"kind":"stop"',
    `{"kind":"stop"${" ".repeat(MAX_CONTROL_BYTES)}}`,
    "[".repeat(MAX_CONTROL_BYTES),
  ])("is refused when it is %.60s", (message) => {
    expect(parseWish(message)).toBeUndefined();
  });

  it("is only ever a known one, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseWish(json)).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a notice of the server", () => {
  it("is understood when it is one, and nothing otherwise", () => {
    expect(parseNotice('{"kind":"hello","protocol":2}')).toEqual({ kind: "hello", protocol: 2 });
    expect(parseNotice('{"kind":"skipped","count":3}')).toEqual({ kind: "skipped", count: 3 });
    expect(parseNotice('{"kind":"echo","id":3}')).toEqual({ kind: "echo", id: 3 });
    for (const other of [
      '{"kind":"skipped","count":-1}',
      '{"kind":"skipped"}',
      '{"kind":"echo"}',
      "7",
      "{",
    ]) {
      expect(parseNotice(other)).toBeUndefined();
    }
  });
});
