/** The page's start and its one loop: takes the token, holds the link, and draws what is new. */
import type { SnapshotMessage } from "../protocol.ts";
import { announceAnswer, say, warn } from "./announce.ts";
import { showAnswer, showScore } from "./answer.ts";
import { answerOf, shareName, wordOf } from "./answer-words.ts";
import { onLearningSwitch, showBar, showLink, toggleLearning } from "./bar.ts";
import { showCandidates } from "./candidates.ts";
import { nowMs } from "./clock.ts";
import { Connection, type Link } from "./connection.ts";
import { byId } from "./dom.ts";
import { share } from "./format.ts";
import { prepareHelp } from "./help.ts";
import { Hold } from "./hold.ts";
import { listenToKeys } from "./keyboard.ts";
import { connectLearned, groupName, nameWinner, setLearned, showLearned } from "./learned.ts";
import { supersededIn } from "./ledger.ts";
import { countStages, lossState, showLine } from "./line.ts";
import { showMargin } from "./margin.ts";
import type { Moment } from "./moment.ts";
import { GrowthRate } from "./rates.ts";
import { chooseScheme, followScheme, nextScheme } from "./scheme.ts";
import { countEvents, redrawPicture, showPicture, showSees, showStrip, stepDecay } from "./sees.ts";
import { showSpeed } from "./speed.ts";
import { addRaster, showSpikes, stepTimeBase } from "./spikes.ts";
import { readTheme } from "./theme.ts";
import { askForToken, forgetToken, refusalWords, showPage, showWords, takeToken } from "./token.ts";
import { connectVerdict, pressVerdict, setShown, showVerdict } from "./verdict.ts";

/** Numbers change four times a second, an answer stands at least this long: what moves faster cannot be read. */
const NUMBERS_EVERY_MS = 250;
const ANSWER_EVERY_MS = 150;

const panels = byId("panels");
const rail = byId("rail");
let theme = readTheme(panels);
let connection: Connection | undefined;
let link: Link = { kind: "connecting" };
let newest: { readonly snapshot: SnapshotMessage; readonly arrivedMs: number } | undefined;
let roundTripMs: number | undefined;
let shown = 0;
/** Snapshots missed over this link, and over the links before it. */
let skippedNow = 0;
let skippedBefore = 0;
/** Snapshots that never left the pipeline: when this page came, and since. */
let supersededAtFirst: number | undefined;
let superseded = 0;
const shownRate = new GrowthRate();
const hold = new Hold();
let quietSinceMs: number | undefined;
let numbersAtMs = Number.NEGATIVE_INFINITY;
let answerAtMs = Number.NEGATIVE_INFINITY;

function connect(token: string): void {
  connection = new Connection(token, {
    onLink,
    onSnapshot,
    onLearned: setLearned,
    onSkipped: (count) => {
      skippedNow = count;
    },
    onRoundTrip: (ms) => {
      roundTripMs = ms;
    },
  });
  connection.setHidden(document.hidden);
}

