/** Numbers as the page writes them. An unknown value is a dash, never 0; a true zero is 0. */

export const UNKNOWN = "–";
/** Between a value and its unit, so that they stay on one line. */
const NBSP = "\u00a0";

type Maybe = number | null | undefined;

const isKnown = (value: Maybe): value is number => typeof value === "number" && Number.isFinite(value);

/** 12481306 → "12,481,306" */
export const count = (value: Maybe): string =>
  isKnown(value) ? Math.round(value).toLocaleString("en-US") : UNKNOWN;

/** 0.974 → "97.4 %" */
export const percent = (share: Maybe, digits = 1): string =>
  isKnown(share) ? `${(100 * share).toFixed(digits)}${NBSP}%` : UNKNOWN;

/** 0.6612 → "0.66" */
export const share = (value: Maybe): string => (isKnown(value) ? value.toFixed(2) : UNKNOWN);

/** 0.6612 → ".66", for the narrow columns of the candidates. */
export const shortShare = (value: number): string => value.toFixed(2).replace(/^0/, "");

/** Frames a second: 30 → "30.0", 8240.2 → "8,240" */
export function fps(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  return value < 999.95 ? value.toFixed(1) : count(value);
}

/** How many times the published figure: 1.41 → "× 1.4", 386.8 → "× 387" */
export function times(ratio: number): string {
  return `×${NBSP}${ratio >= 9.95 ? count(ratio) : ratio.toFixed(ratio < 0.095 ? 2 : 1)}`;
}

const PREFIXES = [
  { from: 999_500_000, by: 1e9, sign: "G" },
  { from: 999_500, by: 1e6, sign: "M" },
  { from: 999.5, by: 1e3, sign: "k" },
];

/** 41234 a second of "events" → "41.2 kev/s"; of anything else → "41.2 k frames/s" */
export function rate(perSecond: Maybe, unit: string): string {
  if (!isKnown(perSecond)) return UNKNOWN;
  const isEvents = unit === "events";
  const prefix = PREFIXES.find(({ from }) => perSecond >= from);
  const value =
    prefix === undefined
      ? perSecond.toFixed(perSecond < 9.95 && perSecond > 0 ? 1 : 0)
      : short(perSecond / prefix.by);
  const sign = prefix?.sign ?? "";
  if (isEvents) return `${value}${NBSP}${sign}ev/s`;
  return `${value}${NBSP}${sign === "" ? "" : sign + NBSP}${unit}/s`;
}

/** Three digits: 4.12, 41.2, 412 */
const short = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

/** 12481306 → "12.5 M" */
export function shortCount(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  const prefix = PREFIXES.find(({ from }) => value >= from);
  return prefix === undefined ? count(value) : `${short(value / prefix.by)}${NBSP}${prefix.sign}`;
}

/** 4230 ms → "4.2 s", 125000 ms → "2 min" */
export function age(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${NBSP}s`;
  if (seconds < 99.5) return `${seconds.toFixed(0)}${NBSP}s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)}${NBSP}min` : `${Math.round(seconds / 3600)}${NBSP}h`;
}

/** 410 µs → "0.4 ms", 61 400 µs → "61 ms", 1 200 000 µs → "1.2 s" */
export function duration(us: Maybe): string {
  if (!isKnown(us)) return UNKNOWN;
  const ms = Math.max(0, us) / 1000;
  if (ms < 0.05) return `<\u202f0.1${NBSP}ms`;
  if (ms < 999.5) return `${ms.toFixed(ms < 9.95 ? 1 : 0)}${NBSP}ms`;
  return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)}${NBSP}s`;
}

/** How much faster than real time: 128.4 → "×128", 1.04 → "" */
export const hurry = (timesRealTime: number): string =>
  timesRealTime >= 1.5 ? `×${timesRealTime >= 9.95 ? count(timesRealTime) : timesRealTime.toFixed(1)}` : "";

/** "sensor" → "Sensor" */
export const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
