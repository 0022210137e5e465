/** A name as it is sent: what the server takes, whatever was typed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { cleanName } from "../../../src/dashboard/page/naming.ts";
import { parseWish } from "../../../src/dashboard/protocol.ts";

it("keeps what is a name and drops the space around it", () => {
  expect(cleanName("  a chair\t")).toBe("a chair");
  expect(cleanName(" \n ")).toBe("");
});

it("sends nothing that the server would refuse", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const wish = { kind: "name", group: 3, name: cleanName(text) };
      expect(parseWish(JSON.stringify(wish))).toEqual(wish);
    }),
  );
});
