/**
 * How far a long work is, on stderr: one line drawn over itself on a terminal, a plain line now and then elsewhere.
 * It has no timer: it draws inside `update`, so a stalled work shows a standing line.
 */
import process from "node:process";
import { type Clock, systemClock } from "../core/clock.ts";
import { fitText, groupDigits, percent, plainText, textColumns } from "./plain-text.ts";

/** Where the lines go: process.stderr, or anything that writes. */
export type ProgressStream = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export type ProgressOptions = {
  /** What is being done: "train". */
  readonly label: string;
  /** What is counted: "frames". */
  readonly unit: string;
  /** Undefined while nobody knows. */
  readonly total: number | undefined;
  readonly quiet?: boolean;
  readonly stream?: ProgressStream;
  readonly clock?: Clock;
};

/** Ten times a second looks alive and costs nothing. */
const REDRAW_US = 100_000;
/** A log file wants to be read later. */
const LINE_US = 5_000_000;
const BAR_COLUMNS = 24;
/** Shorter bars say nothing that the numbers do not. */
const LEAST_BAR_COLUMNS = 6;
const DEFAULT_COLUMNS = 80;
const ERASE_TO_END = "\u001b[K";

export class Progress {
  readonly #label: string;
  readonly #unit: string;
  readonly #total: number | undefined;
  readonly #quiet: boolean;
  readonly #stream: ProgressStream;
  readonly #clock: Clock;
  readonly #startUs: number;
  #drawnUs: number;
  #done = 0;
  #fields: readonly string[] = [];
  #short: readonly string[] = [];
  #finished = false;

  constructor(options: ProgressOptions) {
    const { label, unit, total, quiet = false, stream = process.stderr, clock = systemClock } = options;
    this.#label = label;
    this.#unit = unit;
    this.#total = total;
    this.#quiet = quiet;
    this.#stream = stream;
    this.#clock = clock;
    this.#startUs = clock.nowUs();
    // A terminal shows the first update at once; a log waits its five seconds.
    this.#drawnUs = stream.isTTY === true ? this.#startUs - REDRAW_US : this.#startUs;
  }

  /**
   * `done` so far; `fields` are free words such as "accuracy 81.2 %" and stay until others come. On a terminal too
   * narrow for them `short` stands instead.
   */
  update(done: number, fields: readonly string[] = this.#fields, short: readonly string[] = fields): void {
    this.#done = done;
    this.#fields = fields;
    this.#short = short;
    if (this.#quiet || this.#finished) return;
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#drawnUs < (this.#isTerminal() ? REDRAW_US : LINE_US)) return;
    this.#drawnUs = nowUs;
    this.#draw(nowUs, false);
  }

  /** Draws the last state and ends the line; call it in a `finally`, so that an error stands on its own line. */
  finish(): void {
    if (this.#quiet || this.#finished) return;
    this.#finished = true;
    this.#draw(this.#clock.nowUs(), true);
  }

  #isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  #draw(nowUs: number, last: boolean): void {
    if (!this.#isTerminal()) {
      this.#stream.write(`${this.#words(nowUs, last).join("  ")}\n`);
      return;
    }
    // The last column stays free: a full one would wrap on some terminals.
    const columns = (this.#stream.columns || DEFAULT_COLUMNS) - 1;
    const line =
      this.#withBar(this.#words(nowUs, last), { columns, least: BAR_COLUMNS }) ??
      this.#withBar(this.#narrowWords(nowUs, last), { columns, least: 0 }) ??
      fitText(this.#narrowWords(nowUs, last).join("  "), columns);
    this.#stream.write(`\r${line}${ERASE_TO_END}${last ? "\n" : ""}`);
  }

  #share(): number | undefined {
    if (this.#total === undefined) return undefined;
    return this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total);
  }

  /** The words with a bar behind the label in the room they leave, or undefined if that is less than `least`. */
  #withBar(
    [label = "", ...rest]: readonly string[],
    { columns, least }: { readonly columns: number; readonly least: number },
  ): string | undefined {
    const plain = [label, ...rest].join("  ");
    const room = Math.min(BAR_COLUMNS, columns - textColumns(plain) - 2);
    const share = this.#share();
    if (room < least || columns < textColumns(plain)) return undefined;
    if (share === undefined || room < LEAST_BAR_COLUMNS) return plain;
    const full = Math.floor(share * room);
    return [label, "█".repeat(full) + "░".repeat(room - full), ...rest].join("  ");
  }

  #words(nowUs: number, last: boolean): readonly string[] {
    const elapsedUs = nowUs - this.#startUs;
    const share = this.#share();
    return [
      this.#label,
      ...(share === undefined ? [] : [`${percent(share).padStart(5)} %`]),
      `${this.#amount()} ${this.#unit}`,
      ...(elapsedUs > 0 ? [`${rateText((this.#done * 1e6) / elapsedUs)}/s`] : []),
      ...this.#time(elapsedUs, last),
      ...this.#fields,
    ].map(plainText);
  }

  /** What matters most, in the fewest columns: how much of how much, the time, the short fields. */
  #narrowWords(nowUs: number, last: boolean): readonly string[] {
    return [this.#label, this.#amount(), ...this.#time(nowUs - this.#startUs, last), ...this.#short].map(
      plainText,
    );
  }

  #amount(): string {
    const done = groupDigits(this.#done);
    return this.#total === undefined ? done : `${done}/${groupDigits(this.#total)}`;
  }

  #time(elapsedUs: number, last: boolean): readonly string[] {
    return last ? [`in ${durationText(elapsedUs)}`] : this.#timeLeft(elapsedUs);
  }

  #timeLeft(elapsedUs: number): readonly string[] {
    if (this.#total === undefined || this.#done <= 0) return [];
    const leftUs = (elapsedUs / this.#done) * Math.max(0, this.#total - this.#done);
    return [`${durationText(leftUs)} left`];
  }
}

const rateText = (perSecond: number) =>
  perSecond < 100 ? perSecond.toFixed(1) : groupDigits(Math.round(perSecond));

/** "0:07", "12:30", "3:05:00". */
function durationText(us: number): string {
  const seconds = Math.round(us / 1e6);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
