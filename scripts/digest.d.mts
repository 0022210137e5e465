/** The typed face of digest.mjs for the test that runs it on the sources. */
import type { Random } from "../src/core/random.ts";
import type { SpikingNetwork } from "../src/network/spiking-network.ts";

export type Digest = {
  readonly spikes: number;
  /** SHA-256, hex. */
  readonly counts: string;
  readonly weights: string;
  readonly scale: string;
  readonly theta: string;
};

export declare function runDigests(parts: {
  readonly SpikingNetwork: typeof SpikingNetwork;
  readonly Random: typeof Random;
}): Record<string, Digest>;
