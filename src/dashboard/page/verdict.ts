/**
 * Right and Wrong: what somebody says of the answer that was shown when the key or the button went down. The decision's
 * id is sent, so that a late click rewards no other. What became of it is shown when the pipeline says so.
 */
import type { Reward } from "../../core/control.ts";
import type { Snapshot } from "../../core/telemetry.ts";
import { say } from "./announce.ts";
import { answerOf } from "./answer-words.ts";
import { nowMs } from "./clock.ts";
import { byId, setText } from "./dom.ts";
import { groupName } from "./learned.ts";
import type { Moment } from "./moment.ts";
import { outcomeOf, type Saying, talliesOf } from "./verdict-words.ts";
import { askWhichOne, leaveWhichOne } from "./which-one.ts";

/** What is said about it stands so long. */
const SAID_MS = 2000;

type Shown = { readonly decision: number; readonly answer: string | undefined; readonly snapshot: Snapshot };

const buttons = { right: byId("right"), wrong: byId("wrong") };
let send: (control: Reward) => boolean = () => false;
let shown: Shown | undefined;
let pressed: Shown | undefined;
/** The newest snapshot, which may be newer than what is shown. */
let newest: Snapshot | undefined;
let saying: Saying | undefined;
let lastTold: number | undefined;
let wordsUntilMs = Number.NEGATIVE_INFINITY;

/** Called once at the start; `wish` says whether it went out. */
export function connectVerdict(wish: (control: Reward) => boolean): void {
  send = wish;
}

for (const outcome of ["right", "wrong"] as const) {
  const button = buttons[outcome];
  button.addEventListener("pointerdown", hold);
  button.addEventListener("keydown", (event) => {
    if (!event.repeat) hold();
  });
  for (const end of ["pointerleave", "pointercancel"]) button.addEventListener(end, letGo);
  button.addEventListener("click", () => {
    tell(outcome, pressed ?? shown);
    letGo();
  });
}

function hold(): void {
  pressed = shown;
}

function letGo(): void {
  pressed = undefined;
}

/** As if the button was pressed; does nothing where it cannot be. */
export function pressVerdict(outcome: Reward["outcome"]): void {
  if (!buttons[outcome].hasAttribute("disabled")) tell(outcome, shown);
}

/** Called whenever the answer is shown: what is pressed from now on is meant for this one. */
export function setShown({ snapshot }: Moment): void {
  const { decision, classNames } = snapshot;
  const answer = decision?.label === undefined ? undefined : classNames[decision.label];
  shown = decision && { decision: decision.id, answer: answer ?? guess(snapshot), snapshot };
}

/** A group's name is an answer too; a group's number is none. */
function guess(snapshot: Snapshot): string | undefined {
  const answer = answerOf(snapshot, groupName);
  return answer.kind === "unsure" ? answer.guess : undefined;
}

/** Called four times a second, also without a link: then nothing can be told. */
export function showVerdict({ snapshot, link, nowMs: now }: Moment): void {
  newest = snapshot;
  const isOver = snapshot.state === "ended" || snapshot.state === "failed";
  const isDisabled = link.kind !== "open" || isOver || shown === undefined;
  const tallies = talliesOf(snapshot);
  for (const button of Object.values(buttons)) {
    button.toggleAttribute("disabled", isDisabled);
    if (button.title !== tallies) button.title = tallies;
  }
  if (isDisabled) leaveWhichOne();
  const words = saying === undefined ? undefined : outcomeOf(saying, snapshot, now);
  if (words !== undefined) {
    saying = undefined;
    speak(words, now);
  }
  if (now > wordsUntilMs) setText(byId("verdict-words"), "");
}

function speak(words: string, now: number): void {
  wordsUntilMs = now + SAID_MS;
  setText(byId("verdict-words"), words);
  byId("verdict-words").title = words;
  say(words);
}

function tell(outcome: Reward["outcome"], what: Shown | undefined): void {
  if (what === undefined || newest === undefined) return;
  const { decision, answer } = what;
  const { classNames, learning, rewardable } = newest;
  if (decision === lastTold) speak("That answer was judged already.", nowMs());
  else if (outcome === "right" && answer === undefined) speak("There was no answer to reward.", nowMs());
  // Where nothing is learned from it, nobody is asked what it was.
  else if (outcome === "wrong" && rewardable === "reward" && learning)
    askWhichOne({ answer, classNames, onEnd: (truth) => post(what, outcome, truth) });
  else post(what, outcome, undefined);
}

function post({ decision, answer }: Shown, outcome: Reward["outcome"], truth: string | undefined): void {
  const before = newest?.rewards;
  if (before === undefined) return;
  const control = { kind: "reward", decision, outcome } as const;
  if (!send(truth === undefined ? control : { ...control, truth })) return;
  lastTold = decision;
  saying = { outcome, answer, truth, before, saidAtMs: nowMs() };
}
