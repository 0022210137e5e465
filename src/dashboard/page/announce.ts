/** Says to a screen reader what eyes would see: answers when they stand, losses by their size, learning, faults. */
import { byId, setText } from "./dom.ts";
import { count } from "./format.ts";
import { recall, remember } from "./settings.ts";

const STANDS_MS = 500;
const EVERY_MS = 2000;
const MUTED = "muted";

const spoken = byId("spoken");
let candidate = "";
let since = 0;
let said = "";
let saidAtMs = Number.NEGATIVE_INFINITY;
let nextLoss = 1;
let lastLearning: boolean | undefined;

export const isMuted = (): boolean => recall(MUTED) === "yes";

export function setMuted(on: boolean): void {
  remember(MUTED, on ? "yes" : "no");
  if (on) setText(spoken, "");
}

/** An answer, only when it changed and stood, and not too often; `details` are said with it. */
export function announceAnswer(name: string, details: string, nowMs: number): void {
  if (name !== candidate) {
    candidate = name;
    since = nowMs;
  }
  if (name === said || nowMs - since < STANDS_MS || nowMs - saidAtMs < EVERY_MS) return;
  said = name;
  saidAtMs = nowMs;
  if (!isMuted()) setText(spoken, details === "" ? name : `${name}, ${details}`);
}

/** The first loss, and each time ten times more are lost. */
export function announceLoss(lost: number): void {
  if (lost < nextLoss) return;
  nextLoss = 10 ** (Math.floor(Math.log10(lost)) + 1);
  say(`${count(lost)} lost`);
}

export function announceLearning(on: boolean): void {
  if (lastLearning !== undefined && lastLearning !== on) say(`Learning ${on ? "on" : "off"}`);
  lastLearning = on;
}

/** Once, politely. */
export function say(words: string): void {
  setText(byId("said"), words);
}

/** At once: a sensor is lost. An empty text ends it. */
export function warn(words: string): void {
  setText(byId("warned"), words);
}
