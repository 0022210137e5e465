/**
 * The candidates: share of votes per class, always in the order of the classes, never sorted live.
 * With more classes than fit, the twelve with the most votes lately, chosen anew every ten seconds.
 */
import type { Snapshot } from "../../core/telemetry.ts";
import { byId, make, setPercent, setText } from "./dom.ts";
import { shortShare } from "./format.ts";
import type { Moment } from "./moment.ts";

const MOST = 12;
const CHOOSE_EVERY_MS = 10_000;
/** Of the votes of one decision, what is left after the next: a memory of about fifty decisions. */
const MEMORY = 0.98;
/** Up to this length a name fits below a column; longer names get rows. */
const COLUMN_NAME = 3;
/** Longer than this, two columns of rows are too narrow. */
const HALF_ROW_NAME = 12;
/** Shares below this are a bar without a number. */
const NUMBER_FROM = 0.05;

type Bar = { readonly item: HTMLElement; readonly fill: HTMLElement; readonly value: HTMLElement };

const list = byId("candidates");
let votes: number[] = [];
let lastDecision = -1;
let chosen: readonly number[] = [];
let chosenAtMs = Number.NEGATIVE_INFINITY;
let shownNames = "";
let bars: Bar[] = [];

function remember({ decision, classNames }: Snapshot): void {
  if (votes.length !== classNames.length) votes = classNames.map(() => 0);
  if (decision === undefined || decision.id === lastDecision) return;
  lastDecision = decision.id;
  votes = votes.map((sum, i) => MEMORY * sum + (decision.shares[i] ?? 0));
}

/** The classes to show, in their own order. */
function choose(classCount: number, nowMs: number): readonly number[] {
  const all = Array.from({ length: classCount }, (_, i) => i);
  if (classCount <= MOST) return all;
  if (chosen.length === MOST && nowMs - chosenAtMs < CHOOSE_EVERY_MS) return chosen;
  chosenAtMs = nowMs;
  const byVotes = all.sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0) || a - b);
  return byVotes.slice(0, MOST).sort((a, b) => a - b);
}

function build(classNames: readonly string[]): void {
  const names = chosen.map((i) => classNames[i] ?? "");
  const key = JSON.stringify(names);
  if (key === shownNames) return;
  shownNames = key;
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0);
  list.classList.toggle("rows", longest > COLUMN_NAME);
  list.classList.toggle("long", longest > HALF_ROW_NAME);
  bars = names.map((name) => {
    const item = make("li");
    const lane = make("span", "lane");
    const [fill, value] = [make("i"), make("span", "value")];
    lane.append(fill, value);
    const label = make("span", "name", name);
    label.title = name;
    item.append(lane, label);
    return { item, fill, value };
  });
  list.replaceChildren(...bars.map(({ item }) => item));
}

function noteFor(names: number): string {
  if (names === 0) return "no names yet";
  return names > MOST ? `share of votes, ${MOST} of ${names} names` : "share of votes";
}

export function showCandidates({ snapshot, nowMs }: Moment): void {
  const { classNames, decision } = snapshot;
  remember(snapshot);
  chosen = choose(classNames.length, nowMs);
  build(classNames);
  const all = classNames.length;
  setText(byId("candidates-note"), noteFor(all));
  bars.forEach(({ item, fill, value }, i) => {
    const index = chosen[i] ?? -1;
    const share = decision?.shares[index] ?? 0;
    setPercent(fill, list.classList.contains("rows") ? "width" : "height", share);
    fill.style[list.classList.contains("rows") ? "height" : "width"] = "";
    setText(value, share >= NUMBER_FROM ? shortShare(share) : "");
    item.classList.toggle("winner", decision?.label === index);
  });
}
