/** The typed face of digest-surface.mjs for the test that runs it on the sources. */
import type { Random } from "../src/core/random.ts";
import type { native } from "../src/native/binding.ts";

export type SurfaceDigest = {
  readonly spikes: number;
  /** Prototypes that were recruited. */
  readonly used: number;
  /** SHA-256, hex. */
  readonly features: string;
  readonly weights: string;
  readonly wins: string;
};

export declare function runSurfaceDigests(parts: {
  readonly native: typeof native;
  readonly Random: typeof Random;
}): Record<string, SurfaceDigest>;
