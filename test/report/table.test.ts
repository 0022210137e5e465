import { describe, expect, it } from "vitest";
import { fitText, plainText, textColumns } from "../../src/report/plain-text.ts";
import { tableText } from "../../src/report/table.ts";

describe("a table", () => {
  it("puts numbers to the right and words to the left, and ends no line in spaces", () => {
    const text = tableText(
      ["name", "value", "unit", "std"],
      [
        ["dc400.train", 310.25, "fps", "0.5 %"],
        ["evt3", "1,234.5", "Mev/s", "–"],
        ["x", 7, ""],
      ],
    );
    expect(text.split("\n")).toEqual([
      "name           value  unit     std",
      "───────────  ───────  ─────  ─────",
      "dc400.train   310.25  fps    0.5 %",
      "evt3         1,234.5  Mev/s      –",
      "x                  7",
    ]);
  });

  it("leaves a column with one word among its numbers to the left", () => {
    expect(
      tableText(["n"], [[1], ["many"], [100]])
        .split("\n")
        .slice(2),
    ).toEqual(["1", "many", "100"]);
  });

  it("reads figures with their spread and unit as numbers", () => {
    const lines = tableText(["accuracy of all"], [["87.0 ± 0.3 %"], ["91 %"], ["1.5×"]]).split("\n");
    expect(lines.slice(2)).toEqual(["   87.0 ± 0.3 %", "           91 %", "           1.5×"]);
  });

  it("is only a header without rows", () => {
    expect(tableText(["a", "bcd"], [])).toBe("a  bcd\n─  ───");
  });

  it("lets no name steer the terminal", () => {
    expect(tableText(["a"], [["\u001b[2J\n\u009b2J\u202e"]])).toBe("a\n─────────\n?[2J??2J?");
  });

  it("aligns by columns drawn, not by letters", () => {
    const lines = tableText(
      ["word", "n"],
      [
        ["数字", 1],
        ["naïve", 2],
        ["e\u0301e", 3],
      ],
    ).split("\n");
    expect(lines.slice(2).map(textColumns)).toEqual([8, 8, 8]);
  });
});

describe("text for a terminal", () => {
  it("is cut at columns and never through a character", () => {
    expect(fitText("ab数字", 5)).toBe("ab数");
    expect(fitText("a😀b", 2)).toBe("a");
    expect(fitText("short", 80)).toBe("short");
    expect(textColumns("😀█e\u0301")).toBe(4);
    expect(plainText("tab\tend\u{1F600}\ud800")).toBe("tab?end😀?");
  });
});
