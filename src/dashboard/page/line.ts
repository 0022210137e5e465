/** The line: one station per stage, joined, running into the box that says what was lost. */
import type { StageCounts } from "../../core/telemetry.ts";
import { timeOfDay } from "./clock.ts";
import { byId, make, setText } from "./dom.ts";
import { capitalised, count, rate, shortCount, UNKNOWN } from "./format.ts";
import { type Ledger, LossWatch, ledgerOf, lostIn, stationsOf } from "./ledger.ts";
import type { Moment } from "./moment.ts";
import { GrowthRate } from "./rates.ts";

type Station = {
  readonly item: HTMLElement;
  readonly dot: HTMLElement;
  readonly name: HTMLElement;
  readonly rate: HTMLElement;
  readonly count: HTMLElement;
  readonly loss: HTMLElement;
  readonly growth: GrowthRate;
  readonly watch: LossWatch;
};

/** Shown before the first snapshot, so that the line is there from the start. */
const USUAL_STAGES = ["sensor", "encoder", "network", "readout"];

const list = byId("stations");
const box = byId("ledger");
const boxWatch = new LossWatch();
let stations: Station[] = [];
let builtFor = "";
let lostAt = "";

box.addEventListener("click", () => {
  const open = list.classList.toggle("open");
  box.setAttribute("aria-expanded", String(open));
});

build(USUAL_STAGES);

function build(names: readonly string[]): void {
  const key = JSON.stringify(names);
  if (key === builtFor) return;
  builtFor = key;
  stations = [...names, "page"].map((name) => makeStation(capitalised(name)));
  list.replaceChildren(...stations.map(({ item }) => item));
  byId("dots").replaceChildren(...stations.map(({ dot }) => dot));
}

function makeStation(title: string): Station {
  const item = make("li", "station");
  const track = make("span", "track");
  track.append(make("i", "dot"));
  const head = make("span", "head");
  const [name, speed] = [make("b", "", title), make("span", "rate", UNKNOWN)];
  head.append(name, speed);
  const [counted, loss] = [make("span", "count", UNKNOWN), make("span", "loss", UNKNOWN)];
  item.append(track, head, counted, loss);
  const state = { growth: new GrowthRate(), watch: new LossWatch() };
  return { item, dot: make("i"), name, rate: speed, count: counted, loss, ...state };
}

/** Counts of every snapshot feed the rates; called as each arrives. */
export function countStages(all: readonly StageCounts[], atMs: number): void {
  const stages = stationsOf(all);
  build(stages.length === 0 ? USUAL_STAGES : stages.map(({ name }) => name));
  stages.forEach((stage, i) => {
    stations[i]?.growth.add(stage.delivered, atMs);
    stations[i]?.watch.update(lostIn(stage), atMs);
  });
  if (
    boxWatch.update(
      stages.reduce((sum, stage) => sum + lostIn(stage), 0),
      atMs,
    )
  )
    lostAt = timeOfDay();
}

/** Called four times a second. */
export function showLine(moment: Moment): void {
  const stages = stationsOf(moment.snapshot.stages);
  stages.forEach((stage, i) => {
    const station = stations[i];
    if (station !== undefined) showStation(station, stage, moment.nowMs);
  });
  const page = stations.at(-1);
  if (page !== undefined) {
    setText(page.rate, rate(moment.shownPerSecond, "pictures"));
    setText(page.count, `${count(moment.shown)} shown`);
    setText(page.loss, `${count(moment.skipped)} skipped`);
  }
  const ledger = ledgerOf(stages);
  if (ledger !== undefined) showBox(ledger, moment.nowMs);
}

function showStation(station: Station, stage: StageCounts, nowMs: number): void {
  const lost = lostIn(stage);
  setText(station.rate, rate(station.growth.perSecond(nowMs), stage.unit));
  setText(station.count, `${count(stage.received)} ${stage.unit}`);
  setText(station.loss, `${count(lost)} lost`);
  const state = station.watch.state(nowMs);
  for (const element of [station.item, station.dot]) {
    element.classList.toggle("leaking", state === "losing");
    element.classList.toggle("leaked", state === "earlier");
  }
  station.item.title = details(stage);
}

function details(stage: StageCounts): string {
  const drops = Object.entries(stage.dropped).filter(([, dropped]) => dropped > 0);
  const parts = [`${count(stage.delivered)} delivered`, `${count(stage.held)} inside`];
  for (const [reason, dropped] of drops) parts.push(`${count(dropped)} dropped: ${reason}`);
  return `${count(stage.received)} ${stage.unit} received = ${parts.join(" + ")}`;
}

function showBox(ledger: Ledger, nowMs: number): void {
  const [elsewhere] = ledger.lostElsewhere;
  const first = ledger.lost > 0 || elsewhere === undefined ? undefined : elsewhere;
  const isWrong = ledger.unaccounted !== 0;
  const state = boxWatch.state(nowMs);
  const lost = first?.count ?? ledger.lost;
  setText(byId("lost"), count(lost));
  setText(byId("lost-short"), shortCount(lost));
  setText(byId("lost-word"), first === undefined ? "lost" : `${first.unit} lost`);
  box.classList.toggle("losing", state === "losing" || isWrong);
  box.classList.toggle("earlier", state === "earlier");
  const terms = [`${count(ledger.received)} ${ledger.unit} received`, `= ${count(ledger.used)} used`];
  if (ledger.filtered > 0) terms.push(`+ ${count(ledger.filtered)} filtered`);
  if (ledger.held > 0) terms.push(`+ ${count(ledger.held)} inside`);
  terms.push(`+ ${count(ledger.lost)} lost`);
  if (isWrong)
    terms.push(
      `${ledger.unaccounted > 0 ? "+" : "−"} ${count(Math.abs(ledger.unaccounted))} not accounted for`,
    );
  for (const loss of ledger.lostElsewhere)
    if (loss !== first) terms.push(`· ${count(loss.count)} ${loss.unit} lost`);
  if (state === "earlier" && lostAt !== "") terms.push(`· last ${lostAt}`);
  showTerms(terms, `${shortCount(ledger.received)} ${ledger.unit} received`);
}

/** Each term stays on one line; the phone has room for the short form only. */
function showTerms(terms: readonly string[], short: string): void {
  const sum = byId("sum");
  const wanted = [...terms, short];
  if (sum.childElementCount !== wanted.length) {
    const spans = wanted.map((_, i) => make("span", i < terms.length ? "term" : "short"));
    sum.replaceChildren(...spans.flatMap((span) => [span, " "]));
  }
  wanted.forEach((text, i) => {
    const span = sum.children[i];
    if (span !== undefined) setText(span, text);
  });
}
