/**
 * The candidates: share of votes per class, always in the order of the classes, never sorted live.
 * With more classes than fit, those with the most votes lately, twelve at most, chosen anew every ten seconds.
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
/** Lines of names, in CSS pixels: in two columns, and of very long ones. */
const LINE = 24;
const LONG_LINE = 13;
/** Above the label, as the style sheet has it. */
const LABEL_MARGIN = 12;
/** Fewer would be no choice. */
const LEAST = 4;
/** Shares below this are a bar without a number. */
const NUMBER_FROM = 0.05;

type Bar = { readonly item: HTMLElement; readonly fill: HTMLElement; readonly value: HTMLElement };

const list = byId("candidates");
/** On a phone the list is as long as it needs to be. */
const isPhone = matchMedia("(max-width: 719px)");
/** What the panel has for the list. */
let room = 0;
let votes: number[] = [];
let lastDecision = -1;
let chosen: readonly number[] = [];
let chosenAtMs = Number.NEGATIVE_INFINITY;
let shownNames = "";
let bars: Bar[] = [];

new ResizeObserver(([entry]) => {
  const label = list.previousElementSibling;
  const taken = label instanceof HTMLElement ? list.offsetTop - label.offsetTop + LABEL_MARGIN : 0;
  room = (entry?.contentRect.height ?? 0) - taken;
}).observe(byId("candidates-room"));

/** How many names fit, by the longest of them. */
function capacity(longest: number): number {
  if (isPhone.matches || longest <= COLUMN_NAME) return MOST;
  const fitting = longest > HALF_ROW_NAME ? Math.floor(room / LONG_LINE) : 2 * Math.floor(room / LINE);
  return Math.min(MOST, Math.max(LEAST, fitting));
}

function remember({ decision, classNames }: Snapshot): void {
  if (votes.length !== classNames.length) votes = classNames.map(() => 0);
  if (decision === undefined || decision.id === lastDecision) return;
  lastDecision = decision.id;
  votes = votes.map((sum, i) => MEMORY * sum + (decision.shares[i] ?? 0));
}

/** The classes to show, in their own order; the one that is answered is always among them. */
function choose({ decision, classNames }: Snapshot, most: number, nowMs: number): readonly number[] {
  const all = classNames.map((_, i) => i);
  if (all.length <= most) return all;
  const answer = decision?.label ?? -1;
  const isShown = answer < 0 || chosen.includes(answer);
  if (isShown && chosen.length === most && nowMs - chosenAtMs < CHOOSE_EVERY_MS) return chosen;
  chosenAtMs = nowMs;
  const weight = (i: number) => (i === answer ? Number.POSITIVE_INFINITY : (votes[i] ?? 0));
  // Infinity − Infinity is no order, but only one is answered.
  const byVotes = all.sort((a, b) => (a === b ? 0 : weight(b) - weight(a)) || a - b);
  return byVotes.slice(0, most).sort((a, b) => a - b);
}

/** `longest` is that of all names, so that the layout does not change with the choice. */
function build(classNames: readonly string[], longest: number): void {
  const names = chosen.map((i) => classNames[i] ?? "");
  const key = JSON.stringify(names);
  list.classList.toggle("rows", longest > COLUMN_NAME);
  list.classList.toggle("long", longest > HALF_ROW_NAME);
  if (key === shownNames) return;
  shownNames = key;
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
  const { length } = chosen;
  return names > length ? `share of votes, ${length} of ${names} names` : "share of votes";
}

export function showCandidates({ snapshot, nowMs }: Moment): void {
  const { classNames, decision } = snapshot;
  remember(snapshot);
  const longest = classNames.reduce((most, name) => Math.max(most, name.length), 0);
  chosen = choose(snapshot, capacity(longest), nowMs);
  build(classNames, longest);
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
