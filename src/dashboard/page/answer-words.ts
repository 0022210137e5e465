/** What an answer says, and when it is said with confidence. */
import type { MarginTrace, Snapshot } from "../../core/telemetry.ts";
import { groupWord } from "./raster-bands.ts";

/**
 * Below this lead of the first class over the second the page does not show a confident answer, where the readout
 * does not say what is enough for it. A tenth of the votes: a tie broken by a single neuron's spike or two looks the
 * same as chance.
 */
const ENOUGH_MARGIN = 0.1;

/** The lead that is enough for an answer. */
export const enoughOf = (margins: MarginTrace | undefined): number => margins?.enough ?? ENOUGH_MARGIN;

export type Answer =
  | { readonly kind: "none" }
  /** A group of neurons answered that has no name yet. */
  | { readonly kind: "unnamed"; readonly group: string }
  | { readonly kind: "unsure"; readonly guess: string }
  | { readonly kind: "sure"; readonly name: string };

/** `nameOfGroup` says what a group is called where the decision itself has no name. */
export function answerOf(
  { decision, margins, classNames }: Pick<Snapshot, "decision" | "margins" | "classNames">,
  nameOfGroup: (group: number) => string | undefined,
): Answer {
  if (decision === undefined) return { kind: "none" };
  const { label, group, margin } = decision;
  if (label !== undefined) {
    const name = classNames[label] ?? `class ${label}`;
    return margin < enoughOf(margins) ? { kind: "unsure", guess: name } : { kind: "sure", name };
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

/** A simulator draws its own truth; elsewhere somebody wrote it down. */
export const truthWords = (source: string, name: string): string =>
  source.startsWith("sim:") ? `The simulator drew a ${name}` : `The label says ${name}`;
