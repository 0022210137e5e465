/** The panel Answer: what the network says this frame is, how sure that is, and whether it was right. */
import type { Decision, Snapshot } from "../../core/telemetry.ts";
import { type Answer, answerOf, shareName, truthWords, wordOf } from "./answer-words.ts";
import { byId, setPercent, setText } from "./dom.ts";
import { age, count, percent, share, UNKNOWN } from "./format.ts";
import { groupName } from "./learned.ts";
import type { Moment } from "./moment.ts";

const glyph = byId("glyph");
let last: { readonly name: string; readonly atMs: number } | undefined;

/** The longest name sets the size, so that the answer does not change size with every name. */
function sizeClass(length: number): string {
  if (length <= 1) return "size-112";
  if (length <= 2) return "size-72";
  if (length <= 4) return "size-44";
  return length <= 7 ? "size-28" : "size-20";
}

export function showAnswer({ snapshot, nowMs }: Moment): void {
  const { decision, classNames } = snapshot;
  const answer = answerOf(snapshot, groupName);
  if (answer.kind === "sure") last = { name: answer.name, atMs: nowMs };
  const longest = classNames.reduce((most, name) => Math.max(most, name.length), 0);
  glyph.className = `glyph ${answer.kind} ${answer.kind === "sure" ? sizeClass(longest) : "size-20"}`;
  setText(byId("glyph-text"), wordOf(answer));
  setText(byId("glyph-guess"), guessOf(answer, decision, nowMs));
  const known = decision?.label === undefined ? undefined : decision;
  setText(byId("share-name"), shareName(snapshot));
  setText(byId("share"), share(known?.confidence));
  setPercent(byId("share-bar"), "width", known?.confidence ?? 0);
  setText(byId("margin"), share(known?.margin));
  setPercent(byId("margin-bar"), "width", known?.margin ?? 0);
  setPercent(byId("margin-enough"), "left", snapshot.enough);
  showTruth(snapshot);
}

function guessOf(answer: Answer, decision: Decision | undefined, nowMs: number): string {
  if (answer.kind === "unsure") return `perhaps ${answer.guess}`;
  if (answer.kind === "unnamed") return "Click its tile to name it.";
  if (answer.kind === "sure" || decision === undefined) return "";
  if (last !== undefined) return `last: ${last.name}, ${age(nowMs - last.atMs)} ago`;
  return decision.spikes === 0 ? "no neuron fired" : "no neuron has a name yet";
}

function showTruth({ decision, classNames, source }: Snapshot): void {
  const truth = byId("truth");
  const isKnown = decision?.truth !== undefined;
  const isJudged = isKnown && decision.label !== undefined;
  truth.classList.toggle("is-right", isJudged && decision.label === decision.truth);
  truth.classList.toggle("is-wrong", isJudged && decision.label !== decision.truth);
  const name = isKnown ? (classNames[decision.truth] ?? `class ${decision.truth}`) : undefined;
  const words = name === undefined ? "No truth is known here" : truthWords(source, name);
  setText(byId("truth-words"), decision === undefined ? UNKNOWN : words);
  truth.title = [words, decision?.name].filter(Boolean).join(", ");
}

/** Called four times a second. */
export function showScore({ snapshot }: Moment): void {
  const { right, judged, recent, recentOf } = snapshot.accuracy;
  const ratio = (part: number, of: number) => (of > 0 ? percent(part / of) : UNKNOWN);
  byId("score-words").hidden = recentOf === 0;
  setText(byId("recent-of"), recentOf > 0 ? count(recentOf) : UNKNOWN);
  setText(byId("recent"), ratio(recent, recentOf));
  setText(byId("so-far"), ratio(right, judged));
  setText(byId("so-far-of"), judged > 0 ? count(judged) : UNKNOWN);
  setText(byId("answer-frames"), count(snapshot.frames));
}
