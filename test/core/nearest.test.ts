import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestName, suggestion } from "../../src/core/nearest.ts";

const SYSTEMS = ["diehl-cook-2015", "diehl-cook-events"];

describe("the nearest name", () => {
  it.each([
    ["dihel-cook-2015", "diehl-cook-2015"],
    ["diehlcook2015", "diehl-cook-2015"],
    ["DIEHL-COOK-EVENTS", "diehl-cook-events"],
    ["diehl-cook-event", "diehl-cook-events"],
    ["diehl-cook", "diehl-cook-2015"],
  ])("to %s is %s", (word, name) => {
    expect(nearestName(word, SYSTEMS)).toBe(name);
  });

  it.each(["", "x", "mozafari", "2015"])('is none for "%s", which is like no name', (word) => {
    expect(nearestName(word, SYSTEMS)).toBeUndefined();
  });

  it("is the first of two equally near ones, and none among none", () => {
    expect(nearestName("cat", ["bat", "hat"])).toBe("bat");
    expect(nearestName("cat", [])).toBeUndefined();
  });

  it("is the name itself when it is known, and for one wrong letter in four or more", () => {
    const name = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.nat(), fc.nat(), (known, which, where) => {
        const meant = known[which % known.length] ?? "";
        expect(nearestName(meant, known)).toBe(meant);
        const at = where % meant.length;
        const typo = `${meant.slice(0, at)}#${meant.slice(at + 1)}`;
        expect(nearestName(typo, [meant])).toBe(meant);
      }),
    );
  });

  it("counts inserted, deleted and replaced letters alike, at most half of the longer word", () => {
    expect(nearestName("abcd", ["ab"])).toBe("ab");
    expect(nearestName("abcde", ["ab"])).toBeUndefined();
    expect(nearestName("ab", ["abcd"])).toBe("abcd");
    expect(nearestName("kitten", ["sitting"])).toBe("sitting");
  });
});

describe("a suggestion", () => {
  it("ends a sentence, or is nothing", () => {
    expect(suggestion("trian", ["train", "run"])).toBe('; did you mean "train"?');
    expect(suggestion("zzzzz", ["train", "run"])).toBe("");
  });
});
