import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runDigests, runLayerDigests, runWaveDigests } from "../../scripts/digest.mjs";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { waveLayerShape, waveShape } from "../../src/network/wave-shape.ts";

const expected: unknown = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8"));

describe("digest", () => {
  it("is the same on every machine: weights, thresholds and counts after fixed runs", () => {
    // If this fails on purpose, `npm run build:ts && node scripts/digest.mjs --write` makes the new digests expected.
    const digests = {
      ...runDigests({ SpikingNetwork, Random }),
      ...runWaveDigests({ native, waveShape, Random }),
      ...runLayerDigests({ native, waveShape, waveLayerShape, Random }),
    };
    expect(digests).toEqual(expected);
  });

  it("covers runs that fire and learn differently", () => {
    const digests = Object.values(runDigests({ SpikingNetwork, Random }));
    expect(digests).toHaveLength(8);
    for (const { spikes } of digests) expect(spikes).toBeGreaterThan(40);
    expect(new Set(digests.map(({ weights }) => weights)).size).toBe(digests.length);
    for (const { spikes } of Object.values(runWaveDigests({ native, waveShape, Random }))) {
      expect(spikes).toBeGreaterThan(400);
    }
    for (const { spikes } of Object.values(runLayerDigests({ native, waveShape, waveLayerShape, Random }))) {
      expect(spikes).toBeGreaterThan(300);
    }
  });
});
