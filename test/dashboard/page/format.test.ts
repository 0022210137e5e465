/** How the page writes numbers. */
import { describe, expect, it } from "vitest";
import {
  age,
  count,
  duration,
  fps,
  hurry,
  percent,
  rate,
  share,
  shortCount,
  shortShare,
  times,
} from "../../../src/dashboard/page/format.ts";

/** The page joins value and unit with a no-break space; a plain one reads better here. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("a number on the page", () => {
  it("is a dash while it is unknown, and 0 when it is zero", () => {
    for (const write of [count, percent, share, fps, shortCount, (value?: number) => rate(value, "events")]) {
      expect(write(undefined)).toBe("–");
      expect(write(Number.NaN)).toBe("–");
      expect(write(0)).toMatch(/^0/);
    }
    // JSON has no NaN: it arrives as null.
    expect(fps(null)).toBe("–");
  });

  it.each([
    [count(12_481_306), "12,481,306"],
    [percent(0.974), "97.4 %"],
    [percent(1), "100.0 %"],
    [share(0.6612), "0.66"],
    [shortShare(0.6612), ".66"],
    [shortShare(1), "1.00"],
    [fps(30), "30.0"],
    [fps(999.94), "999.9"],
    [fps(999.96), "1,000"],
    [fps(8240.2), "8,240"],
    [times(1.41), "× 1.4"],
    [times(0.05), "× 0.05"],
    [times(386.8), "× 387"],
    [times(3421), "× 3,421"],
    [rate(0, "events"), "0 ev/s"],
    [rate(4.2, "frames"), "4.2 frames/s"],
    [rate(30.4, "frames"), "30 frames/s"],
    [rate(999.6, "events"), "1.00 kev/s"],
    [rate(41_234, "events"), "41.2 kev/s"],
    [rate(3120, "spikes"), "3.12 k spikes/s"],
    [rate(999_400_000, "events"), "999 Mev/s"],
    [shortCount(999), "999"],
    [shortCount(12_481_306), "12.5 M"],
    [duration(undefined), "–"],
    [duration(20), "<\u202f0.1 ms"],
    [duration(410), "0.4 ms"],
    [duration(61_400), "61 ms"],
    [duration(999_400), "999 ms"],
    [duration(1_240_000), "1.2 s"],
    [duration(99_999_999), "100 s"],
    [hurry(1.04), ""],
    [hurry(2.5), "×2.5"],
    [hurry(128.4), "×128"],
    [age(0), "0.0 s"],
    [age(4230), "4.2 s"],
    [age(31_000), "31 s"],
    [age(125_000), "2 min"],
    [age(7_300_000), "2 h"],
  ])("is written as %s", (written, expected) => {
    expect(plain(written)).toBe(expected);
  });
});
