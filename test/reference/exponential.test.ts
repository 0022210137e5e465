import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expNonPositive } from "./exponential.ts";

/** The distance to the next double above. */
function unitInLastPlace(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0) - value;
}

describe("the kernel's own exp", () => {
  it("is within 2 units in the last place of Math.exp from -700 to 0", () => {
    let worst = 0;
    const property = fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (k) => {
      const x = (-700 * k) / 2 ** 50;
      const expected = Math.exp(x);
      worst = Math.max(worst, Math.abs(expNonPositive(x) - expected) / unitInLastPlace(expected));
    });
    fc.assert(property, { numRuns: 20_000 });
    expect(worst).toBeLessThanOrEqual(2);
  });

  it("is 1 at 0 and 0 below -700", () => {
    expect([0, -0, -1e-300].map(expNonPositive)).toEqual([1, 1, 1]);
    expect([-700.000001, -1e9, -Infinity, Number.NaN].map(expNonPositive)).toEqual([0, 0, 0, 0]);
    expect(expNonPositive(-700)).toBeGreaterThan(0);
  });

  it("never rises as x falls", () => {
    for (let x = 0; x > -50; x -= 1 / 512)
      expect(expNonPositive(x - 1 / 512)).toBeLessThan(expNonPositive(x));
  });
});
