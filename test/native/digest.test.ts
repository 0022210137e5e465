import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runDigests } from "../../scripts/digest.mjs";
import { Random } from "../../src/core/random.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";

const expected: unknown = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8"));

describe("digest", () => {
  it("is the same on every machine: weights, thresholds and counts after fixed runs", () => {
    // If this fails on purpose, `npm run build:ts && node scripts/digest.mjs --write` makes the new digests expected.
    expect(runDigests({ SpikingNetwork, Random })).toEqual(expected);
  });

  it("covers runs that fire and learn differently", () => {
    const digests = Object.values(runDigests({ SpikingNetwork, Random }));
    expect(digests).toHaveLength(8);
    for (const { spikes } of digests) expect(spikes).toBeGreaterThan(40);
    expect(new Set(digests.map(({ weights }) => weights)).size).toBe(digests.length);
  });
});
