import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runConvolutionDigests } from "../../scripts/digest-event-convolution.mjs";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";

const FILE = new URL("digest-event-convolution.json", import.meta.url);
const expected: unknown = JSON.parse(readFileSync(FILE, "utf8"));

describe("digest of the event-driven convolution", () => {
  it("is the same on every machine: feature spikes, weights and thresholds after fixed lessons", () => {
    // If this fails on purpose: `npm run build:ts && node scripts/digest-event-convolution.mjs --write`.
    expect(runConvolutionDigests({ native, Random })).toEqual(expected);
  });

  it("covers networks that learned much and speak", () => {
    for (const { spikes, learned } of Object.values(runConvolutionDigests({ native, Random }))) {
      expect(spikes).toBeGreaterThan(500);
      expect(learned).toBeGreaterThan(500);
    }
  });
});