function onLink(next: Link): void {
  if (next.kind === "lost" && link.kind === "open") say("Not connected");
  if (next.kind === "open" && link.kind === "lost") say("Connected again");
  link = next;
  if (next.kind === "refused") {
    forgetToken();
    askForToken(refusalWords(next.waitSeconds), connect);
  } else if (next.kind === "busy") {
    showWords("This page is not served", "This device already serves 50 pages. Close one, then reload.");
  } else if (next.kind !== "connecting") {
    showPage();
  }
  if (next.kind === "open") {
    skippedBefore += skippedNow;
    skippedNow = 0;
  } else {
    roundTripMs = undefined;
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
  countEvents(snapshot, arrivedMs);
  addRaster(snapshot);
  const isQuiet = snapshot.eventsPerSecond === 0;
  quietSinceMs = isQuiet ? (quietSinceMs ?? arrivedMs) : undefined;
  warn(snapshot.state === "failed" ? (snapshot.message ?? "The source failed.") : "");
  // Nothing is drawn in a hidden tab, but its title is read.
  if (document.hidden) showTitle(snapshot, arrivedMs);
}

function readColours(): void {
  theme = readTheme(panels);
  numbersAtMs = Number.NEGATIVE_INFINITY;
  redrawPicture();
}

function momentAt(now: number): Moment | undefined {
  if (newest === undefined) return undefined;
  const skipped = skippedBefore + skippedNow + superseded;
  const shownPerSecond = shownRate.perSecond(now);
  return { ...newest, nowMs: now, link, shown, skipped, shownPerSecond, roundTripMs, quietSinceMs };
}

function frame(): void {
  requestAnimationFrame(frame);
  if (document.hidden) return;
  const now = nowMs();
  const moment = momentAt(now);
  const held = hold.momentOf(moment);
  if (held !== undefined && !hold.isDone(theme)) {
    showPicture(held, theme);
    showStrip(held, theme);
    showSpikes(held, theme);
  }
  if (held !== undefined && now - answerAtMs >= ANSWER_EVERY_MS && link.kind === "open") {
    answerAtMs = now;
    showAnswer(held);
    showCandidates(held);
    showMargin(held, theme);
    setShown(held);
  }
  if (now - numbersAtMs < NUMBERS_EVERY_MS) return;
  numbersAtMs = now;
  showLink(link, moment, now);
  hold.show(now);
  if (moment !== undefined && held !== undefined) showNumbers(moment, held);
}

/** The bar and the line go on while the panels are held. */
function showNumbers(moment: Moment, held: Moment): void {
  showBar(moment);
  showVerdict(moment);
  showSpeed(held, theme);
  showLearned(held, theme);
  showMargin(held, theme);
  // What the link does not bring is frozen, not guessed.
  if (moment.link.kind !== "open") return;
  showLine(moment);
  showSees(held);
  showScore(held);
  showTitle(moment.snapshot, moment.nowMs);
}

function showTitle(snapshot: SnapshotMessage, now: number): void {
  const answer = answerOf(snapshot, groupName);
  const name = wordOf(answer);
  document.title = `${lossState(now) === "losing" ? "lost" : name} · spikeline`;
  announceAnswer(
    name,
    answer.kind === "sure"
      ? `${shareName(snapshot).toLowerCase()} ${share(snapshot.decision?.confidence)}`
      : "",
    now,
  );
}

function changeScheme(): void {
  const scheme = nextScheme();
  chooseScheme(scheme);
  say(`Colours: ${scheme}`);
  readColours();
}

const keys = [
  { keys: ["l"], words: "learning on or off", run: toggleLearning },
  { keys: ["r"], words: "the answer is right", run: () => pressVerdict("right") },
  {
    keys: ["w"],
    words: "the answer is wrong; then a digit or letter says what it was",
    run: () => pressVerdict("wrong"),
  },
  { keys: ["n"], words: "name the group that answered", run: nameWinner },
  { keys: ["[", "]"], words: "time base", run: (key: string) => stepTimeBase(key === "]" ? 1 : -1) },
  {
    keys: ["-", "+"],
    words: "how fast the picture fades",
    run: (key: string) => stepDecay(key === "+" ? 1 : -1),
  },
  {
    keys: ["p"],
    words: "hold the picture; the data goes on",
    run: () => hold.toggle(momentAt(nowMs()), nowMs()),
  },
  { keys: ["t"], words: "dark, light, as the system", run: changeScheme },
  { keys: ["?"], words: "these keys", run: () => help.open() },
];
const help = prepareHelp(keys, readColours);

followScheme(readColours);
readColours();
listenToKeys(keys);
addEventListener("resize", readColours);
document.addEventListener("visibilitychange", () => {
  connection?.setHidden(document.hidden);
  // What stands there is old; the server sends a full state at once.
  if (!document.hidden) newest = undefined;
});
onLearningSwitch((on) => connection?.send({ kind: "learning", on }) ?? false, nowMs);
connectVerdict((control) => connection?.send(control) ?? false);
connectLearned((control) => connection?.send(control) ?? false);
const token = takeToken();
if (token === undefined) askForToken("", connect);
else connect(token);
requestAnimationFrame(frame);
