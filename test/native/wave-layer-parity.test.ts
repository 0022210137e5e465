import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeWaveLayerParams, type NativeWaveSpikes, native } from "../../src/native/binding.ts";
import { waveLayerShape } from "../../src/network/wave-shape.ts";
import { ReferenceWaveLayer } from "../reference/wave-layer.ts";
import { drawSpikes, layerParamsWith, layerStateOf, learnLayer, presentLayer } from "./wave-layer-world.ts";
import { firstDifference, type Named } from "./world.ts";

const CALLS = { learn: learnLayer, present: presentLayer };

const real = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_003 }).map((k) => min + ((max - min) * k) / 1_000_003);
const integer = (min: number, max: number) => fc.integer({ min, max });

const description: fc.Arbitrary<NativeWaveLayerParams> = fc
  .record({
    width: integer(1, 14),
    height: integer(1, 14),
    channels: integer(1, 9),
    seed: integer(0, 0xffffffff),
    maps: fc.oneof(integer(1, 12), fc.constantFrom(15, 16, 17, 33, 100)),
    pool: integer(1, 4),
    poolStride: integer(1, 4),
    window: integer(1, 5),
    pad: integer(0, 4),
    firstOnly: integer(0, 1),
    thresholds: fc
      .array(real(1, 7), { minLength: 1, maxLength: 4 })
      .map((list) => Float64Array.from(list).sort()),
    initialMean: real(0.3, 1),
    initialStd: real(0, 0.3),
    learningThreshold: real(1, 5),
    thetaPlus: fc.oneof(fc.constant(0), real(0, 2)),
    aPlus: real(0, 0.2),
    aPlusMax: real(0.2, 1),
    aRatio: real(0, 1),
    doublingFrames: integer(1, 6),
    winners: integer(1, 6),
    inhibitionRadius: integer(0, 4),
  })
  .filter(
    (p) =>
      p.pad < p.window &&
      p.poolStride <= p.pool &&
      Math.min(waveLayerShape(p).positionsX, waveLayerShape(p).positionsY) >= 1,
  );

const calls = fc.array(
  fc.record({
    kind: fc.constantFrom("learn", "present"),
    frames: integer(0, 4),
    most: fc.constantFrom(3, 40, 150),
    seed: integer(0, 0xffffffff),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The frames first … last of the spikes, in lists of their own. */
function framesOf([offsets, ...lists]: NativeWaveSpikes, first: number, last: number): NativeWaveSpikes {
  const [begin = 0, end = 0] = [offsets[first], offsets[last]];
  const [feature, x, y, rank] = lists.map((list) => list.slice(begin, end));
  const none = new Uint16Array(0);
  return [
    offsets.slice(first, last + 1).map((offset) => offset - begin),
    feature ?? none,
    x ?? none,
    y ?? none,
    rank ?? none,
  ];
}

describe("a further layer", () => {
  it("gives the bits of the reference on every instruction set, whatever it is made of and told", () => {
    let features = 0;
    let winners = 0;
    const property = fc.property(description, calls, (params, list) => {
      const reference = new ReferenceWaveLayer(params);
      const layers = native.kernelNames().map((name) => new native.WaveLayer(params, name));
      for (const { kind, frames, most, seed } of list) {
        const spikes = drawSpikes(params, { frames, most, random: Random.fromKey(seed) });
        const expected: Named = {
          ...CALLS[kind](reference, params, spikes),
          ...layerStateOf(reference, params),
        };
        features += expected.offsets?.at(-1) ?? 0;
        winners += [...(expected.winnerMap ?? [])].filter((map) => map !== 65535).length;
        for (const layer of layers) {
          const actual = { ...CALLS[kind](layer, params, spikes), ...layerStateOf(layer, params) };
          expect(firstDifference(actual, expected)).toBeUndefined();
          expect(layer.convergence()).toBe(reference.convergence());
        }
      }
    });
    fc.assert(property, { numRuns: 400 });
    expect(features).toBeGreaterThan(1000);
    expect(winners).toBeGreaterThan(100);
  });

  it("continues bit for bit from a state that was read, also from another kernel's and in other batches", () => {
    const params = layerParamsWith({ maps: 21 });
    const spikes = drawSpikes(params, { frames: 12, random: Random.fromKey(3) });
    const whole = new native.WaveLayer(params);
    learnLayer(whole, params, spikes);
    const first = new native.WaveLayer(params, "base");
    learnLayer(first, params, framesOf(spikes, 0, 6));
    const second = new native.WaveLayer({ ...params, seed: 99 });
    second.writeState(layerStateOf(first, params));
    for (let frame = 6; frame < 12; frame++) learnLayer(second, params, framesOf(spikes, frame, frame + 1));
    expect(firstDifference(layerStateOf(second, params), layerStateOf(whole, params))).toBeUndefined();
    const shown = presentLayer(whole, params, spikes);
    expect(shown.offsets?.at(-1)).toBeGreaterThan(50);
    expect(firstDifference(presentLayer(second, params, spikes), shown)).toBeUndefined();
  });

  it("hears only the first spike under each cell of a channel", () => {
    const params = layerParamsWith({
      thresholds: Float64Array.of(1),
      initialMean: 1,
      initialStd: 0,
      window: 1,
      pad: 0,
    });
    const layer = new native.WaveLayer(params);
    // Two under the first cell of channel 0, then one of channel 1 there, and one under the last, half a cell.
    const spikes: NativeWaveSpikes = [
      Uint32Array.of(0, 4),
      Uint16Array.of(0, 0, 1, 2),
      Uint16Array.of(0, 1, 0, 10),
      Uint16Array.of(1, 0, 0, 8),
      Uint16Array.of(2, 3, 4, 5),
    ];
    const { offsets, x, y, rank } = presentLayer(layer, params, spikes);
    expect(offsets?.at(-1)).toBe(2);
    expect([x?.slice(0, 2), y?.slice(0, 2), rank?.slice(0, 2)].map((list) => [...(list ?? [])])).toEqual([
      [0, 5],
      [0, 4],
      [2, 5],
    ]);
    const two = new native.WaveLayer({ ...params, thresholds: Float64Array.of(2) });
    expect([...(presentLayer(two, params, spikes).rank ?? [])].slice(0, 1)).toEqual([4]);
  });
});
