/** The bands of the raster: one for each name, in an order that does not change with what is said. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandsOf } from "../../../src/dashboard/page/raster-bands.ts";

/** Groups of ten neurons with these names, two rows each. */
const world = (names: ReadonlyArray<string | undefined>) => ({
  kind: "groups" as const,
  neurons: 10 * names.length,
  groups: names.map((name) => ({ name, isGiven: false, neurons: 10, share: 0, isForming: false })),
  groupOfRow: Uint16Array.from({ length: 2 * names.length }, (_, row) => row >> 1),
});

describe("the raster's bands", () => {
  it("are the names, numbers by their size, and those without a name last", () => {
    const { names, bandOfGroup } = bandsOf(world(["10", undefined, "2", "10", "1"]));
    expect(names).toEqual(["1", "2", "10", "–"]);
    expect(bandOfGroup).toEqual([2, 3, 1, 2, 0]);
  });

  it("are the groups while nothing has a name", () => {
    const { names, bandOfGroup } = bandsOf(world([undefined, undefined, undefined]));
    expect(names).toEqual(["group 1", "group 2", "group 3"]);
    expect(bandOfGroup).toEqual([0, 1, 2]);
  });

  it("are at most twelve: the names with most neurons, and all others together", () => {
    const many = ["rare", ...Array.from({ length: 28 }, (_, i) => `n${i % 14}`)];
    const { names, bandOfGroup } = bandsOf(world(many));
    expect(names).toHaveLength(12);
    expect(names.at(-1)).toBe("others");
    expect(names).not.toContain("rare");
    expect(bandOfGroup[0]).toBe(11);
  });

  it("put every row inside its own band, no two at one height", () => {
    const name = fc.option(fc.constantFrom("a", "b", "c", "7", "12"), { nil: undefined });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), (groupNames) => {
        const { names, bandOfRow, placeOfRow, bandOfGroup } = bandsOf(world(groupNames));
        expect(new Set(placeOfRow).size).toBe(placeOfRow.length);
        placeOfRow.forEach((place, row) => {
          expect(Math.floor(place * names.length)).toBe(bandOfRow[row]);
          expect(bandOfRow[row]).toBe(bandOfGroup[row >> 1]);
        });
      }),
    );
  });

  it("take no place for rows of groups that are not there", () => {
    const { names, bandOfRow } = bandsOf({ ...world(["a", "b"]), groupOfRow: Uint16Array.from([0, 9]) });
    expect(names).toEqual(["a", "b"]);
    expect([...bandOfRow]).toEqual([0, 1]);
  });

  it("are one for all features, which no answer lights", () => {
    const { names, bandOfGroup, bandOfRow, placeOfRow } = bandsOf({
      ...world(["a", "b"]),
      kind: "classes",
      neurons: 4,
      groupOfRow: new Uint16Array(),
    });
    expect(names).toEqual(["features"]);
    expect(bandOfGroup).toEqual([]);
    expect([...bandOfRow]).toEqual([0, 0, 0, 0]);
    expect([...placeOfRow]).toEqual([0.125, 0.375, 0.625, 0.875]);
  });
});
