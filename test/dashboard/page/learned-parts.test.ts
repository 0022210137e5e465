/** What the panel Learned shows as tiles. */
import { describe, expect, it } from "vitest";
import { tilesOf } from "../../../src/dashboard/page/learned-parts.ts";
import { learnedOf } from "../world.ts";

describe("the tiles", () => {
  it("are groups that can be named, or classes that cannot", () => {
    const learned = learnedOf();
    expect(tilesOf(learned, "main")).toMatchObject({ noun: "group", canName: true, groups: learned.groups });
    const classes = learnedOf({ kind: "classes", groupOfRow: new Uint16Array() });
    expect(tilesOf(classes, "main")).toMatchObject({ noun: "class", of: "answers", canName: true });
  });

  it("are features by number, each with its own field and share", () => {
    const learned = learnedOf();
    const { groups, fields, noun, canName } = tilesOf(learned, "features");
    expect(groups.map(({ name, share }) => [name, share])).toEqual([
      ["1", 0.5],
      ["2", 0.25],
      ["3", 0.25],
    ]);
    expect(fields).toBe(learned.features);
    expect([noun, canName]).toEqual(["feature", false]);
  });

  it("are the groups where there are no features", () => {
    expect(tilesOf(learnedOf({ features: undefined }), "features").noun).toBe("group");
  });
});
