import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import type {
  NativeEventConvolution,
  NativeEventConvolutionParams,
} from "../../src/native/event-convolution.ts";
import { emptyEventState, eventParamsWith, eventStateOf } from "./event-convolution-world.ts";
import { codeOf, detached, replaced } from "./loose.ts";
import { drawEvents, runSurface } from "./surface-world.ts";
import { digestOf, firstDifference } from "./world.ts";

const PARAMS = eventParamsWith();
const EVENTS = 50;

type Loose = Record<keyof NativeEventConvolution, (...args: readonly unknown[]) => unknown>;

const drawn = () => drawEvents(PARAMS, { events: EVENTS, gapUs: 300, random: Random.fromKey(1) });
function makeNetwork(): NativeEventConvolution {
  const network = new native.EventConvolution(PARAMS);
  runSurface(network, "learn", drawn());
  return network;
}
const call = (network: NativeEventConvolution, method: keyof Loose, ...args: readonly unknown[]) =>
  (network as unknown as Loose)[method](...args);
const construct = (...args: readonly unknown[]) =>
  new (native.EventConvolution as unknown as new (...args: readonly unknown[]) => NativeEventConvolution)(
    ...args,
  );

const frame = (): unknown[] => {
  const { offsetUs, input } = drawn();
  const bytes = () => new Uint8Array(EVENTS);
  return [offsetUs, input, new Uint32Array(EVENTS), new Uint16Array(EVENTS), bytes(), bytes()];
};
const right = {
  present: frame,
  learn: frame,
  readState: (): unknown[] => [emptyEventState(PARAMS)],
  writeState: (): unknown[] => [eventStateOf(makeNetwork(), PARAMS)],
};
type Method = keyof typeof right;
const METHODS = Object.keys(right) as Method[];

const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => "x",
  () => ({}),
  () => [1, 2],
  () => new Proxy(new Uint8Array(4), {}),
  () => new DataView(new ArrayBuffer(4)),
  () => new BigInt64Array(8),
  () => new Float32Array(PARAMS.maps).fill(Number.NaN),
  () => new Uint32Array(0),
  () => new Uint32Array(EVENTS).fill(0xffffffff),
  () => new Uint32Array(EVENTS).map((_, k) => EVENTS - k),
  () => new Uint32Array(PARAMS.maps).map((_, k) => k),
  () => new Uint16Array(EVENTS),
  () => new Uint16Array(1),
  () => new Uint8Array(1),
  () => new Uint8Array(new SharedArrayBuffer(EVENTS)),
  () => detached(new Uint32Array(EVENTS)),
  () => detached(new Uint16Array(EVENTS)),
];

describe("the event-driven convolution's constructor", () => {
  it("refuses what is not a description, and fields of another type", () => {
    for (const params of [undefined, null, 3, "x", {}, []]) {
      expect(codeOf(() => construct(params))).toBe("SPIKELINE_ARGUMENT");
    }
    for (const name of Object.keys(PARAMS)) {
      for (const value of ["1", null, undefined, {}, [4, 6]]) {
        expect(codeOf(() => construct({ ...PARAMS, [name]: value }))).toBe("SPIKELINE_ARGUMENT");
      }
    }
    expect(codeOf(() => construct(PARAMS, "sse9"))).toBe("SPIKELINE_ARGUMENT");
  });

  it("refuses numbers that no network can have", () => {
    const wrong: Partial<NativeEventConvolutionParams>[] = [
      { width: 0 },
      { height: 257 },
      { maps: 257 },
      { radius: 4 },
      { lateral: 3 },
      { bins: 65 },
      { binUs: 0 },
      { tauUs: 99 },
      { tauUs: Number.NaN },
      { threshold: 0 },
      { reset: 0.1 },
      { initialLow: 0.9 },
      { initialHigh: 1.1 },
      { rise: 1.1 },
      { fall: -0.1 },
      { thresholdRate: -0.1 },
    ];
    for (const overrides of wrong) {
      const code = codeOf(() => construct({ ...PARAMS, ...overrides }));
      expect([overrides, code]).toEqual([overrides, "SPIKELINE_KERNEL"]);
    }
  });
});

