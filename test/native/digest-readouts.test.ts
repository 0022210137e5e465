import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runReadoutDigests } from "../../scripts/digest-readouts.mjs";
import { Random } from "../../src/core/random.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { RewardReadout } from "../../src/readout/reward.ts";

const expected: unknown = JSON.parse(readFileSync(new URL("digest-readouts.json", import.meta.url), "utf8"));

describe("digest of the readouts", () => {
  it("is the same on every machine: weights, margins and shares after fixed lessons", () => {
    // If this fails on purpose, `npm run build:ts && node scripts/digest-readouts.mjs --write` makes the new ones expected.
    expect(runReadoutDigests({ LinearReadout, RewardReadout, Random })).toEqual(expected);
  });

  it("covers readouts that learned, differently, and stop early", () => {
    const digests = Object.values(runReadoutDigests({ LinearReadout, RewardReadout, Random }));
    expect(digests).toHaveLength(7);
    for (const { right } of digests) expect(right).toBeGreaterThan(150);
    expect(digests.filter(({ early }) => early > 300 && early < 300 * 60)).toHaveLength(6);
    expect(new Set(digests.map(({ weights }) => weights)).size).toBe(digests.length);
  });
});
