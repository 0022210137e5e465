/** The page's start and its one loop: takes the token, holds the link, and draws what is new. */
import type { SnapshotMessage } from "../protocol.ts";
import { announce } from "./announce.ts";
import { answerOf, showAnswer, showScore } from "./answer.ts";
import { onLearningSwitch, showBar, showLink } from "./bar.ts";
import { showCandidates } from "./candidates.ts";
import { nowMs } from "./clock.ts";
import { Connection, type Link } from "./connection.ts";
import { byId } from "./dom.ts";
import { supersededIn } from "./ledger.ts";
import { countStages, showLine } from "./line.ts";
import type { Moment } from "./moment.ts";
import { GrowthRate } from "./rates.ts";
import { redrawPicture, showPicture, showSees } from "./sees.ts";
import { showSpeed } from "./speed.ts";
import { onSchemeChange, readTheme } from "./theme.ts";
import { askForToken, forgetToken, showPage, showWords, takeToken } from "./token.ts";

/** Numbers change four times a second, an answer stands at least this long: what moves faster cannot be read. */
const NUMBERS_EVERY_MS = 250;
const ANSWER_EVERY_MS = 150;

const panels = byId("panels");
const rail = byId("rail");
let theme = readTheme(panels);
let connection: Connection | undefined;
let link: Link = { kind: "connecting" };
let newest: { readonly snapshot: SnapshotMessage; readonly arrivedMs: number } | undefined;
let shown = 0;
/** Snapshots missed over this link, and over the links before it. */
let skippedNow = 0;
let skippedBefore = 0;
/** Snapshots that never left the pipeline: when this page came, and since. */
let supersededAtFirst: number | undefined;
let superseded = 0;
const shownRate = new GrowthRate();
let quietSinceMs: number | undefined;
let numbersAtMs = Number.NEGATIVE_INFINITY;
let answerAtMs = Number.NEGATIVE_INFINITY;

function connect(token: string): void {
  connection = new Connection(token, {
    onLink,
    onSnapshot,
    onSkipped: (count) => {
      skippedNow = count;
    },
    onLearned: () => undefined,
    onRoundTrip: () => undefined,
  });
}

function onLink(next: Link): void {
  link = next;
  if (next.kind === "refused") {
    forgetToken();
    askForToken(true, connect);
  } else if (next.kind === "busy") {
    showWords("This page is not served", "This device already serves 50 pages. Close one, then reload.");
  } else if (next.kind !== "connecting") {
    showPage();
  }
  if (next.kind === "open") {
    skippedBefore += skippedNow;
    skippedNow = 0;
  }
  for (const part of [panels, rail]) part.classList.toggle("gone", next.kind === "lost");
  readColours();
}

function onSnapshot(snapshot: SnapshotMessage): void {
  const arrivedMs = nowMs();
  // The first one is shown whole, at once.
  if (newest === undefined) numbersAtMs = Number.NEGATIVE_INFINITY;
  newest = { snapshot, arrivedMs };
  supersededAtFirst ??= supersededIn(snapshot.stages);
  superseded = Math.max(0, supersededIn(snapshot.stages) - supersededAtFirst);
  shownRate.add(++shown, arrivedMs);
  countStages(snapshot.stages, arrivedMs);
  const isQuiet = snapshot.eventsPerSecond === 0;
  quietSinceMs = isQuiet ? (quietSinceMs ?? arrivedMs) : undefined;
}

function readColours(): void {
  theme = readTheme(panels);
  numbersAtMs = Number.NEGATIVE_INFINITY;
  redrawPicture();
}

function frame(): void {
  requestAnimationFrame(frame);
  const now = nowMs();
  const moment: Moment | undefined = newest && {
    ...newest,
    nowMs: now,
    link,
    shown,
    skipped: skippedBefore + skippedNow + superseded,
    shownPerSecond: shownRate.perSecond(now),
    quietSinceMs,
  };
  if (moment !== undefined) showPicture(moment, theme);
  if (moment !== undefined && now - answerAtMs >= ANSWER_EVERY_MS && link.kind === "open") {
    answerAtMs = now;
    showAnswer(moment);
    showCandidates(moment);
  }
  if (now - numbersAtMs < NUMBERS_EVERY_MS) return;
  numbersAtMs = now;
  showLink(link, moment, now);
  if (moment !== undefined) showNumbers(moment);
}

function showNumbers(moment: Moment): void {
  showBar(moment);
  showSpeed(moment, theme);
  // What the link does not bring is frozen, not guessed.
  if (moment.link.kind !== "open") return;
  showLine(moment);
  showSees(moment);
  showScore(moment);
  const answer = answerOf(moment.snapshot.decision, moment.snapshot.classNames);
  const name = answer.kind === "sure" ? answer.name : answer.kind === "unsure" ? "unsure" : "no answer";
  document.title = `${name} · spikeline`;
  announce(name, moment.nowMs);
}

onSchemeChange(readColours);
addEventListener("resize", readColours);
onLearningSwitch((on) => connection?.send({ kind: "learning", on }) ?? false, nowMs);
const token = takeToken();
if (token === undefined) askForToken(false, connect);
else connect(token);
requestAnimationFrame(frame);
