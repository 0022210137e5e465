import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { call, codeOf, imageArgs, makeNetwork, PARAMS, replaced, spikeArgs } from "./loose.ts";
import { odd } from "./odd-values.ts";
import { digestOf, emptyState, stateOf } from "./world.ts";

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
