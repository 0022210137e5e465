/** The typed face of digest.mjs for the test that runs it on the sources. */
import type { Random } from "../src/core/random.ts";
import type { native } from "../src/native/binding.ts";
import type { SpikingNetwork } from "../src/network/spiking-network.ts";
import type { waveLayerShape, waveShape } from "../src/network/wave-shape.ts";

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

export type WaveDigest = Omit<Digest, "scale"> & { readonly features: string };

export declare function runWaveDigests(parts: {
  readonly native: typeof native;
  readonly waveShape: typeof waveShape;
  readonly Random: typeof Random;
}): Record<string, WaveDigest>;

export type LayerDigest = Omit<WaveDigest, "counts"> & { readonly winners: string };

export declare function runLayerDigests(parts: {
  readonly native: typeof native;
  readonly waveShape: typeof waveShape;
  readonly waveLayerShape: typeof waveLayerShape;
  readonly Random: typeof Random;
}): Record<string, LayerDigest>;
