/** The typed face of digest-readouts.mjs for the test that runs it on the sources. */
import type { Random } from "../src/core/random.ts";
import type { LinearReadout } from "../src/readout/linear.ts";
import type { RewardReadout } from "../src/readout/reward.ts";

export type ReadoutDigest = {
  readonly right: number;
  /** Spikes it took to decide early. */
  readonly early: number;
  /** SHA-256, hex. */
  readonly weights: string;
  readonly margins: string;
  readonly shares: string;
};

export declare function runReadoutDigests(parts: {
  readonly LinearReadout: typeof LinearReadout;
  readonly RewardReadout: typeof RewardReadout;
  readonly Random: typeof Random;
}): Record<string, ReadoutDigest>;
