import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  call,
  codeOf,
  detached,
  FRAMES,
  imageArgs,
  makeNetwork,
  NEURONS,
  PARAMS,
  replaced,
  spikeArgs,
} from "./loose.ts";
import { digestOf, emptyState, stateOf } from "./world.ts";

const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => Number.NaN,
  () => -1,
  () => 0.5,
  () => 2 ** 32,
  () => 1e300,
  () => "x",
  () => 1n,
  () => Symbol("x"),
  () => ({}),
  () => [1, 2],
  () => () => 1,
  () => new Proxy(new Uint8Array(4), {}),
  () => new DataView(new ArrayBuffer(4)),
  () => new SharedArrayBuffer(4),
  () => new BigInt64Array(8),
  () => new Float32Array(NEURONS),
  () => new Float64Array(NEURONS),
  () => new Int32Array(NEURONS),
  () => new Uint32Array(100),
  () => new Uint32Array(0),
  () => new Uint16Array(NEURONS),
  () => new Uint8Array(1),
  () => new Uint8Array(new SharedArrayBuffer(FRAMES)),
  () => new Uint32Array(new ArrayBuffer(404), 4),
  () => detached(new Uint32Array(100)),
  () => detached(new Uint16Array(NEURONS)),
];

const odd = fc.integer({ min: 0, max: ODD.length - 1 }).map((k) => ODD[k]);

describe("10,000 calls with random arguments", () => {
  it("work, or throw an error with a code and change nothing", () => {
    const network = makeNetwork();
    const digest = () => digestOf({ ...stateOf(network, PARAMS) });
    const outcomes = new Map<string, number>();
    const stateArgs = () => [stateOf(network, PARAMS)];
    const right = {
      presentImages: imageArgs,
      presentSpikes: spikeArgs,
      readState: stateArgs,
      writeState: stateArgs,
    };
    const property = fc.property(
      fc.constantFrom("presentImages", "presentSpikes", "readState", "writeState"),
      fc.array(fc.tuple(fc.nat({ max: 9 }), odd), { maxLength: 3 }),
      fc.boolean(),
      (method, changes, cutShort) => {
        let args: unknown[] = right[method]();
        for (const [at, make] of changes) {
          const state = args[0] as Record<string, unknown>;
          const name = Object.keys(emptyState(PARAMS))[at] ?? "";
          if (args.length === 1) args = [{ ...state, [name]: make?.() }];
          else args = replaced(args, at % args.length, make?.());
        }
        if (cutShort && changes.length === 3) args = args.slice(0, -1);
        const before = digest();
        const code = codeOf(() => call(network, method, ...args)) ?? "worked";
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
        if (code !== "worked") expect(digest()).toBe(before);
      },
    );
    fc.assert(property, { numRuns: 10_000 });
    for (const code of ["worked", "SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"]) {
      expect([code, (outcomes.get(code) ?? 0) > 100]).toEqual([code, true]);
    }
  });
});
