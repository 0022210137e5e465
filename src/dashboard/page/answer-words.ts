/** What an answer says, and when it is said with confidence. */
import type { Snapshot } from "../../core/telemetry.ts";
import { groupWord } from "./raster-bands.ts";

export type Answer =
  | { readonly kind: "none" }
  /** A group of neurons answered that has no name yet. */
  | { readonly kind: "unnamed"; readonly group: string }
  | { readonly kind: "unsure"; readonly guess: string }
  | { readonly kind: "sure"; readonly name: string };

/** `nameOfGroup` says what a group is called where the decision itself has no name. */
export function answerOf(
  { decision, enough, classNames }: Pick<Snapshot, "decision" | "enough" | "classNames">,
  nameOfGroup: (group: number) => string | undefined,
): Answer {
  if (decision === undefined) return { kind: "none" };
  const { label, group, margin } = decision;
  if (label !== undefined) {
    const name = classNames[label] ?? `class ${label}`;
    return margin < enough ? { kind: "unsure", guess: name } : { kind: "sure", name };
  }
  if (group === undefined) return { kind: "none" };
  const name = nameOfGroup(group);
  // Without votes for names there is no margin, so a name alone is a guess.
  return name === undefined ? { kind: "unnamed", group: groupWord(group) } : { kind: "unsure", guess: name };
}

/** What stands where the answer stands. */
export function wordOf(answer: Answer): string {
  switch (answer.kind) {
    case "sure":
      return answer.name;
    case "unsure":
      return "unsure";
    case "unnamed":
      return answer.group;
    case "none":
      return "no answer";
  }
}

/** What the share of the first class is called: where neurons vote it is only that, a softmax is made to be a chance. */
export const shareName = ({ rewardable }: Pick<Snapshot, "rewardable">): string =>
  rewardable === "reward" ? "Confidence" : "Vote share";

/** A simulator draws its own truth; elsewhere somebody wrote it down. */
export const truthWords = (source: string, name: string): string =>
  source.startsWith("sim:") ? `The simulator drew a ${name}` : `The label says ${name}`;
