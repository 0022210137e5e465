import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeWaveLayer, type NativeWaveLayerParams, native } from "../../src/native/binding.ts";
import { codeOf, detached, replaced } from "./loose.ts";
import {
  drawSpikes,
  emptyLayerState,
  layerParamsWith,
  layerStateOf,
  presentLayer,
  roomFor,
} from "./wave-layer-world.ts";
import { digestOf, firstDifference } from "./world.ts";

const PARAMS = layerParamsWith();
const FRAMES = 2;

type Loose = Record<keyof NativeWaveLayer, (...args: readonly unknown[]) => unknown>;

const makeLayer = () => new native.WaveLayer(PARAMS);
const call = (layer: NativeWaveLayer, method: keyof Loose, ...args: readonly unknown[]) =>
  (layer as unknown as Loose)[method](...args);
const construct = (...args: readonly unknown[]) =>
  new (native.WaveLayer as unknown as new (...args: readonly unknown[]) => NativeWaveLayer)(...args);

const spikes = () => drawSpikes(PARAMS, { frames: FRAMES, random: Random.fromKey(1) });

const right = {
  presentSpikes: (): unknown[] => [...spikes(), ...roomFor(PARAMS, FRAMES)],
  learnSpikes: (): unknown[] => [...spikes(), new Uint16Array(FRAMES * PARAMS.winners)],
  readState: (): unknown[] => [emptyLayerState(PARAMS)],
  writeState: (): unknown[] => [layerStateOf(makeLayer(), PARAMS)],
};
type Method = keyof typeof right;
const METHODS = Object.keys(right) as Method[];

const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => "x",
  () => 1n,
  () => ({}),
  () => [1, 2],
  () => new Proxy(new Uint16Array(4), {}),
  () => new DataView(new ArrayBuffer(4)),
  () => new Float32Array(PARAMS.maps).fill(Number.NaN),
  () => new Uint32Array(0),
  () => new Uint32Array(FRAMES + 1).fill(0xffffffff),
  () => Uint32Array.of(3, 2, 1),
  () => new Uint16Array(0),
  () => new Uint16Array(spikes()[1].length).fill(0xffff),
  () => new Uint16Array(spikes()[1].length),
  () => new Uint16Array(new SharedArrayBuffer(64)),
  () => detached(new Uint32Array(FRAMES + 1)),
  () => detached(new Uint16Array(8)),
];

describe("the constructor of a further layer", () => {
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

  it("refuses numbers that no layer can have", () => {
    const wrong: Partial<NativeWaveLayerParams>[] = [
      { width: 0 },
      { height: 1025 },
      { channels: 1025 },
      { maps: 1025 },
      { window: 32 },
      { pad: 3 },
      { pool: 0 },
      { poolStride: 3 },
      { firstOnly: 2 },
      { maps: 1024, channels: 1024, window: 31, pad: 15 },
      { thresholds: Float64Array.of(4, 3) },
      { thresholds: Float64Array.of(Number.NaN) },
      { learningThreshold: 5000 },
      { winners: 0 },
    ];
    for (const overrides of wrong) {
      const code = codeOf(() => construct({ ...PARAMS, ...overrides }));
      expect([overrides, code]).toEqual([overrides, "SPIKELINE_KERNEL"]);
    }
  });
});

describe("the methods of a further layer", () => {
  it("refuse every argument of another type", () => {
    for (const method of METHODS) {
      for (let at = 0; at < right[method]().length; at++) {
        for (const wrong of [undefined, 1, [1], new Float64Array(8), new DataView(new ArrayBuffer(8))]) {
          const args = replaced(right[method](), at, wrong);
          expect([method, at, codeOf(() => call(makeLayer(), method, ...args))]).toEqual([
            method,
            at,
            "SPIKELINE_ARGUMENT",
          ]);
        }
      }
    }
  });

  it("refuse arrays of another length and change nothing", () => {
    const layer = makeLayer();
    const before = layerStateOf(layer, PARAMS);
    for (const method of ["presentSpikes", "learnSpikes"] as const) {
      for (let at = 0; at < right[method]().length; at++) {
        const args = right[method]();
        const shorter = (args[at] as Uint16Array).subarray(1);
        expect(codeOf(() => call(layer, method, ...replaced(args, at, shorter)))).toBe("SPIKELINE_KERNEL");
      }
    }
    expect(firstDifference(layerStateOf(layer, PARAMS), before)).toBeUndefined();
  });

  it("survive outputs that lie over the inputs and over each other", () => {
    const layer = makeLayer();
    const expected = presentLayer(layer, PARAMS, spikes());
    const [offsets, ...lists] = roomFor(PARAMS, FRAMES);
    for (let round = 0; round < 5; round++) {
      const [start, feature] = spikes();
      offsets.set(start);
      for (const list of lists) list.set(feature.map((value) => value % 4).sort());
      const over = lists.map((_, k) => lists[(k * round) % 4]);
      codeOf(() => call(layer, "presentSpikes", offsets, ...lists, offsets, ...over));
    }
    expect(firstDifference(presentLayer(layer, PARAMS, spikes()), expected)).toBeUndefined();
  });

  it("survive getters of the state that free an array or the layer", () => {
    const layer = makeLayer();
    const state = emptyLayerState(PARAMS);
    const freeing = {
      ...state,
      get counters() {
        detached(state.theta);
        return state.counters;
      },
    };
    expect(codeOf(() => layer.readState(freeing))).toBe("SPIKELINE_KERNEL");
    const disposing = {
      ...emptyLayerState(PARAMS),
      get counters() {
        layer.dispose();
        return new Uint32Array(2);
      },
    };
    expect(codeOf(() => layer.readState(disposing))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => layer.writeState(disposing))).toBe("SPIKELINE_DISPOSED");
  });

  it("on a layer that was disposed of say so, and only there", () => {
    const [gone, alive] = [makeLayer(), makeLayer()];
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
    const layer = makeLayer();
    const digest = () => digestOf({ ...layerStateOf(layer, PARAMS) });
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
      const code = codeOf(() => call(layer, method, ...args)) ?? "worked";
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (code !== "worked") expect(digest()).toBe(before);
    });
    fc.assert(property, { numRuns: 5000 });
    for (const code of ["worked", "SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"]) {
      expect([code, (outcomes.get(code) ?? 0) > 100]).toEqual([code, true]);
    }
  });
});
