import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeWaveNetwork, type NativeWaveParams, native } from "../../src/native/binding.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import { codeOf, detached, replaced } from "./loose.ts";
import { drawFrames, emptyWaveState, presentWave, waveParamsWith, waveStateOf } from "./wave-world.ts";
import { digestOf, firstDifference } from "./world.ts";

const PARAMS = waveParamsWith();
const SHAPE = waveShape(PARAMS);
const FRAMES = 2;

type Loose = Record<keyof NativeWaveNetwork, (...args: readonly unknown[]) => unknown>;

const makeNetwork = () => new native.WaveNetwork(PARAMS);
const call = (network: NativeWaveNetwork, method: keyof Loose, ...args: readonly unknown[]) =>
  (network as unknown as Loose)[method](...args);
const construct = (...args: readonly unknown[]) =>
  new (native.WaveNetwork as unknown as new (...args: readonly unknown[]) => NativeWaveNetwork)(...args);

const pixels = () => drawFrames(PARAMS, FRAMES, Random.fromKey(1));
const list = () => new Uint16Array(FRAMES * SHAPE.mostFeatures);
const inputList = () => new Uint16Array(FRAMES * PARAMS.maxSpikes);

const right = {
  presentImages: () => [
    pixels(),
    new Uint32Array(FRAMES),
    new Uint8Array(FRAMES * SHAPE.counts),
    new Uint32Array(FRAMES + 1),
    list(),
    list(),
    list(),
    list(),
  ],
  learnImages: () => [pixels(), new Uint32Array(FRAMES), new Uint16Array(FRAMES * PARAMS.winners)],
  encodeImages: () => [
    pixels(),
    new Uint32Array(FRAMES + 1),
    inputList(),
    inputList(),
    new Uint8Array(FRAMES * PARAMS.maxSpikes),
  ],
  readState: (): unknown[] => [emptyWaveState(PARAMS)],
  writeState: (): unknown[] => [waveStateOf(makeNetwork(), PARAMS)],
};
type Method = keyof typeof right;
const METHODS = Object.keys(right) as Method[];

const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => Number.NaN,
  () => "x",
  () => 1n,
  () => Symbol("x"),
  () => ({}),
  () => [1, 2],
  () => new Proxy(new Uint8Array(4), {}),
  () => new DataView(new ArrayBuffer(4)),
  () => new BigInt64Array(8),
  () => new Float64Array(3),
  () => new Float32Array(PARAMS.maps).fill(Number.NaN),
  () => new Uint32Array(0),
  () => new Uint32Array(FRAMES + 1),
  () => new Uint16Array(0),
  () => new Uint16Array(FRAMES * SHAPE.mostFeatures),
  () => new Uint8Array(0),
  () => new Uint8Array(1),
  () => new Uint8Array(new SharedArrayBuffer(FRAMES * SHAPE.pixels)),
  () => detached(new Uint32Array(FRAMES + 1)),
  () => detached(new Uint16Array(FRAMES * SHAPE.mostFeatures)),
];

describe("the wave network's constructor", () => {
  it("refuses what is not a description, and fields of another type", () => {
    for (const params of [undefined, null, 3, "x", {}, []]) {
      expect(codeOf(() => construct(params))).toBe("SPIKELINE_ARGUMENT");
    }
    for (const name of Object.keys(PARAMS)) {
      for (const value of ["1", null, undefined, {}, [4, 6]]) {
        expect(codeOf(() => construct({ ...PARAMS, [name]: value }))).toBe("SPIKELINE_ARGUMENT");
      }
    }
    for (const value of [-1, 1.5, 2 ** 32, Number.NaN]) {
      expect(codeOf(() => construct({ ...PARAMS, maps: value }))).toBe("SPIKELINE_ARGUMENT");
    }
    for (const length of [0, 5]) {
      const thresholds = new Float64Array(length).fill(4);
      expect(codeOf(() => construct({ ...PARAMS, thresholds }))).toBe("SPIKELINE_ARGUMENT");
    }
    expect(codeOf(() => construct(PARAMS, "sse9"))).toBe("SPIKELINE_ARGUMENT");
  });

  it("refuses numbers that no network can have", () => {
    const wrong: Partial<NativeWaveParams>[] = [
      { width: 0 },
      { maps: 257 },
      { window: 32 },
      { pad: 5 },
      { width: 4097 },
      { maxSpikes: 4097 },
      { latencyBins: 257 },
      { cell: 0 },
      { thresholds: Float64Array.of(4, 3) },
      { thresholds: Float64Array.of(0.5) },
      { thresholds: Float64Array.of(Number.NaN) },
      { contrast: 0 },
      { sigmaSurround: 9 },
      { learningThreshold: 0 },
      { aPlus: 0.2, aPlusMax: 0.1 },
      { winners: 0 },
      { doublingFrames: 0 },
    ];
    for (const overrides of wrong) {
      const code = codeOf(() => construct({ ...PARAMS, ...overrides }));
      expect([overrides, code]).toEqual([overrides, "SPIKELINE_KERNEL"]);
    }
  });

  it("refuses oriented filters that cannot be, and fields of another type", () => {
    const gabor = { orientations: 4, size: 5, pool: 2, stride: 1, inhibition: Float64Array.of(0.15) };
    const codeWith = (value: unknown) => codeOf(() => construct({ ...PARAMS, gabor: value }));
    expect(codeWith(gabor)).toBeUndefined();
    for (const value of [null, 3, "x", []]) expect(codeWith(value)).toBe("SPIKELINE_ARGUMENT");
    for (const name of Object.keys(gabor)) {
      for (const value of ["1", null, undefined, {}]) {
        expect(codeWith({ ...gabor, [name]: value })).toBe("SPIKELINE_ARGUMENT");
      }
    }
    expect(codeWith({ ...gabor, orientations: 0 })).toBe("SPIKELINE_ARGUMENT");
    expect(codeWith({ ...gabor, inhibition: new Float64Array(9) })).toBe("SPIKELINE_ARGUMENT");
    const wrong = [{ orientations: 9 }, { size: 4 }, { size: 17 }, { pool: 0 }, { pool: 11 }, { stride: 3 }];
    for (const change of [...wrong, { inhibition: Float64Array.of(1.1) }]) {
      expect([change, codeWith({ ...gabor, ...change })]).toEqual([change, "SPIKELINE_KERNEL"]);
    }
  });

  it("passes on what a getter throws", () => {
    const hostile = {
      ...PARAMS,
      get thresholds(): Float64Array {
        throw new RangeError("no");
      },
    };
    expect(() => construct(hostile)).toThrow(new RangeError("no"));
  });
});

