/** The confusion matrix as aligned text: rows the truth, columns the answer. */
import { groupDigits, percent } from "./plain-text.ts";
import { type Cell, tableText } from "./table.ts";

export type Confusion = {
  readonly classNames: readonly string[];
  /** counts[truth][answer], in frames. */
  readonly counts: readonly (readonly number[])[];
  /** Per truth, the frames that got no answer. They count as wrong. */
  readonly unanswered?: readonly number[];
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const share = (part: number, whole: number) => (whole === 0 ? "–" : percent(part / whole));

const countCell = (count: number) => (count === 0 ? "·" : String(count));

/** Recall is the share of a row that is right, precision that of a column; "–" where there is nothing to share. */
export function confusionText(confusion: Confusion): string {
  const { classNames, counts } = confusion;
  const silent = classNames.map((_, truth) => confusion.unanswered?.[truth] ?? 0);
  const withSilent = sum(silent) > 0;
  const at = (truth: number, answer: number) => counts[truth]?.[answer] ?? 0;
  const rowOf = (truth: number) => classNames.map((_, answer) => at(truth, answer));
  const frames = classNames.map((_, truth) => sum(rowOf(truth)) + (silent[truth] ?? 0));
  const answers = classNames.map((_, answer) => sum(classNames.map((_name, truth) => at(truth, answer))));
  const right = classNames.map((_, index) => at(index, index));

  const rows = classNames.map((name, truth): readonly Cell[] => [
    name,
    ...rowOf(truth).map(countCell),
    ...(withSilent ? [countCell(silent[truth] ?? 0)] : []),
    share(right[truth] ?? 0, frames[truth] ?? 0),
  ]);
  const precision = answers.map((count, answer) => share(right[answer] ?? 0, count));
  const table = tableText(
    ["truth \\ answer", ...classNames, ...(withSilent ? ["none"] : []), "recall %"],
    [...rows, ["precision %", ...precision]],
  );
  return `${table}\n${accuracyLine(sum(right), sum(frames))}`;
}

/** "accuracy 87.3 % (8,730 of 10,000)". */
export function accuracyLine(right: number, frames: number): string {
  if (frames === 0) return "accuracy – (no labelled frames)";
  return `accuracy ${percent(right / frames)} % (${groupDigits(right)} of ${groupDigits(frames)})`;
}
