/** The bar: what runs, whether it learns, and whether this page is connected. */
import type { Snapshot } from "../../core/telemetry.ts";
import { announceLearning } from "./announce.ts";
import type { Link } from "./connection.ts";
import { byId, setText } from "./dom.ts";
import { age } from "./format.ts";
import type { Moment } from "./moment.ts";

/** A slow link is one that skips and shows fewer than this a second. */
const SLOW_PER_SECOND = 10;
const RECENTLY_MS = 5000;
/** Snapshots come many times a second; this long without one is worth saying. */
const NO_NEWS_MS = 2000;
/** The switch shows what was asked for this long, then again what is. */
const ASKED_MS = 2000;

const learning = byId("learning");
let asked: { readonly on: boolean; readonly atMs: number } | undefined;
let skippedBefore = 0;
let skippedAtMs = Number.NEGATIVE_INFINITY;

/** `send` says whether the wish went out. */
export function onLearningSwitch(send: (on: boolean) => boolean, nowMs: () => number): void {
  learning.addEventListener("click", () => {
    const on = learning.getAttribute("aria-checked") !== "true";
    if (send(on)) asked = { on, atMs: nowMs() };
  });
}

/** Called four times a second. */
export function showBar({ snapshot, link, nowMs }: Moment): void {
  setText(byId("source"), snapshot.source);
  setText(byId("system"), snapshot.system);
  byId("source").title = snapshot.source;
  byId("system").title = snapshot.system;
  byId("source-chip").classList.toggle("bad", snapshot.state === "failed");
  if (asked !== undefined && (asked.on === snapshot.learning || nowMs - asked.atMs > ASKED_MS))
    asked = undefined;
  learning.setAttribute("aria-checked", String(snapshot.learning));
  learning.setAttribute("aria-busy", String(asked !== undefined));
  learning.toggleAttribute(
    "disabled",
    link.kind !== "open" || snapshot.state === "ended" || snapshot.state === "failed",
  );
  setText(byId("learning-state"), snapshot.learning ? "on" : "off");
  announceLearning(snapshot.learning);
}

/** As if the switch was clicked; does nothing where it cannot be. */
export const toggleLearning = (): void => learning.click();

export function showLink(link: Link, moment: Moment | undefined, nowMs: number): void {
  const words = wordsFor(link, moment, nowMs);
  setText(byId("link-words"), words);
  byId("link").classList.toggle("open", link.kind === "open");
  byId("link").classList.toggle("lost", link.kind === "lost");
  const sentence = noticeFor(link, moment?.snapshot, nowMs);
  byId("notice").hidden = sentence === "";
  setText(byId("notice"), sentence);
}

/** What the reader should know besides the panels: a broken link, or a fault the source has survived. */
function noticeFor(link: Link, snapshot: Snapshot | undefined, nowMs: number): string {
  if (link.kind !== "lost") return snapshot?.state === "running" ? (snapshot.message ?? "") : "";
  const waitMs = link.retryAtMs - nowMs;
  const next = waitMs > 0 ? `Trying again in ${Math.ceil(waitMs / 1000)}\u00a0s.` : "Trying again.";
  return `spikeline goes on without this page, or was stopped. ${next}`;
}

function wordsFor(link: Link, moment: Moment | undefined, nowMs: number): string {
  if (link.kind === "lost") return `Not connected · ${age(nowMs - link.sinceMs)}`;
  if (link.kind !== "open") return "Connecting";
  if (moment === undefined) return "Connected";
  if (moment.skipped > skippedBefore) skippedAtMs = nowMs;
  skippedBefore = moment.skipped;
  const perSecond = moment.shownPerSecond ?? SLOW_PER_SECOND;
  if (nowMs - skippedAtMs < RECENTLY_MS && perSecond < SLOW_PER_SECOND)
    return `Slow link · ${perSecond.toFixed(0)}/s`;
  const isLive = moment.snapshot.state === "running" || moment.snapshot.state === "opening";
  const silentMs = nowMs - moment.arrivedMs;
  if (isLive && silentMs > NO_NEWS_MS) return `Connected · no news for ${age(silentMs)}`;
  const { roundTripMs } = moment;
  if (roundTripMs === undefined) return "Connected";
  return `Connected · ${roundTripMs < 1 ? "<\u202f1" : Math.round(roundTripMs)}\u00a0ms`;
}
