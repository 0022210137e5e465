import { describe, expect, it } from "vitest";
import { accuracyLine, confusionText } from "../../src/report/confusion.ts";

describe("a confusion matrix", () => {
  it("shows truth by rows and answers by columns, with recall, precision and accuracy", () => {
    const text = confusionText({
      classNames: ["zero", "one", "two"],
      counts: [
        [90, 10, 0],
        [0, 1200, 0],
        [30, 0, 0],
      ],
    });
    expect(text.split("\n")).toEqual([
      "truth \\ answer  zero   one  two  recall %",
      "──────────────  ────  ────  ───  ────────",
      "zero              90    10    ·      90.0",
      "one                ·  1200    ·     100.0",
      "two               30     ·    ·       0.0",
      "precision %     75.0  99.2    –",
      "accuracy 97.0 % (1,290 of 1,330)",
    ]);
  });

  it("counts frames without an answer as wrong, in a column of their own", () => {
    const text = confusionText({
      classNames: ["a", "b"],
      counts: [
        [1, 0],
        [0, 0],
      ],
      unanswered: [3, 0],
    });
    expect(text.split("\n")).toEqual([
      "truth \\ answer      a  b  none  recall %",
      "──────────────  ─────  ─  ────  ────────",
      "a                   1  ·     3      25.0",
      "b                   ·  ·     ·         –",
      "precision %     100.0  –",
      "accuracy 25.0 % (1 of 4)",
    ]);
  });

  it("says so when there is nothing to judge", () => {
    expect(accuracyLine(0, 0)).toBe("accuracy – (no labelled frames)");
  });
});
