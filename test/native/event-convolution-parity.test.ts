import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import type { NativeEventConvolutionParams } from "../../src/native/event-convolution.ts";
import { ReferenceEventConvolution } from "../reference/event-convolution.ts";
import { eventParamsWith, eventStateOf } from "./event-convolution-world.ts";
import { drawEvents, runSurface } from "./surface-world.ts";
import { firstDifference, type Named } from "./world.ts";

const integer = (min: number, max: number) => fc.integer({ min, max });
const real = (min: number, max: number) =>
  integer(0, 1_000_003).map((k) => min + ((max - min) * k) / 1_000_003);

const description: fc.Arbitrary<NativeEventConvolutionParams> = fc
  .record({
    width: integer(1, 16),
    height: integer(1, 16),
    maps: fc.oneof(integer(1, 12), fc.constantFrom(31, 32, 33, 64, 65)),
    radius: integer(1, 3),
    lateral: integer(0, 3),
    seed: integer(0, 0xffffffff),
    binUs: integer(1, 20_000),
    bins: integer(1, 5),
    centre: fc.constantFrom(0 as const, 1 as const),
    windowUs: fc.oneof(integer(0, 20_000), fc.constantFrom(0, 0xffffffff)),
    tauUs: fc.oneof(real(100, 500), real(100, 20_000)),
    threshold: real(0.1, 4),
    reset: fc.oneof(real(-3, 0), fc.constant(0)),
    initialLow: real(0, 0.5),
    initialHigh: real(0.5, 1),
    rise: fc.oneof(real(0, 0.3), fc.constantFrom(0, 1)),
    fall: fc.oneof(real(0, 0.3), fc.constantFrom(0, 1)),
    thresholdRate: fc.oneof(real(0, 0.5), fc.constantFrom(0, 100)),
  })
  .map((params) => ({ ...params, lateral: Math.min(params.lateral, params.radius) }));

const calls = fc.array(
  fc.record({
    kind: fc.constantFrom("learn" as const, "learn" as const, "present" as const),
    events: integer(0, 60),
    gapUs: fc.constantFrom(0, 50, 300, 20_000, 2 ** 31),
    seed: integer(0, 0xffffffff),
  }),
  { minLength: 1, maxLength: 3 },
);

describe("the event-driven convolution", () => {
  it("gives the bits of the reference on every instruction set, whatever it is made of and shown", () => {
    let features = 0;
    const maps = new Set<number>();
    const property = fc.property(description, calls, (params, list) => {
      const reference = new ReferenceEventConvolution(params);
      const networks = native.kernelNames().map((name) => new native.EventConvolution(params, name));
      for (const { kind, events, gapUs, seed } of list) {
        const drawn = drawEvents(params, { events, gapUs, random: Random.fromKey(seed) });
        const said = runSurface(reference, kind, drawn);
        const expected: Named = { ...said, ...eventStateOf(reference, params) };
        features += said.feature?.length ?? 0;
        for (const feature of said.feature ?? []) maps.add(feature);
        for (const network of networks) {
          const actual = { ...runSurface(network, kind, drawn), ...eventStateOf(network, params) };
          expect(firstDifference(actual, expected)).toBeUndefined();
        }
      }
    });
    fc.assert(property, { numRuns: 200 });
    expect(features).toBeGreaterThan(1000);
    expect(maps.size).toBeGreaterThan(50);
  });

  it("continues bit for bit from a state that was read, also from another kernel's", () => {
    const params = eventParamsWith();
    const random = Random.fromKey(5);
    const frames = Array.from({ length: 6 }, () => drawEvents(params, { events: 300, gapUs: 200, random }));
    const whole = new native.EventConvolution(params);
    const first = new native.EventConvolution(params, "base");
    for (const frame of frames) runSurface(whole, "learn", frame);
    for (const frame of frames.slice(0, 3)) runSurface(first, "learn", frame);
    const second = new native.EventConvolution({ ...params, seed: 9 });
    second.writeState(eventStateOf(first, params));
    for (const frame of frames.slice(3)) runSurface(second, "learn", frame);
    expect(firstDifference(eventStateOf(second, params), eventStateOf(whole, params))).toBeUndefined();
    expect(eventStateOf(whole, params).counters[0]).toBeGreaterThan(100);
  });

  it("lets no weight stick: taps that were silent through 100,000 lessons rise once they take part", () => {
    const params = eventParamsWith({ rise: 0.2, fall: 0.01 });
    const network = new native.EventConvolution(params);
    const random = Random.fromKey(6);
    const pixels = params.width * params.height;
    const onWeights = (frames: number, polarities: number) => {
      for (let k = 0; k < frames; k++) {
        const { offsetUs, input } = drawEvents(params, { events: 1000, gapUs: 100, random });
        runSurface(network, "learn", { offsetUs, input: input.map((from) => from % (polarities * pixels)) });
      }
      const { weights } = eventStateOf(network, params);
      return weights.slice(weights.length / 2);
    };
    expect(Math.max(...onWeights(100, 1))).toBeLessThan(0.01);
    expect(Math.max(...onWeights(100, 2))).toBeGreaterThan(0.9);
  });
});
