import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeWaveParams, native } from "../../src/native/binding.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import { ReferenceWaveNetwork } from "../reference/wave-network.ts";
import {
  drawFrames,
  encodeFrames,
  learnWave,
  presentWave,
  waveParamsWith,
  waveStateOf,
} from "./wave-world.ts";
import { firstDifference, type Named } from "./world.ts";

const CALLS = { encode: encodeFrames, learn: learnWave, present: presentWave };
type Call = {
  readonly kind: keyof typeof CALLS;
  readonly frames: number;
  readonly seed: number;
  readonly noise: boolean;
};

const real = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_003 }).map((k) => min + ((max - min) * k) / 1_000_003);
const integer = (min: number, max: number) => fc.integer({ min, max });

const gabor = fc.record({
  orientations: integer(1, 8),
  size: fc.constantFrom(3, 5, 7, 15),
  pool: integer(1, 5),
  stride: integer(1, 5),
  inhibition: fc.array(real(0, 1), { maxLength: 8 }).map((list) => Float64Array.from(list)),
});
const isPoolable = ({ width, height, gabor }: NativeWaveParams) =>
  gabor === undefined || (gabor.stride <= gabor.pool && gabor.pool <= Math.min(width, height));

const description: fc.Arbitrary<NativeWaveParams> = fc
  .record({
    width: integer(1, 16),
    height: integer(1, 16),
    seed: integer(0, 0xffffffff),
    maps: fc.oneof(integer(1, 12), fc.constantFrom(63, 64, 65, 130, 200, 256)),
    window: integer(1, 6),
    pad: integer(0, 5),
    maxSpikes: fc.constantFrom(1, 7, 64, 65, 200, 600),
    latencyBins: fc.oneof(fc.constant(0), integer(1, 16), fc.constantFrom(64, 255, 256)),
    cell: integer(1, 5),
    sigmaCentre: real(0.4, 2),
    sigmaSurround: real(0.4, 3),
    contrast: real(0.0001, 0.05),
    thresholds: fc
      .array(real(1, 9), { minLength: 1, maxLength: 4 })
      .map((list) => Float64Array.from(list).sort()),
    initialMean: real(0.3, 1),
    initialStd: real(0, 0.3),
    learningThreshold: real(1, 6),
    thetaPlus: fc.oneof(fc.constant(0), real(0, 2)),
    aPlus: real(0, 0.2),
    aPlusMax: real(0.2, 1),
    aRatio: real(0, 1),
    doublingFrames: integer(1, 6),
    winners: integer(1, 6),
    inhibitionRadius: integer(0, 4),
    gabor: fc.option(gabor, { nil: undefined, freq: 2 }),
  })
  .map(
    ({ gabor: oriented, ...p }): NativeWaveParams => (oriented === undefined ? p : { ...p, gabor: oriented }),
  )
  .filter((p) => {
    const { positionsX, positionsY } = waveShape(p);
    return p.pad < p.window && Math.min(positionsX, positionsY) >= 1 && isPoolable(p);
  });

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("encode", "learn", "learn", "present"),
    frames: integer(0, 3),
    seed: integer(0, 0xffffffff),
    noise: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

function pixelsOf(params: NativeWaveParams, call: Call): Uint8Array {
  const random = Random.fromKey(call.seed);
  const size = call.frames * params.width * params.height;
  return call.noise
    ? Uint8Array.from({ length: size }, () => random.nextBelow(256))
    : drawFrames(params, call.frames, random);
}

