/**
 * What a live model of features asks of its readout: decide, take what is said of decisions, be named, forget. Types and
 * one rule for names only; how it learns, if it does, is the business of each that implements this.
 */
import type { Reward } from "../core/control.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import type { Vote } from "../readout/votes.ts";
import type { Rewarded } from "./live-model.ts";

export type LiveReadout = {
  /** Whether it learns here. Where not, features must go on meaning what they meant when it did. */
  readonly learns: boolean;
  readonly readout: FeatureReadout;
  /** By label. */
  readonly classNames: readonly string[];
  /** Decides on a frame. `truth`: what the source knows, where it is to be learned from. */
  decide(id: number, spikes: FeatureSpikes, truth: number | undefined): Vote;
  /** What the source still has to say of the newest decision is said. */
  settle(): void;
  /** A decision goes out to whoever looks on. */
  show(id: number): void;
  reward(reward: Reward): Rewarded;
  /** False where another class is called so already. */
  name(label: number, name: string): boolean;
  /** Per class, whether `weights`, those of `readout`, are noise to it as yet. */
  forming(weights: Float32Array): readonly boolean[];
  /** Forgets what it learned here, and the names it was given. */
  reset(): void;
  /** Frees the native memory; idempotent. */
  dispose(): void;
};

/** The names with one of them another, or undefined where a class is called so already. */
export function renamed(
  classNames: readonly string[],
  { label, name }: { readonly label: number; readonly name: string },
): readonly string[] | undefined {
  if (classNames.includes(name)) return undefined;
  return classNames.map((known, index) => (index === label ? name : known));
}
