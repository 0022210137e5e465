/** The panel Answer: what the network says this frame is, how sure that is, and whether it was right. */
import type { Decision, Snapshot } from "../../core/telemetry.ts";
import { byId, setPercent, setText } from "./dom.ts";
import { age, count, percent, share, UNKNOWN } from "./format.ts";
import type { Moment } from "./moment.ts";

/**
 * Below this lead of the first class over the second the page does not show a confident answer.
 * A tenth of the votes: a tie broken by a single neuron's spike or two looks the same as chance.
 */
export const ENOUGH_MARGIN = 0.1;

export type Answer =
  | { readonly kind: "none" }
  | { readonly kind: "unsure"; readonly guess: string }
  | { readonly kind: "sure"; readonly name: string };

export function answerOf(decision: Decision | undefined, classNames: readonly string[]): Answer {
  const name =
    decision?.label === undefined ? undefined : (classNames[decision.label] ?? `class ${decision.label}`);
  if (decision === undefined || name === undefined) return { kind: "none" };
  return decision.margin < ENOUGH_MARGIN ? { kind: "unsure", guess: name } : { kind: "sure", name };
}

const glyph = byId("glyph");
let last: { readonly name: string; readonly atMs: number } | undefined;

setPercent(byId("margin-enough"), "left", ENOUGH_MARGIN);

/** The longest name sets the size, so that the answer does not change size with every name. */
function sizeClass(length: number): string {
  if (length <= 1) return "size-112";
  if (length <= 2) return "size-72";
  if (length <= 4) return "size-44";
  return length <= 7 ? "size-28" : "size-20";
}

export function showAnswer({ snapshot, nowMs }: Moment): void {
  const { decision, classNames } = snapshot;
  const answer = answerOf(decision, classNames);
  if (answer.kind === "sure") last = { name: answer.name, atMs: nowMs };
  const longest = classNames.reduce((most, name) => Math.max(most, name.length), 0);
  glyph.className = `glyph ${answer.kind} ${answer.kind === "sure" ? sizeClass(longest) : "size-20"}`;
  setText(byId("glyph-text"), wordOf(answer));
  setText(byId("glyph-guess"), guessOf(answer, decision, nowMs));
  const known = answer.kind === "none" ? undefined : decision;
  setText(byId("share"), share(known?.confidence));
  setPercent(byId("share-bar"), "width", known?.confidence ?? 0);
  setText(byId("margin"), share(known?.margin));
  setPercent(byId("margin-bar"), "width", known?.margin ?? 0);
  showTruth(snapshot);
}

function wordOf(answer: Answer): string {
  if (answer.kind === "sure") return answer.name;
  return answer.kind === "unsure" ? "unsure" : "no answer";
}

function guessOf(answer: Answer, decision: Decision | undefined, nowMs: number): string {
  if (answer.kind === "unsure") return `perhaps ${answer.guess}`;
  if (answer.kind === "sure" || decision === undefined) return "";
  if (last !== undefined) return `last: ${last.name}, ${age(nowMs - last.atMs)} ago`;
  return decision.spikes === 0 ? "no neuron fired" : "no neuron has a name yet";
}

function showTruth({ decision, classNames }: Snapshot): void {
  const truth = byId("truth");
  const isKnown = decision?.truth !== undefined;
  const isJudged = isKnown && decision.label !== undefined;
  truth.classList.toggle("is-right", isJudged && decision.label === decision.truth);
  truth.classList.toggle("is-wrong", isJudged && decision.label !== decision.truth);
  const name = isKnown ? (classNames[decision.truth] ?? `class ${decision.truth}`) : undefined;
  const words = name === undefined ? "No truth is known here" : `The label says ${name}`;
  setText(byId("truth-words"), decision === undefined ? UNKNOWN : words);
  truth.title = decision?.name ?? "";
}

/** Called four times a second. */
export function showScore({ snapshot }: Moment): void {
  const { right, judged, recent, recentOf } = snapshot.accuracy;
  const ratio = (part: number, of: number) => (of > 0 ? percent(part / of) : UNKNOWN);
  setText(byId("recent-of"), recentOf > 0 ? count(recentOf) : UNKNOWN);
  setText(byId("recent"), ratio(recent, recentOf));
  setText(byId("so-far"), ratio(right, judged));
  setText(byId("so-far-of"), judged > 0 ? `${count(right)} of ${count(judged)}` : "");
  setText(byId("answer-frames"), `${count(snapshot.frames)} frames`);
}
