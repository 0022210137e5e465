import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageCode, ageOfCode } from "../../src/core/telemetry.ts";

describe("the code of an age", () => {
  it("is 127 now, twelve less with every doubling of (1 ms + age), and at last 1", () => {
    expect([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023].map(ageCode)).toEqual([
      127, 115, 103, 91, 79, 67, 55, 43, 31, 19, 7,
    ]);
    // 126 steps are 10.5 doublings: 1.447 s.
    expect(ageCode(1447)).toBe(2);
    expect([1448, 10_000, 1e12, Number.POSITIVE_INFINITY].map(ageCode)).toEqual([1, 1, 1, 1]);
  });

  it("takes what lies ahead as now", () => {
    expect([-0.001, -1e9, Number.NEGATIVE_INFINITY].map(ageCode)).toEqual([127, 127, 127]);
  });

  it("fits a signed byte, never grows with age, and gives back the youngest age of its step", () => {
    const age = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(age, age, (a, b) => {
        const code = ageCode(a);
        expect(Number.isInteger(code) && code >= 1 && code <= 127).toBe(true);
        if (a <= b) expect(code).toBeGreaterThanOrEqual(ageCode(b));
        expect(ageOfCode(code)).toBeLessThanOrEqual(a + 1e-9 * (1 + a));
        if (code > 1) expect(ageOfCode(code - 1)).toBeGreaterThan(a * (1 - 1e-9) - 1e-9);
      }),
    );
  });

  it("has an age for each of the 127 codes, whose code it is", () => {
    for (let code = 1; code <= 127; code++) expect(ageCode(ageOfCode(code) * (1 + 1e-12) + 1e-12)).toBe(code);
    expect(ageOfCode(127)).toBe(0);
    expect(ageOfCode(115)).toBe(1);
  });
});
