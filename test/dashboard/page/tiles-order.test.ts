/** Moving among the tiles: where a key leads, over all pages of groups. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pagesOf, placeAfter } from "../../../src/dashboard/page/tiles-order.ts";

const forty = { groups: 40, columns: 10 };

describe("a key among the tiles", () => {
  it.each([
    ["ArrowRight", 4, 5],
    ["ArrowRight", 19, 20],
    ["ArrowLeft", 20, 19],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 3, 13],
    ["ArrowDown", 13, 23],
    ["ArrowUp", 3, 3],
    ["ArrowUp", 23, 13],
    ["Home", 17, 10],
    ["End", 12, 19],
    ["PageDown", 5, 25],
    ["PageDown", 30, 39],
    ["PageUp", 25, 5],
    ["ArrowRight", 39, 39],
  ])("%s leads from %i to %i", (key, from, to) => {
    expect(placeAfter(key, from, forty)).toBe(to);
  });

  it("that does not move leads nowhere", () => {
    for (const key of ["a", "Tab", "constructor"]) expect(placeAfter(key, 3, forty)).toBeUndefined();
    expect(placeAfter("ArrowRight", 0, { groups: 0, columns: 10 })).toBeUndefined();
  });

  it("never leads to a group that is not there", () => {
    const keys = fc.constantFrom(
      "ArrowLeft",
      "ArrowRight",
      "ArrowUp",
      "ArrowDown",
      "Home",
      "End",
      "PageUp",
      "PageDown",
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(39),
        fc.constantFrom(5, 10),
        keys,
        (groups, at, columns, key) => {
          const to = placeAfter(key, at % groups, { groups, columns });
          expect(to).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThan(groups);
        },
      ),
    );
  });
});

it("groups fill pages of twenty, and none fill one", () => {
  expect([0, 1, 20, 21, 40].map(pagesOf)).toEqual([1, 1, 1, 2, 2]);
});
