import { describe, expect, it } from "vitest";
import { type NativeState, native } from "../../src/native/binding.ts";
import {
  call,
  codeOf,
  DURATION_US,
  detached,
  FRAMES,
  INPUTS,
  imageArgs,
  makeNetwork,
  NEURONS,
  PARAMS,
  replaced,
  spikeArgs,
} from "./loose.ts";
import { emptyState, firstDifference, stateOf } from "./world.ts";

describe("a call", () => {
  it("refuses each array of another type, and learn that is no boolean", () => {
    const network = makeNetwork();
    const wrong = [
      undefined,
      null,
      1,
      "x",
      [],
      {},
      new ArrayBuffer(8),
      new DataView(new ArrayBuffer(8)),
      new Int8Array(3),
    ];
    for (const value of [...wrong, new Float64Array(3), new BigUint64Array(3)]) {
      for (let at = 0; at < 5; at++) {
        expect(codeOf(() => call(network, "presentImages", ...replaced(imageArgs(), at, value)))).toBe(
          "SPIKELINE_ARGUMENT",
        );
      }
      for (const at of [0, 1, 3, 4, 5, 6]) {
        expect(codeOf(() => call(network, "presentSpikes", ...replaced(spikeArgs(), at, value)))).toBe(
          "SPIKELINE_ARGUMENT",
        );
      }
      expect(codeOf(() => call(network, "readState", { ...emptyState(PARAMS), theta: value }))).toBe(
        "SPIKELINE_ARGUMENT",
      );
    }
    expect(codeOf(() => call(network, "readState", undefined))).toBe("SPIKELINE_ARGUMENT");
  });

  it("refuses arrays of another length", () => {
    const network = makeNetwork();
    for (const [at, array] of [
      [0, new Uint8Array(FRAMES * INPUTS - 1)],
      [1, new Uint16Array(FRAMES * NEURONS + 1)],
      [2, new Uint32Array(FRAMES + 1)],
      [3, new Uint8Array(FRAMES - 1)],
    ] as const) {
      expect(codeOf(() => call(network, "presentImages", ...replaced(imageArgs(), at, array)))).toBe(
        "SPIKELINE_KERNEL",
      );
    }
    for (const [at, array] of [
      [0, new Uint32Array(99)],
      [1, new Uint32Array(101)],
      [3, new Uint16Array(NEURONS - 1)],
      [4, new Uint32Array(21)],
    ] as const) {
      expect(codeOf(() => call(network, "presentSpikes", ...replaced(spikeArgs(), at, array)))).toBe(
        "SPIKELINE_KERNEL",
      );
    }
    for (const name of Object.keys(emptyState(PARAMS)) as (keyof NativeState)[]) {
      const state = emptyState(PARAMS);
      const ArrayType = state[name].constructor as new (length: number) => unknown;
      const changed = { ...state, [name]: new ArrayType(state[name].length + 1) };
      expect(codeOf(() => call(network, "readState", changed))).toBe("SPIKELINE_KERNEL");
      expect(codeOf(() => call(network, "writeState", changed))).toBe("SPIKELINE_KERNEL");
    }
  });

  it("refuses durations that are no time, spikes out of order, past the end, and of inputs that are not there", () => {
    const network = makeNetwork();
    for (const duration of [Number.NaN, -1, 0, 0.5, Number.POSITIVE_INFINITY, 2 ** 32, "1", null]) {
      expect(codeOf(() => call(network, "presentSpikes", ...replaced(spikeArgs(), 2, duration)))).toBe(
        "SPIKELINE_ARGUMENT",
      );
    }
    for (const [at, value] of [
      [2, 2 ** 32 - 1],
      [2, 99 * 99],
      [0, Uint32Array.from({ length: 100 }, (_, k) => 100 - k)],
      [1, new Uint32Array(100).fill(INPUTS)],
    ] as const) {
      expect(codeOf(() => call(network, "presentSpikes", ...replaced(spikeArgs(), at, value)))).toBe(
        "SPIKELINE_KERNEL",
      );
    }
  });

  it("refuses to take over state that no network can have, and stays as it was", () => {
    const network = makeNetwork();
    call(network, "presentImages", ...imageArgs());
    const before = stateOf(network, PARAMS);
    const wrong: readonly (readonly [keyof NativeState, number])[] = [
      ["weightsF32", Number.NaN],
      ["weightsF32", -1],
      ["scale", 0],
      ["scale", Number.POSITIVE_INFINITY],
      ["sum", Number.NaN],
      ["theta", -0.1],
      ["membrane", Number.NEGATIVE_INFINITY],
      ["refractory", -1],
      ["refractory", 2 ** 30],
      ["preAge", -2],
      ["postAge", 2 ** 31 - 1],
    ];
    for (const [name, value] of wrong) {
      const state = stateOf(network, PARAMS);
      state[name][state[name].length - 1] = value;
      expect([name, value, codeOf(() => network.writeState(state))]).toEqual([
        name,
        value,
        "SPIKELINE_KERNEL",
      ]);
    }
    const silent = stateOf(network, PARAMS);
    silent.counters.fill(0);
    expect(codeOf(() => network.writeState(silent))).toBe("SPIKELINE_KERNEL");
    expect(firstDifference(stateOf(network, PARAMS), before)).toBeUndefined();
  });

  it("sees a detached array as empty", () => {
    const network = makeNetwork();
    expect(
      codeOf(() => call(network, "presentImages", ...replaced(imageArgs(), 0, detached(new Uint8Array(48))))),
    ).toBe("SPIKELINE_KERNEL");
    const state = { ...emptyState(PARAMS), theta: detached(new Float32Array(NEURONS)) };
    expect(codeOf(() => network.readState(state))).toBe("SPIKELINE_KERNEL");
    expect(codeOf(() => network.writeState(state))).toBe("SPIKELINE_KERNEL");
  });

  it("takes arrays over shared memory, with the same result", () => {
    const shared = <T extends Uint8Array | Uint16Array | Uint32Array>(array: T): T => {
      const ArrayType = array.constructor as new (buffer: SharedArrayBuffer) => T;
      const copy = new ArrayType(new SharedArrayBuffer(array.byteLength));
      copy.set(array);
      return copy;
    };
    const plainArgs = imageArgs();
    const sharedArgs = imageArgs().map((arg) => (typeof arg === "boolean" ? arg : shared(arg as Uint8Array)));
    call(makeNetwork(), "presentImages", ...plainArgs);
    call(makeNetwork(), "presentImages", ...sharedArgs);
    expect(sharedArgs.map(String)).toEqual(plainArgs.map(String));
    const spikes = spikeArgs().map((arg) => (ArrayBuffer.isView(arg) ? shared(arg as Uint32Array) : arg));
    expect(call(makeNetwork(), "presentSpikes", ...spikes)).toBe(
      call(makeNetwork(), "presentSpikes", ...spikeArgs()),
    );
  });

  it("is not misled by outputs that lie over the inputs", () => {
    const [apart, over] = [makeNetwork(), makeNetwork()];
    const expected = call(apart, "presentSpikes", ...spikeArgs());
    expect(expected).toBeGreaterThan(0);
    const args = spikeArgs();
    const offsetUs = args[0] as Uint32Array;
    const input = args[1] as Uint32Array;
    const total = call(over, "presentSpikes", offsetUs, input, DURATION_US, args[3], input, offsetUs, true);
    expect(total).toBe(expected);
    expect(firstDifference(stateOf(over, PARAMS), stateOf(apart, PARAMS))).toBeUndefined();
  });

  it("survives getters of the state that free an array or the network", () => {
    const network = makeNetwork();
    const state = emptyState(PARAMS);
    const freeing = {
      ...state,
      get counters() {
        detached(state.theta);
        return state.counters;
      },
    };
    expect(codeOf(() => network.readState(freeing))).toBe("SPIKELINE_KERNEL");
    const disposing = {
      ...emptyState(PARAMS),
      get counters() {
        network.dispose();
        return new Uint32Array(8);
      },
    };
    expect(codeOf(() => network.readState(disposing))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => network.writeState(disposing))).toBe("SPIKELINE_DISPOSED");
  });

  it("on a network that was disposed of says so, and only there", () => {
    const [gone, alive] = [makeNetwork(), makeNetwork()];
    gone.dispose();
    gone.dispose();
    expect(codeOf(() => call(gone, "presentImages", ...imageArgs()))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => call(gone, "presentSpikes", ...spikeArgs()))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => gone.readState(emptyState(PARAMS)))).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => gone.synapticEvents())).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => gone.kernelName())).toBe("SPIKELINE_DISPOSED");
    expect(codeOf(() => call(alive, "presentImages", ...imageArgs()))).toBeUndefined();
  });

  it("refuses bandwidth measurements of nothing, and measures the rest", () => {
    const { sumAll } = native as unknown as { sumAll: (...args: unknown[]) => unknown };
    for (const args of [
      [],
      [new Uint8Array(4), 1],
      [new Float32Array(4)],
      [new Float32Array(4), -1],
      [new Float32Array(4), Number.NaN],
    ]) {
      expect(codeOf(() => sumAll(...args))).toBe("SPIKELINE_ARGUMENT");
    }
    expect(sumAll(new Float32Array(0), 1)).toBe(0);
    expect(sumAll(new Float32Array(1 << 16).fill(1), 2)).toBeGreaterThan(2 * (1 << 16) - 512);
  });
});
