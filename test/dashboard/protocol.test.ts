/** The codec of the wire's bytes: what goes in comes out, and nothing else is taken for a message. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Learned, Snapshot } from "../../src/core/telemetry.ts";
import { decodeMessage, encodeLearned, encodeSnapshot } from "../../src/dashboard/protocol.ts";
import { learnedOf, snapshotIn, snapshotOf, waveOf } from "./world.ts";

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

const margins = side.chain((points) =>
  fc.record({
    decision: count,
    spikes: count,
    offsetUs: fc.array(count, exactly(points)),
    spikesSoFar: fc.array(count, exactly(points)),
    margin: fc.array(number, exactly(points)),
    enough: number,
    decidedAt: maybe(side),
  }),
);
const waves = side.chain((spikes) =>
  fc.record({
    decision: count,
    startUs: number,
    durationUs: number,
    features: count,
    width: side,
    height: side,
    offsetUs: fc.uint32Array(exactly(spikes)),
    feature: fc.uint16Array(exactly(spikes)),
    x: fc.uint8Array(exactly(spikes)),
    y: fc.uint8Array(exactly(spikes)),
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
  margins: maybe(margins),
  enough: number,
  accuracy: fc.record({ right: count, judged: count, recent: count, recentOf: count }),
  rewardable: fc.constantFrom("reward", "count"),
  rewards: fc.record({ right: count, wrong: count, taught: count, missed: count }),
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
  wave: maybe(waves),
  learned: fc.constant(undefined),
});
const sentTimes = maybe(fc.record({ p50Us: number, p99Us: number }));

const planes = fc.constantFrom(1 as const, 2 as const);
const shapes = fc.record({ planes, width: side, height: side });
const featureMaps = fc.tuple(side, shapes).chain(([features, shape]) =>
  fc.record({
    count: fc.constant(features),
    planes: fc.constant(shape.planes),
    width: fc.constant(shape.width),
    height: fc.constant(shape.height),
    fields: fc.uint8Array(exactly(features * shape.planes * shape.width * shape.height)),
    share: fc.float32Array({ min: 0, max: 1, noNaN: true, ...exactly(features) }),
  }),
);

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
    planes,
    width: side,
    height: side,
  })
  .chain(({ groups, planes, width, height }) =>
    fc.record({
      revision: count,
      kind: fc.constantFrom("groups", "classes"),
      groups: fc.constant(groups),
      neurons: count,
      groupOfRow: fc.uint16Array({ maxLength: 9 }),
      planes: fc.constant(planes),
      width: fc.constant(width),
      height: fc.constant(height),
      fields: fc.uint8Array(exactly(groups.length * planes * width * height)),
      features: maybe(featureMaps),
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
      const { picture, raster, wave } = snapshotIn(decodeMessage(message)) ?? {};
      const spikes = [raster?.inputs, raster?.offsetUs, raster?.row];
      for (const array of [picture?.pixels, ...spikes, wave?.offsetUs, wave?.feature, wave?.x, wave?.y]) {
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

  it("of a wave or of features is refused when their arrays do not belong together", () => {
    const wave = waveOf(9);
    const broken = snapshotOf({ wave: { ...wave, x: wave.x.subarray(1) } });
    expect(decodeMessage(encodeSnapshot(broken))).toBeUndefined();
    const { features } = learnedOf();
    for (const change of [{ count: 2 }, { width: 2 }, { share: Float32Array.of(1) }]) {
      const learned = learnedOf({ features: features && { ...features, ...change } });
      expect(decodeMessage(encodeLearned(learned))).toBeUndefined();
    }
  });

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
