/** Learning labelled frames in passes, as both readouts of feature spikes do it. */
import { usageError } from "../core/errors.ts";
import { hashWords, permutation, Random } from "../core/random.ts";

export type Training = {
  readonly passes: number;
  /** The weights are the mean of those after each pass of the last half. */
  readonly average?: boolean;
  /** After each pass: how many frames were judged right before they were learned. */
  readonly onPass?: (pass: number, right: number) => void;
};

/** Which numbers of the generator draw the order of frames. */
const STREAM = 41;

/**
 * Each pass in an order of its own, drawn from the seed and the number of frames learned before it.
 * @throws SpikelineError READOUT_PASSES
 */
export function learnInPasses(
  { passes, average = false, onPass }: Training,
  readout: {
    readonly seed: number;
    readonly frames: number;
    learned(): number;
    /** Answers how many were right. */
    learn(order: Uint32Array): number;
    keepMean(): void;
  },
): void {
  if (!Number.isSafeInteger(passes) || passes < 1) {
    throw usageError("READOUT_PASSES", `Expected at least one pass to train a readout, found ${passes}.`);
  }
  for (let pass = 1; pass <= passes; pass++) {
    const random = Random.fromKey(hashWords(readout.seed, STREAM, readout.learned() >>> 0));
    const right = readout.learn(permutation(readout.frames, random));
    if (average && pass > passes / 2) readout.keepMean();
    onPass?.(pass, right);
  }
}
