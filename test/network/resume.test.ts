import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { descriptionWith, KINDS, randomImages, stateDigest } from "./world.ts";

type Frame = { readonly seed: number; readonly kind: "image" | "spikes"; readonly learn: boolean };

function present(network: SpikingNetwork, { seed, kind, learn }: Frame): Uint16Array {
  if (kind === "image") {
    return network.presentImages(randomImages(1, network.inputs, seed), { frames: 1, learn }).counts;
  }
  const random = Random.fromKey(seed);
  const length = random.nextBelow(300);
  const offsetUs = Uint32Array.from({ length }, () => random.nextBelow(50_000)).sort();
  const neuron = Uint32Array.from({ length }, () => random.nextBelow(network.inputs));
  return network.present({ startUs: 0, durationUs: 50_000, offsetUs, neuron, length }, { learn }).counts;
}

const frames = fc.array(
  fc.record({
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    kind: fc.constantFrom("image", "spikes"),
    learn: fc.boolean(),
  }),
  { minLength: 2, maxLength: 10 },
);

describe("a saved network", () => {
  it.each(KINDS)(
    "continues bit for bit where it stood: $plasticity.rule, $weights",
    ({ plasticity, weights }) => {
      const shapes = fc.record({
        seed: fc.integer({ min: 0, max: 0xffffffff }),
        // No rest: spikes, traces and refractory periods reach over into the next frame.
        restMs: fc.constantFrom(0, 3, 200),
        refractoryMs: fc.constantFrom(0, 5, 40, 90),
        cut: fc.nat(),
      });
      const property = fc.property(shapes, frames, (shape, script) => {
        const { seed, restMs, refractoryMs } = shape;
        const description = descriptionWith({
          seed,
          plasticity,
          weights,
          presentation: { restMs },
          neuron: { refractoryMs },
        });
        const whole = SpikingNetwork.create(description);
        const cut = shape.cut % script.length;
        for (const frame of script.slice(0, cut)) present(whole, frame);
        const resumed = SpikingNetwork.restore({ description, tensors: whole.tensors() });
        expect(stateDigest(resumed)).toBe(stateDigest(whole));
        for (const frame of script.slice(cut)) expect(present(resumed, frame)).toEqual(present(whole, frame));
        expect(stateDigest(resumed)).toBe(stateDigest(whole));
      });
      fc.assert(property, { numRuns: 60 });
    },
  );
});
