import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import type { NativeSurfaceParams } from "../../src/native/surface.ts";
import { ReferenceSurfaceNetwork } from "../reference/surface-network.ts";
import { drawEvents, runSurface, surfaceParamsWith, surfaceStateOf } from "./surface-world.ts";
import { firstDifference, type Named } from "./world.ts";

const integer = (min: number, max: number) => fc.integer({ min, max });
const real = (min: number, max: number) =>
  integer(0, 1_000_003).map((k) => min + ((max - min) * k) / 1_000_003);

const description: fc.Arbitrary<NativeSurfaceParams> = fc.record({
  width: integer(1, 16),
  height: integer(1, 16),
  prototypes: fc.oneof(integer(1, 12), fc.constantFrom(31, 32, 33, 64, 65)),
  radius: integer(1, 7),
  planes: fc.constantFrom(1, 2),
  tauUs: fc.oneof(real(100, 500), real(100, 20_000)),
  binUs: integer(1, 20_000),
  bins: integer(1, 5),
  centre: fc.constantFrom(0, 1),
  vigilance: fc.oneof(real(0.5, 1), fc.constantFrom(0, 1)),
  rate: fc.oneof(real(0, 0.1), fc.constantFrom(0, 1)),
});

const calls = fc.array(
  fc.record({
    kind: fc.constantFrom("learn", "learn", "present"),
    events: integer(0, 60),
    gapUs: fc.constantFrom(0, 50, 300, 20_000, 2 ** 31),
    seed: integer(0, 0xffffffff),
  }),
  { minLength: 1, maxLength: 3 },
);

describe("the surface network", () => {
  it("gives the bits of the reference on every instruction set, whatever it is made of and shown", () => {
    let features = 0;
    let recruited = 0;
    const property = fc.property(description, calls, (params, list) => {
      const reference = new ReferenceSurfaceNetwork(params);
      const networks = native.kernelNames().map((name) => new native.SurfaceNetwork(params, name));
      for (const { kind, events, gapUs, seed } of list) {
        const drawn = drawEvents(params, { events, gapUs, random: Random.fromKey(seed) });
        const expected: Named = {
          ...runSurface(reference, kind, drawn),
          ...surfaceStateOf(reference, params),
        };
        features += expected.feature?.length ?? 0;
        recruited += [...(expected.wins ?? [])].filter((wins) => wins > 1).length;
        for (const network of networks) {
          const actual = { ...runSurface(network, kind, drawn), ...surfaceStateOf(network, params) };
          expect(firstDifference(actual, expected)).toBeUndefined();
        }
      }
    });
    fc.assert(property, { numRuns: 200 });
    expect(features).toBeGreaterThan(1000);
    expect(recruited).toBeGreaterThan(100);
  });

  it("continues bit for bit from a state that was read, also from another kernel's", () => {
    const params = surfaceParamsWith();
    const random = Random.fromKey(5);
    const frames = Array.from({ length: 6 }, () => drawEvents(params, { events: 300, gapUs: 200, random }));
    const whole = new native.SurfaceNetwork(params);
    const first = new native.SurfaceNetwork(params, "base");
    for (const frame of frames) runSurface(whole, "learn", frame);
    for (const frame of frames.slice(0, 3)) runSurface(first, "learn", frame);
    const second = new native.SurfaceNetwork(params);
    second.writeState(surfaceStateOf(first, params));
    for (const frame of frames.slice(3)) runSurface(second, "learn", frame);
    expect(firstDifference(surfaceStateOf(second, params), surfaceStateOf(whole, params))).toBeUndefined();
    expect(surfaceStateOf(whole, params).counters).toEqual(Uint32Array.of(1800, 0));
  });

  it("keeps prototypes of length 1 through 100,000 lessons", () => {
    const params = surfaceParamsWith({ rate: 0.001 });
    const network = new native.SurfaceNetwork(params);
    const random = Random.fromKey(6);
    for (let k = 0; k < 100; k++) {
      runSurface(network, "learn", drawEvents(params, { events: 1000, gapUs: 100, random }));
    }
    const { weights, wins } = surfaceStateOf(network, params);
    for (let k = 0; k < params.prototypes; k++) {
      const square = weights.reduce((sum, w, i) => sum + (i % params.prototypes === k ? w * w : 0), 0);
      expect(square).toBeCloseTo(1, 4);
    }
    expect(Math.min(...wins)).toBeGreaterThan(100);
  });
});
