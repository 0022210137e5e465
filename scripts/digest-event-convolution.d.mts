/** The typed face of digest-event-convolution.mjs for the test that runs it on the sources. */
import type { Random } from "../src/core/random.ts";
import type { native } from "../src/native/binding.ts";

export type ConvolutionDigest = {
  readonly spikes: number;
  /** Spikes that taught. */
  readonly learned: number;
  /** SHA-256, hex. */
  readonly features: string;
  readonly weights: string;
  readonly thresholds: string;
};

export declare function runConvolutionDigests(parts: {
  readonly native: typeof native;
  readonly Random: typeof Random;
}): Record<string, ConvolutionDigest>;
