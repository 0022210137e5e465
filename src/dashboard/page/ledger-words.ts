/** The words of the box at the line's end, from exact counts. */
import type { StageCounts } from "../../core/telemetry.ts";
import { count, percent, shortCount } from "./format.ts";
import { type Ledger, type LossState, lostIn } from "./ledger.ts";

export type LedgerWords = {
  /** The number that stands large, and what it counts. */
  readonly lost: number;
  readonly word: string;
  /** Each stays on one line. */
  readonly terms: readonly string[];
  /** The one term that a phone has room for. */
  readonly short: string;
};

export type LossTimes = {
  /** When the count grew last, as far as this page has seen. */
  readonly last: string | undefined;
  /** When somebody took note of it. */
  readonly seen: string | undefined;
};

/** Reasons shown while losing: the largest. */
const MOST_REASONS = 2;

export function ledgerWords(
  ledger: Ledger,
  stages: readonly StageCounts[],
  { state, times }: { readonly state: LossState; readonly times: LossTimes },
): LedgerWords {
  const [elsewhere] = ledger.lostElsewhere;
  const isElsewhere = ledger.lost === 0 && elsewhere !== undefined;
  const { unit, count: lost } = isElsewhere ? elsewhere : { unit: ledger.unit, count: ledger.lost };
  const isLosing = state === "losing" && ledger.unaccounted === 0;
  return {
    lost,
    word: isElsewhere ? `${unit} lost` : "lost",
    terms: isLosing
      ? [shareOf(lost, unit, stages), ...reasonsOf(unit, stages)]
      : [...sumOf(ledger, isElsewhere), ...sinceWhen(state, times)],
    short: isLosing
      ? (reasonsOf(unit, stages)[0]?.replace(/^[\d,]+ /, "") ?? "")
      : `${shortCount(ledger.received)} ${ledger.unit} received`,
  };
}

function shareOf(lost: number, unit: string, stages: readonly StageCounts[]): string {
  const received = stages.find((stage) => stage.unit === unit)?.received ?? 0;
  return `${percent(received > 0 ? lost / received : undefined, 2)} of ${count(received)} ${unit}`;
}

function reasonsOf(unit: string, stages: readonly StageCounts[]): string[] {
  return stages
    .filter((stage) => stage.unit === unit && lostIn(stage) > 0)
    .flatMap(({ name, dropped }) =>
      Object.entries(dropped)
        .filter(([reason]) => reason !== "filtered")
        .map(([reason, lost]) => ({ lost, words: `${count(lost)} ${name}: ${reason}` })),
    )
    .sort((a, b) => b.lost - a.lost)
    .slice(0, MOST_REASONS)
    .map(({ words }) => words);
}

function sumOf(ledger: Ledger, isElsewhere: boolean): string[] {
  const { received, used, held, filtered, lost, unaccounted } = ledger;
  const terms = [`${count(received)} ${ledger.unit} received`, `= ${count(used)} used`];
  if (filtered > 0) terms.push(`+ ${count(filtered)} filtered`);
  if (held > 0) terms.push(`+ ${count(held)} inside`);
  terms.push(`+ ${count(lost)} lost`);
  if (unaccounted !== 0)
    terms.push(`${unaccounted > 0 ? "+" : "−"} ${count(Math.abs(unaccounted))} not accounted for`);
  for (const loss of isElsewhere ? ledger.lostElsewhere.slice(1) : ledger.lostElsewhere)
    terms.push(`· ${count(loss.count)} ${loss.unit} lost`);
  return terms;
}

function sinceWhen(state: LossState, { last, seen }: LossTimes): string[] {
  if (state === "earlier" && last !== undefined) return [`· last ${last}`];
  return state === "seen" && seen !== undefined ? [`· 0 since ${seen}`] : [];
}
