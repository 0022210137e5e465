import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { native } from "../../src/native/binding.ts";
import type { NativePoolParams, NativeReadoutParams } from "../../src/native/readouts.ts";
import { framesOf, inputsOf, pool, spikesOf } from "../reference/feature-pool.ts";
import { codeOf, replaced } from "./loose.ts";
import { odd } from "./odd-values.ts";
import { drawLesson, flat, type Lesson, lessons, linearParams, readouts } from "./readout-world.ts";
import { firstDifference } from "./world.ts";

const PARAMS = linearParams();
const FRAMES = 3;
const lesson = drawLesson(PARAMS, { frames: FRAMES, spikes: 20, seed: 1 });

function oracleRows(params: NativeReadoutParams, spikes: Lesson): Float32Array {
  const rows = new Float32Array(framesOf(spikes) * inputsOf(params));
  for (let frame = 0; frame < framesOf(spikes); frame++) {
    for (const { input, value } of pool(params, spikesOf(spikes, frame))) {
      rows[frame * inputsOf(params) + input] = value;
    }
  }
  return rows;
}

describe("native feature rows", () => {
  it("are the oracle's pooled values bit for bit, over whatever stood there before", () => {
    let spoke = 0;
    const property = fc.property(readouts, lessons, (params, script) => {
      const rows = new native.FeatureRows(params);
      for (const call of script) {
        const spikes = drawLesson(params, call);
        const found = new Float32Array(call.frames * inputsOf(params)).fill(7);
        rows.fill(...flat(spikes), found);
        expect(firstDifference({ found }, { found: oracleRows(params, spikes) })).toBeUndefined();
        if (found.some((value) => value > 1)) spoke++;
      }
      rows.dispose();
    });
    fc.assert(property, { numRuns: 500, interruptAfterTimeLimit: 20_000 });
    expect(spoke).toBeGreaterThan(100);
  });

  it("refuse 2,000 wrong arguments with a code and leave the rows as they were", () => {
    const rows = new native.FeatureRows(PARAMS);
    const codes = new Set<string>();
    const property = fc.property(fc.nat({ max: 4 }), odd, (at, make) => {
      const out = new Float32Array(FRAMES * inputsOf(PARAMS)).fill(7);
      const args = replaced([...flat(lesson).map((array) => array.slice()), out], at, make?.());
      const fill = rows.fill.bind(rows) as (...args: readonly unknown[]) => void;
      const code = codeOf(() => fill(...args)) ?? "worked";
      codes.add(code);
      if (code !== "worked") expect(out.every((value) => value === 7)).toBe(true);
    });
    fc.assert(property, { numRuns: 2000 });
    expect([...codes]).toEqual(expect.arrayContaining(["SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"]));
  });

  it("are not made of a pooling that cannot be, nor filled once disposed of", () => {
    const make = (pooling: Partial<NativePoolParams>) => () =>
      new native.FeatureRows({ ...PARAMS, ...pooling });
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(make({ grid: 99 })).toThrow(code("SPIKELINE_KERNEL"));
    expect(make({ value: 2 as never })).toThrow(code("SPIKELINE_ARGUMENT"));
    const rows = make({})();
    rows.dispose();
    rows.dispose();
    const out = new Float32Array(FRAMES * inputsOf(PARAMS));
    expect(() => rows.fill(...flat(lesson), out)).toThrow(code("SPIKELINE_DISPOSED"));
  });
});
