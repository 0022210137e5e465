/** The rates at the stations. */
import { describe, expect, it } from "vitest";
import { GrowthRate } from "../../../src/dashboard/page/rates.ts";

describe("the rate of a counter", () => {
  it("is unknown before half a second has been seen", () => {
    const rate = new GrowthRate();
    expect(rate.perSecond(0)).toBeUndefined();
    rate.add(0, 0);
    rate.add(10, 400);
    expect(rate.perSecond(400)).toBeUndefined();
  });

  it("is the growth over the last second, whatever came before", () => {
    const rate = new GrowthRate();
    for (let ms = 0; ms <= 5000; ms += 50) rate.add(ms < 2500 ? ms : 2500 + (ms - 2500) * 3, ms);
    expect(rate.perSecond(5000)).toBe(3000);
  });

  it("starts anew after a restart or a long gap", () => {
    const rate = new GrowthRate();
    rate.add(1000, 0);
    rate.add(2000, 1000);
    rate.add(5, 1100);
    expect(rate.perSecond(1100)).toBeUndefined();
    rate.add(10_005, 9000);
    expect(rate.perSecond(9000)).toBeUndefined();
  });

  it("falls when nothing new comes", () => {
    const rate = new GrowthRate();
    rate.add(0, 0);
    rate.add(100, 1000);
    expect(rate.perSecond(1000)).toBe(100);
    expect(rate.perSecond(11_000)).toBe(10);
  });
});
