/** Small described networks for the tests of the network's friendly face. */
import { Random } from "../../src/core/random.ts";
import type { ClockedLayer, ModelDescription, Plasticity } from "../../src/model/schema.ts";
import type { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { digestOf } from "../native/world.ts";

export const RULES: Readonly<Record<Plasticity["rule"], Plasticity>> = {
  "post-target": { rule: "post-target", eta: 0.05, xTarget: 0.2, mu: 1, tauPreMs: 17 },
  pair: { rule: "pair", etaPre: 0.005, etaPost: 0.03, tauPreMs: 17, tauPostMs: 23 },
  triplet: { rule: "triplet", etaPre: 0.005, etaPost: 0.1, tauPreMs: 17, tauPostMs: 23, tauPost2Ms: 61 },
};

/** Every rule with every storage. */
export const KINDS = Object.values(RULES).flatMap((plasticity) =>
  (["float32", "uint8"] as const).map((weights) => ({ plasticity, weights })),
);

export type Shape = {
  readonly inputs?: number;
  readonly neurons?: number;
  readonly seed?: number;
  readonly plasticity?: Plasticity;
  readonly weights?: "float32" | "uint8";
  readonly neuron?: Partial<ClockedLayer["neuron"]>;
  readonly presentation?: Partial<ClockedLayer["presentation"]>;
  readonly encoder?: ModelDescription["encoder"];
};

export function descriptionWith(shape: Shape = {}): ModelDescription {
  const {
    inputs = 40,
    neurons = 12,
    seed = 7,
    plasticity = RULES["post-target"],
    weights = "float32",
  } = shape;
  return {
    format: "spikeline-model",
    version: 1,
    system: "test",
    seed,
    input: { width: inputs, height: 1 },
    encoder: shape.encoder ?? { kind: "poisson", maxRateHz: 63.75, brighterHz: 31.875 },
    layers: [
      {
        kind: "clocked",
        inputs,
        neurons,
        dtMs: 1,
        neuron: {
          tauMemMs: 100,
          vLeakMv: -65,
          vResetMv: -65,
          vThresholdMv: -52,
          vExcitatoryMv: 0,
          vInhibitoryMv: -100,
          refractoryMs: 5,
          thetaPlusMv: 0.3,
          thetaInitialMv: 1,
          tauThetaMs: 1e5,
          ...shape.neuron,
        },
        synapses: { weights, wMax: 1, initialMax: 0.3, gain: 0.2, normalisedSum: inputs * 0.1 },
        plasticity,
        competition: { kind: "soft", inhibition: 0.5 },
        presentation: { durationMs: 60, restMs: 25, minSpikes: 2, maxRepeats: 2, ...shape.presentation },
      },
    ],
    readout: { kind: "vote", vote: "majority", classNames: ["none"] },
    provenance: { createdAt: "", spikelineVersion: "", dataset: "", framesSeen: 0 },
    accuracy: [],
  };
}

/** Images of random pixels, half of them black. */
export function randomImages(frames: number, inputs: number, seed = 3): Uint8Array {
  const random = Random.fromKey(seed);
  const pixel = () => (random.nextUnit() < 0.5 ? 0 : random.nextBelow(256));
  return Uint8Array.from({ length: frames * inputs }, pixel);
}

/** One digest of the complete state. */
export function stateDigest(network: SpikingNetwork): string {
  return digestOf(Object.fromEntries([...network.tensors()].map(([name, { data }]) => [name, data])));
}
