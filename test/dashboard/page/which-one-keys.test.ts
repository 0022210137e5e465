/** Which keys choose a name after Wrong. */
import { describe, expect, it } from "vitest";
import { choiceKeys } from "../../../src/dashboard/page/which-one-keys.ts";

describe("a key after Wrong", () => {
  it("is the digit or the first letter of a name, whatever its case", () => {
    expect([...choiceKeys(["7", "Star", "éclair"])]).toEqual([
      ["7", "7"],
      ["s", "Star"],
      ["é", "éclair"],
    ]);
  });

  it("is none where two names begin alike, or with what is neither letter nor digit", () => {
    expect([...choiceKeys(["star", "square", "?", "🪑", "", "bar"])]).toEqual([["b", "bar"]]);
  });
});