describe("the wave network's methods", () => {
  it("refuse every argument of another type", () => {
    for (const method of METHODS) {
      for (let at = 0; at < right[method]().length; at++) {
        for (const wrong of [undefined, 1, [1], new Float64Array(8), new DataView(new ArrayBuffer(8))]) {
          const args = replaced(right[method](), at, wrong);
          expect([method, at, codeOf(() => call(makeNetwork(), method, ...args))]).toEqual([
            method,
            at,
            "SPIKELINE_ARGUMENT",
          ]);
        }
      }
    }
  });

  it("refuse arrays of another length and change nothing", () => {
    const network = makeNetwork();
    const before = waveStateOf(network, PARAMS);
    for (const method of ["presentImages", "learnImages", "encodeImages"] as const) {
      for (let at = 0; at < right[method]().length; at++) {
        const args = right[method]();
        const shorter = (args[at] as Uint8Array).subarray(1);
        expect(codeOf(() => call(network, method, ...replaced(args, at, shorter)))).toBe("SPIKELINE_KERNEL");
      }
    }
    expect(firstDifference(waveStateOf(network, PARAMS), before)).toBeUndefined();
  });

  it("survive outputs that lie over the inputs and over each other", () => {
    const network = makeNetwork();
    const expected = presentWave(network, PARAMS, pixels());
    const memory = new ArrayBuffer(8 * FRAMES * SHAPE.mostFeatures);
    const over = new Uint16Array(memory, 0, FRAMES * SHAPE.mostFeatures);
    const bytes = new Uint8Array(memory, 0, FRAMES * SHAPE.pixels);
    const offsets = new Uint32Array(memory, 0, FRAMES + 1);
    const counts = new Uint8Array(memory, 0, FRAMES * SHAPE.counts);
    const inputSpikes = new Uint32Array(memory, 0, FRAMES);
    for (let round = 0; round < 5; round++) {
      bytes.set(pixels());
      call(network, "presentImages", bytes, inputSpikes, counts, offsets, over, over, over, over);
    }
    expect(firstDifference(presentWave(network, PARAMS, pixels()), expected)).toBeUndefined();
  });

  it("survive getters of the state that free an array or the network", () => {
    const network = makeNetwork();
    const state = emptyWaveState(PARAMS);
    const freeing = {
      ...state,
      get counters() {
        detached(state.theta);
        return state.counters;
      },
    };
    expect(codeOf(() => network.readState(freeing))).toBe("SPIKELINE_KERNEL");
    const disposing = {
      ...emptyWaveState(PARAMS),
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
    expect(codeOf(() => gone.convergence())).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => gone.kernelName())).toBe("SPIKELINE_DISPOSED");
  });

  it("called 5,000 times with random arguments work, or throw an error with a code and change nothing", () => {
    const network = makeNetwork();
    const digest = () => digestOf({ ...waveStateOf(network, PARAMS) });
    const outcomes = new Map<string, number>();
    const odd = fc.integer({ min: 0, max: ODD.length - 1 }).map((k) => ODD[k]);
    const changes = fc.array(fc.tuple(fc.nat({ max: 9 }), odd), { maxLength: 2 });
    const property = fc.property(fc.constantFrom(...METHODS), changes, (method, list) => {
      let args: unknown[] = right[method]();
      for (const [at, make] of list) {
        const name = ["weights", "theta", "counters"][at % 3] ?? "";
        if (args.length === 1) args = [{ ...(args[0] as object), [name]: make?.() }];
        else args = replaced(args, at % args.length, make?.());
      }
      const before = digest();
      const code = codeOf(() => call(network, method, ...args)) ?? "worked";
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (code !== "worked") expect(digest()).toBe(before);
    });
    fc.assert(property, { numRuns: 5000 });
    for (const code of ["worked", "SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"]) {
      expect([code, (outcomes.get(code) ?? 0) > 100]).toEqual([code, true]);
    }
  });
});
