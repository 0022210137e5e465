import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runSurfaceDigests } from "../../scripts/digest-surface.mjs";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";

const expected: unknown = JSON.parse(readFileSync(new URL("digest-surface.json", import.meta.url), "utf8"));

describe("digest of the surface network", () => {
  it("is the same on every machine: feature spikes, prototypes and wins after fixed lessons", () => {
    // If this fails on purpose, `npm run build:ts && node scripts/digest-surface.mjs --write` makes the new ones expected.
    expect(runSurfaceDigests({ native, Random })).toEqual(expected);
  });

  it("covers networks that recruited all their prototypes and speak", () => {
    const digests = Object.values(runSurfaceDigests({ native, Random }));
    expect(digests.map(({ used }) => used)).toEqual([32, 45]);
    for (const { spikes } of digests) expect(spikes).toBeGreaterThan(3000);
  });
});