describe("the wave network", () => {
  it("gives the bits of the reference on every instruction set, whatever it is made of and shown", () => {
    let features = 0;
    let winners = 0;
    let oriented = 0;
    const property = fc.property(description, calls, (params, list) => {
      const reference = new ReferenceWaveNetwork(params);
      const networks = native.kernelNames().map((name) => new native.WaveNetwork(params, name));
      for (const call of list) {
        const pixels = pixelsOf(params, call);
        const expected: Named = {
          ...CALLS[call.kind](reference, params, pixels),
          ...waveStateOf(reference, params),
        };
        features += expected.offsets?.at(-1) ?? 0;
        if (params.gabor !== undefined) oriented += expected.offsets?.at(-1) ?? 0;
        winners += [...(expected.winnerMap ?? [])].filter((map) => map !== 65535).length;
        for (const network of networks) {
          const actual = { ...CALLS[call.kind](network, params, pixels), ...waveStateOf(network, params) };
          expect(firstDifference(actual, expected)).toBeUndefined();
          expect(network.convergence()).toBe(reference.convergence());
        }
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(features).toBeGreaterThan(1000);
    expect(winners).toBeGreaterThan(100);
    expect(oriented).toBeGreaterThan(500);
  });

  it("continues bit for bit from a state that was read, also from another kernel's and in other batches", () => {
    const params = waveParamsWith({ maps: 70 });
    const pixels = drawFrames(params, 12, Random.fromKey(3));
    const half = pixels.length / 2;
    const whole = new native.WaveNetwork(params);
    learnWave(whole, params, pixels);
    const first = new native.WaveNetwork(params, "base");
    learnWave(first, params, pixels.subarray(0, half));
    const second = new native.WaveNetwork({ ...params, seed: 99 });
    second.writeState(waveStateOf(first, params));
    for (let at = half; at < pixels.length; at += half / 6) {
      learnWave(second, params, pixels.subarray(at, at + half / 6));
    }
    expect(firstDifference(waveStateOf(second, params), waveStateOf(whole, params))).toBeUndefined();
    const shown = presentWave(whole, params, pixels);
    expect(shown.offsets?.at(-1)).toBeGreaterThan(100);
    expect(firstDifference(presentWave(second, params, pixels), shown)).toBeUndefined();
  });

  it("walks images of more spikes than a vector has bits, of as many, and of one more", () => {
    const pixels = Uint8Array.from({ length: 40 * 40 }, (_, k) => (k * 7919) % 251);
    for (const maxSpikes of [511, 512, 513, 576, 1000, 1600]) {
      const params = waveParamsWith({ width: 40, height: 40, maps: 70, window: 5, pad: 2, maxSpikes });
      const expected = presentWave(new ReferenceWaveNetwork(params), params, pixels);
      expect(expected.inputSpikes?.[0]).toBeGreaterThan(Math.min(maxSpikes, 1001) - 1);
      for (const name of native.kernelNames()) {
        const network = new native.WaveNetwork(params, name);
        expect(firstDifference(presentWave(network, params, pixels), expected)).toBeUndefined();
      }
    }
  });

  it("sums potentials in 8 bits as exactly as digits need: 28 × 28 pixels, 128 maps, 7 × 7", () => {
    const params = waveParamsWith({
      width: 28,
      height: 28,
      maps: 128,
      window: 7,
      pad: 3,
      maxSpikes: 512,
      cell: 4,
      thresholds: Float64Array.of(17, 22.1),
      learningThreshold: 20,
    });
    const random = Random.fromKey(28);
    const pixels = Uint8Array.from({ length: 4 * 784 }, () => random.nextBelow(256));
    const reference = new ReferenceWaveNetwork(params);
    learnWave(reference, params, pixels.subarray(784));
    const expected = presentWave(reference, params, pixels.subarray(0, 784));
    expect(expected.offsets?.at(-1)).toBeGreaterThan(1000);
    for (const name of native.kernelNames()) {
      const network = new native.WaveNetwork(params, name);
      expect(network.kernelName()).toBe(name);
      learnWave(network, params, pixels.subarray(784));
      expect(firstDifference(waveStateOf(network, params), waveStateOf(reference, params))).toBeUndefined();
      expect(
        firstDifference(presentWave(network, params, pixels.subarray(0, 784)), expected),
      ).toBeUndefined();
    }
  });
});
