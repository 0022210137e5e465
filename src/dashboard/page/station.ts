/** One station of the line: its elements, its rate, and what it tells on request. */
import type { StageCounts } from "../../core/telemetry.ts";
import { make, setText } from "./dom.ts";
import { capitalised, count, duration, rate, UNKNOWN } from "./format.ts";
import type { Hop } from "./hops.ts";
import { type LossState, LossWatch, lostIn } from "./ledger.ts";
import { GrowthRate } from "./rates.ts";
import { type Card, closeCard, openCard } from "./station-card.ts";

export class Station {
  readonly item = make("li", "station");
  /** Its mark in the box, where there is no room for the line. */
  readonly dot = make("i");
  readonly growth = new GrowthRate();
  readonly watch = new LossWatch();
  readonly title: string;
  readonly #hop = make("span", "hop");
  readonly #rate = make("span", "rate", UNKNOWN);
  readonly #loss = make("span", "loss", UNKNOWN);
  #card: Card;

  constructor(name: string) {
    this.title = capitalised(name);
    this.#card = { title: this.title, rows: [] };
    const stop = make("button", "stop");
    stop.setAttribute("type", "button");
    const track = make("span", "track");
    track.append(make("i", "dot"));
    stop.append(track, make("span", "name", this.title), this.#rate, this.#loss);
    this.item.append(stop, this.#hop);
    openOnRequest(stop, () => this.#card);
  }

  showStage(stage: StageCounts, hop: Hop | undefined, nowMs: number): void {
    const lost = lostIn(stage);
    this.show(rate(this.growth.perSecond(nowMs), stage.unit), `${count(lost)} lost`);
    this.#showState(this.watch.state(nowMs));
    this.#card = { title: this.title, rows: rowsOf(stage, hop) };
  }

  show(rateWords: string, lossWords: string): void {
    setText(this.#rate, rateWords);
    setText(this.#loss, lossWords);
    for (const part of [this.#rate, this.#loss]) part.title = part.textContent ?? "";
  }

  setCard(rows: Card["rows"]): void {
    this.#card = { title: this.title, rows };
  }

  /** The median of the way to the next station; empty while it is not measured. */
  showHop(hop: Hop | undefined): void {
    setText(this.#hop, hop === undefined ? "" : duration(hop.p50Us));
  }

  #showState(state: LossState): void {
    for (const element of [this.item, this.dot]) {
      element.classList.toggle("leaking", state === "losing");
      element.classList.toggle("leaked", state === "earlier");
    }
  }
}

/** Opens on focus, on a click opens or closes: the click that brings the focus does not close again. */
function openOnRequest(stop: HTMLElement, cardOf: () => Card): void {
  let isFresh = false;
  stop.addEventListener("focus", () => {
    isFresh = true;
    openCard(stop, cardOf);
  });
  stop.addEventListener("blur", () => closeCard(stop));
  stop.addEventListener("click", () => {
    if (isFresh) openCard(stop, cardOf);
    else if (!closeCard(stop)) openCard(stop, cardOf);
    isFresh = false;
  });
}

function rowsOf(stage: StageCounts, hop: Hop | undefined): Card["rows"] {
  const { received, delivered, held, limit, dropped, unit } = stage;
  const rows: Array<Card["rows"][number]> = [
    { name: "received", value: `${count(received)} ${unit}` },
    { name: "delivered", value: count(delivered) },
    {
      name: "inside",
      value: limit === undefined ? count(held) : `${count(held)} of at most ${count(limit)}`,
    },
  ];
  for (const [reason, lost] of Object.entries(dropped))
    rows.push({ name: reason, value: count(lost), isBad: lost > 0 && reason !== "filtered" });
  if (hop === undefined) return rows;
  rows.push({ name: "time to here, median", value: duration(hop.p50Us) });
  rows.push({ name: "time to here, p99", value: duration(hop.p99Us) });
  return rows;
}
