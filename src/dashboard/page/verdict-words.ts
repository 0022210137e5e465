/** What is said to somebody who told Right or Wrong: what became of it, as far as the pipeline has answered. Pure. */
import type { Reward } from "../../core/control.ts";
import type { Rewards, Snapshot } from "../../core/telemetry.ts";
import { count } from "./format.ts";

/** The pipeline answers within a frame; longer nobody looks. */
const PATIENCE_MS = 2000;

export type Saying = {
  readonly outcome: Reward["outcome"];
  /** What was answered, or undefined when nothing was. */
  readonly answer: string | undefined;
  /** What it was instead. */
  readonly truth: string | undefined;
  /** The counts before it was said. */
  readonly before: Rewards;
  readonly saidAtMs: number;
};

/** One sentence, or undefined while the counts do not show it yet. */
export function outcomeOf(
  { outcome, answer, truth, before, saidAtMs }: Saying,
  { learning, rewardable, rewards }: Pick<Snapshot, "learning" | "rewardable" | "rewards">,
  nowMs: number,
): string | undefined {
  if (rewards.missed > before.missed) return "Too late: that frame is no longer kept.";
  if (rewards.taught > before.taught) {
    if (truth !== undefined) return `taught: ${truth}`;
    return outcome === "right"
      ? `rewarded: ${answer}`
      : answer === undefined
        ? "told: wrong"
        : `told: not ${answer}`;
  }
  if (rewards[outcome] > before[outcome]) {
    if (rewardable === "count")
      return `Only counted (${count(rewards.right)} right, ${count(rewards.wrong)} wrong): it takes no rewards.`;
    if (!learning) return "Noted. Switch learning on to use it.";
    if (nowMs - saidAtMs > PATIENCE_MS) return "Noted; there was nothing to learn from it.";
  }
  return nowMs - saidAtMs > PATIENCE_MS ? "No answer to that. Is the source still running?" : undefined;
}

/** What was told so far, and what came of it. */
export function talliesOf({ rewardable, rewards }: Pick<Snapshot, "rewardable" | "rewards">): string {
  const told = `Told so far: ${count(rewards.right)} right, ${count(rewards.wrong)} wrong`;
  if (rewardable === "count") return `${told}. Only counted: this model takes no rewards.`;
  return `${told}; learned from ${count(rewards.taught)}, too late ${count(rewards.missed)}.`;
}
