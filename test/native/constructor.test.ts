import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NativeClockedNetwork, type NativeParams, native } from "../../src/native/binding.ts";
import { call, codeOf, construct, PARAMS, spikeArgs } from "./loose.ts";
import { firstDifference, stateOf } from "./world.ts";

describe("the constructor", () => {
  it("refuses what is not a description of a network", () => {
    for (const params of [undefined, null, 3, "x", {}, [], { ...PARAMS, inputs: undefined }]) {
      expect(codeOf(() => construct(params))).toBe("SPIKELINE_ARGUMENT");
    }
  });

  it("refuses fields of another type and integers out of range", () => {
    for (const value of ["1", null, undefined, true, 1n, {}, Number.NaN, -1, 1.5, 2 ** 32]) {
      expect(codeOf(() => construct({ ...PARAMS, inputs: value }))).toBe("SPIKELINE_ARGUMENT");
      expect(codeOf(() => construct({ ...PARAMS, rule: value }))).toBe("SPIKELINE_ARGUMENT");
    }
    expect(codeOf(() => construct({ ...PARAMS, rule: 3 }))).toBe("SPIKELINE_ARGUMENT");
    expect(codeOf(() => construct({ ...PARAMS, weights: 2 }))).toBe("SPIKELINE_ARGUMENT");
  });

  it("refuses numbers that no network can have", () => {
    const wrong: Partial<Record<keyof NativeParams, number>>[] = [
      { inputs: 0 },
      { neurons: 0 },
      { inputs: 2 ** 21 },
      { dtMs: 0 },
      { dtMs: Number.NaN },
      { tauMemMs: -1 },
      { tauPreMs: Number.POSITIVE_INFINITY },
      { durationMs: 1e9 },
      { restMs: -1 },
      { refractoryMs: 1e6 },
      { vThreshold: 0 },
      { vReset: 13 },
      { vInhibitory: 1 },
      { vExcitatory: 0 },
      { initialMax: 2 },
      { normalisedSum: -1 },
      { inhibition: 1.01 },
      { xTarget: Number.NaN },
      { etaPost: -0.1 },
      { maxRepeats: 1001 },
    ];
    for (const overrides of wrong) {
      expect([overrides, codeOf(() => construct({ ...PARAMS, ...overrides }))]).toEqual([
        overrides,
        "SPIKELINE_KERNEL",
      ]);
    }
  });

  it("refuses a kernel it does not know", () => {
    for (const kernel of ["sse9", "", null, 3, Symbol("base")]) {
      expect(codeOf(() => construct(PARAMS, kernel))).toBe("SPIKELINE_ARGUMENT");
    }
    expect(codeOf(() => construct(PARAMS, undefined))).toBeUndefined();
  });

  it("passes on what a getter throws", () => {
    const hostile = {
      ...PARAMS,
      get inputs(): number {
        throw new RangeError("no");
      },
    };
    expect(() => construct(hostile)).toThrow(new RangeError("no"));
  });
});

describe("networks with random parameters", () => {
  it("are refused with a code, or run and take back their own finite state", () => {
    const values = [
      Number.NaN,
      -1,
      0,
      1e-12,
      1e-9,
      1e-3,
      0.5,
      1,
      3,
      1e3,
      1e9,
      9e11,
      Number.POSITIVE_INFINITY,
    ];
    const names = (Object.keys(PARAMS) as (keyof NativeParams)[]).filter(
      (name) => !["inputs", "neurons", "durationMs"].includes(name),
    );
    let run = 0;
    const change = fc.tuple(fc.constantFrom(...names), fc.constantFrom<unknown>(...values, "x", undefined));
    const property = fc.property(
      fc.array(change, { maxLength: 4 }),
      fc.constantFrom(0, 1, 2),
      (changes, rule) => {
        const params = { ...PARAMS, rule, ...Object.fromEntries(changes) } as NativeParams;
        let network: NativeClockedNetwork | undefined;
        const refused = codeOf(() => {
          network = new native.ClockedNetwork(params);
        });
        expect(network === undefined).toBe(refused !== undefined);
        if (network === undefined) return;
        call(network, "presentSpikes", ...spikeArgs());
        call(network, "presentSpikes", ...spikeArgs());
        const state = stateOf(network, params);
        expect(codeOf(() => network?.writeState(state))).toBeUndefined();
        expect(firstDifference(stateOf(network, params), state)).toBeUndefined();
        network.dispose();
        run++;
      },
    );
    fc.assert(property, { numRuns: 2000 });
    expect(run).toBeGreaterThan(300);
  });
});
