import fc from "fast-check";
import { expect, it } from "vitest";
import { plainLog } from "../../src/sensors/plain-log.ts";

it("is the natural logarithm, within a few units in the last place", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      const error = Math.abs(plainLog(x) - Math.log(x));
      expect(error).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(Math.log(x))));
    }),
  );
  expect(plainLog(1)).toBe(0);
});