describe("the event-driven convolution's methods", () => {
  it("refuse every argument of another type", () => {
    for (const method of METHODS) {
      for (let at = 0; at < right[method]().length; at++) {
        for (const wrong of [undefined, 1, [1], new Float64Array(8), new DataView(new ArrayBuffer(8))]) {
          const args = replaced(right[method](), at, wrong);
          const code = codeOf(() => call(makeNetwork(), method, ...args));
          expect([method, at, code]).toEqual([method, at, "SPIKELINE_ARGUMENT"]);
        }
      }
    }
  });

  it("refuse arrays of another length, inputs that are none and falling times, and change nothing", () => {
    const network = makeNetwork();
    const before = eventStateOf(network, PARAMS);
    for (const method of ["present", "learn"] as const) {
      for (let at = 0; at < frame().length; at++) {
        const args = frame();
        const shorter = (args[at] as Uint8Array).subarray(1);
        expect(codeOf(() => call(network, method, ...replaced(args, at, shorter)))).toBe("SPIKELINE_KERNEL");
      }
      const outside = new Uint32Array(EVENTS).fill(2 * PARAMS.width * PARAMS.height);
      const falling = new Uint32Array(EVENTS).map((_, k) => EVENTS - k);
      for (const args of [replaced(frame(), 1, outside), replaced(frame(), 0, falling)]) {
        expect(codeOf(() => call(network, method, ...args))).toBe("SPIKELINE_KERNEL");
      }
    }
    expect(firstDifference(eventStateOf(network, PARAMS), before)).toBeUndefined();
  });

  it("survive outputs that lie over the inputs and over each other", () => {
    const network = makeNetwork();
    const expected = runSurface(network, "present", drawn());
    const memory = new ArrayBuffer(4 * EVENTS);
    const words = new Uint32Array(memory);
    const bytes = new Uint8Array(memory, 0, EVENTS);
    for (let round = 0; round < 5; round++) {
      words.set(drawn().input);
      call(
        network,
        "present",
        drawn().offsetUs,
        words,
        words,
        new Uint16Array(memory, 0, EVENTS),
        bytes,
        bytes,
      );
    }
    expect(firstDifference(runSurface(network, "present", drawn()), expected)).toBeUndefined();
  });

  it("survive getters of the state that free an array or the network", () => {
    const network = makeNetwork();
    const state = emptyEventState(PARAMS);
    const freeing = {
      ...state,
      get counters() {
        detached(state.thresholds);
        return state.counters;
      },
    };
    expect(codeOf(() => network.readState(freeing))).toBe("SPIKELINE_KERNEL");
    const disposing = {
      ...emptyEventState(PARAMS),
      get counters() {
        network.dispose();
        return new Uint32Array(2);
      },
    };
    expect(codeOf(() => network.readState(disposing))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => network.writeState(disposing))).toBe("SPIKELINE_DISPOSED");
  });

  it("on a network that was disposed of say so, and only there", () => {
    const [gone, alive] = [makeNetwork(), makeNetwork()];
    gone.dispose();
    gone.dispose();
    for (const method of METHODS) {
      expect(codeOf(() => call(gone, method, ...right[method]()))).toBe("SPIKELINE_DISPOSED");
      expect(codeOf(() => call(alive, method, ...right[method]()))).toBeUndefined();
    }
    expect(codeOf(() => gone.kernelName())).toBe("SPIKELINE_DISPOSED");
  });

  it("called 3,000 times with random arguments work, or throw an error with a code and change nothing", () => {
    const network = makeNetwork();
    const digest = () => digestOf({ ...eventStateOf(network, PARAMS) });
    const outcomes = new Map<string, number>();
    const odd = fc.integer({ min: 0, max: ODD.length - 1 }).map((k) => ODD[k]);
    const changes = fc.array(fc.tuple(fc.nat({ max: 5 }), odd), { maxLength: 2 });
    const property = fc.property(fc.constantFrom(...METHODS), changes, (method, list) => {
      let args: unknown[] = right[method]();
      for (const [at, make] of list) {
        const name = Object.keys(emptyEventState(PARAMS))[at % 3] ?? "";
        if (args.length === 1) args = [{ ...(args[0] as object), [name]: make?.() }];
        else args = replaced(args, at, make?.());
      }
      const before = digest();
      const code = codeOf(() => call(network, method, ...args)) ?? "worked";
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (code !== "worked") expect(digest()).toBe(before);
    });
    fc.assert(property, { numRuns: 3000 });
    for (const code of ["worked", "SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"]) {
      expect([code, (outcomes.get(code) ?? 0) > 100]).toEqual([code, true]);
    }
  });
});
