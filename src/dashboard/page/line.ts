/** The line: one station per stage, joined, running into the box that says what was lost. */
import type { StageCounts } from "../../core/telemetry.ts";
import { announceLoss } from "./announce.ts";
import { timeOfDay } from "./clock.ts";
import { byId, make, setText } from "./dom.ts";
import { count, duration, rate, shortCount } from "./format.ts";
import { type Hop, hopTo, hopToPage } from "./hops.ts";
import { type Ledger, type LossState, LossWatch, ledgerOf, lostIn, stationsOf } from "./ledger.ts";
import { ledgerWords } from "./ledger-words.ts";
import type { Moment } from "./moment.ts";
import { Station } from "./station.ts";
import { refreshCard } from "./station-card.ts";

/** Shown before the first snapshot, so that the line is there from the start. */
const USUAL_STAGES = ["sensor", "encoder", "queue", "network", "readout"];

const list = byId("stations");
const box = byId("ledger");
const seen = byId("seen");
const unfold = byId("unfold");
const boxWatch = new LossWatch();
let stations: Station[] = [];
let builtFor = "";
let lastAt: string | undefined;
let seenAt: string | undefined;

unfold.addEventListener("click", () => {
  unfold.setAttribute("aria-expanded", String(list.classList.toggle("open")));
});
seen.addEventListener("click", () => {
  boxWatch.markSeen();
  for (const { watch } of stations) watch.markSeen();
  seenAt = timeOfDay();
  // The button goes; who used the keyboard finds the way on at the next one.
  seen.hidden = true;
});
build(USUAL_STAGES);

function build(names: readonly string[]): void {
  const key = JSON.stringify(names);
  if (key === builtFor) return;
  builtFor = key;
  stations = [...names, "page"].map((name) => new Station(name));
  list.replaceChildren(...stations.map(({ item }) => item));
  byId("dots").replaceChildren(...stations.map(({ dot }) => dot));
}

/** Counts of every snapshot feed the rates; called as each arrives. */
export function countStages(all: readonly StageCounts[], atMs: number): void {
  const stages = stationsOf(all);
  build(stages.length === 0 ? USUAL_STAGES : stages.map(({ name }) => name));
  stages.forEach((stage, i) => {
    stations[i]?.growth.add(stage.delivered, atMs);
    stations[i]?.watch.update(lostIn(stage), atMs);
  });
  const lost = stages.reduce((sum, stage) => sum + lostIn(stage), 0);
  if (!boxWatch.update(lost, atMs)) return;
  lastAt = timeOfDay();
  announceLoss(lost);
}

/** What the box says now; the tab's title tells it too. */
export const lossState = (nowMs: number): LossState => boxWatch.state(nowMs);

/** Called four times a second. */
export function showLine(moment: Moment): void {
  const { snapshot, nowMs } = moment;
  const stages = stationsOf(snapshot.stages);
  const hops = [...stages.map(({ name }) => hopTo(snapshot.latencies, name)), hopToPage(snapshot)];
  stages.forEach((stage, i) => {
    stations[i]?.showStage(stage, hops[i], nowMs);
    stations[i]?.showHop(hops[i + 1]);
  });
  list.classList.toggle("broken", snapshot.state === "failed");
  const page = stations.at(-1);
  if (page !== undefined) showPageStation(page, moment, hops.at(-1));
  refreshCard();
  const ledger = ledgerOf(stages);
  if (ledger !== undefined) showBox(ledger, stages, nowMs);
}

function showPageStation(page: Station, moment: Moment, hop: Hop | undefined): void {
  page.show(rate(moment.shownPerSecond, "pictures"), `${count(moment.skipped)} skipped`);
  const { sent } = moment.snapshot;
  page.setCard([
    { name: "pictures shown", value: count(moment.shown) },
    { name: "skipped, not lost", value: count(moment.skipped) },
    { name: "time to here, median", value: duration(hop?.p50Us) },
    { name: "event to sent, median", value: duration(sent?.p50Us) },
    { name: "event to sent, p99", value: duration(sent?.p99Us) },
    { name: "page to server and back", value: duration(moment.roundTripMs && moment.roundTripMs * 1000) },
  ]);
}

function showBox(ledger: Ledger, stages: readonly StageCounts[], nowMs: number): void {
  const state = boxWatch.state(nowMs);
  const words = ledgerWords(ledger, stages, { state, times: { last: lastAt, seen: seenAt } });
  setText(byId("lost"), count(words.lost));
  setText(byId("lost-short"), shortCount(words.lost));
  setText(byId("lost-word"), words.word);
  box.classList.toggle("losing", state === "losing" || ledger.unaccounted !== 0);
  box.classList.toggle("earlier", state === "earlier");
  if (seen.hidden !== (state !== "earlier")) seen.hidden = state !== "earlier";
  showTerms(words.terms, words.short);
}

/** The phone has room for the short form only. */
function showTerms(terms: readonly string[], short: string): void {
  const sum = byId("sum");
  const wanted = [...terms, short];
  if (sum.childElementCount !== wanted.length) {
    const items = wanted.map((_, i) => make("li", i < terms.length ? "term" : "short"));
    sum.replaceChildren(...items.flatMap((item) => [item, " "]));
  }
  wanted.forEach((text, i) => {
    const item = sum.children[i];
    if (item !== undefined) setText(item, text);
  });
}
