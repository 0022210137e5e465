/**
 * What the page says about losses, computed from the stages' exact counts and checked on the way.
 * Filtered is chosen, lost is not; they are never added. Different units are never added either.
 */
import type { StageCounts } from "../../core/telemetry.ts";

/** What goes to the page itself: a picture missed is skipped, not lost, and no station of the data's way. */
const PAGE_UNIT = "snapshots";

/** The stages the data goes through, which are the stations of the line. */
export const stationsOf = (stages: readonly StageCounts[]): readonly StageCounts[] =>
  stages.filter(({ unit }) => unit !== PAGE_UNIT);

/** Snapshots that were replaced by newer ones before they left the pipeline. */
export const supersededIn = (stages: readonly StageCounts[]): number =>
  stages.reduce((sum, stage) => sum + (stage.unit === PAGE_UNIT ? lostIn(stage) : 0), 0);

/** The one reason for dropping that somebody chose. */
const CHOSEN = "filtered";

export type Loss = { readonly unit: string; readonly count: number };

/** `received = used + held + filtered + lost + unaccounted`, all in `unit`. */
export type Ledger = {
  readonly unit: string;
  readonly received: number;
  readonly used: number;
  /** Received and still inside a stage. */
  readonly held: number;
  readonly filtered: number;
  readonly lost: number;
  /** 0 unless the stages' counts contradict each other. */
  readonly unaccounted: number;
  /** Lost further down, where the counts count something else. */
  readonly lostElsewhere: readonly Loss[];
};

export function lostIn(stage: StageCounts): number {
  let lost = 0;
  for (const [reason, dropped] of Object.entries(stage.dropped)) if (reason !== CHOSEN) lost += dropped;
  return lost;
}

const filteredIn = (stage: StageCounts): number => stage.dropped[CHOSEN] ?? 0;

/** The sum over the stages that count what the first one counts, or undefined while there are none. */
export function ledgerOf(stages: readonly StageCounts[]): Ledger | undefined {
  const [first] = stages;
  if (first === undefined) return undefined;
  const chain = stages.filter((stage) => stage.unit === first.unit);
  const sum = (pick: (stage: StageCounts) => number) =>
    chain.reduce((total, stage) => total + pick(stage), 0);
  const used = chain.at(-1)?.delivered ?? 0;
  const [held, filtered, lost] = [sum((stage) => stage.held), sum(filteredIn), sum(lostIn)];
  const others = stages.filter((stage) => stage.unit !== first.unit);
  return {
    unit: first.unit,
    received: first.received,
    used,
    held,
    filtered,
    lost,
    unaccounted: first.received - used - held - filtered - lost,
    lostElsewhere: [...new Set(others.map((stage) => stage.unit))]
      .map((unit) => ({ unit, count: others.reduce((n, s) => n + (s.unit === unit ? lostIn(s) : 0), 0) }))
      .filter(({ count }) => count > 0),
  };
}

/** A loss that grew in the last ten seconds is shown as going on. */
const LOSING_MS = 10_000;

/** "seen" is "earlier" after somebody has taken note of it: the number stays, the alarm goes. */
export type LossState = "none" | "losing" | "earlier" | "seen";

/** Watches one growing loss count. */
export class LossWatch {
  #lost: number | undefined;
  #seen = 0;
  #grewAtMs = Number.NEGATIVE_INFINITY;

  /** True when it grew just now; what was lost before the page was opened is no growth. */
  update(lost: number, nowMs: number): boolean {
    const grew = this.#lost !== undefined && lost > this.#lost;
    // A smaller count is a restarted pipeline.
    if (this.#lost !== undefined && lost < this.#lost) this.#seen = 0;
    this.#lost = lost;
    if (grew) this.#grewAtMs = nowMs;
    return grew;
  }

  state(nowMs: number): LossState {
    if (this.#lost === undefined || this.#lost === 0) return "none";
    if (nowMs - this.#grewAtMs < LOSING_MS) return "losing";
    return this.#lost > this.#seen ? "earlier" : "seen";
  }

  /** Somebody has taken note of all that was lost so far. */
  markSeen(): void {
    this.#seen = this.#lost ?? 0;
  }
}
