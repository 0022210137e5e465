/**
 * Pull decoder for Prophesee EVT3 recordings (.raw): a text header, then words of 16 bits, little-endian.
 * Bits 15..12 are the type. A row (ADDR_Y), then events of that row: single ones (ADDR_X) or vectors of 12 or 8
 * pixels from a base on. Time is 24 bits of microseconds in two halves (docs.prophesee.ai, EVT 3.0; OpenEB
 * evt3_event_types.h). Each vector word stands on its own: grouping them loses some (openeb#111).
 *
 * Accounts: an event word counts one, a vector word one for each event in it (an empty one is a marker), all other
 * words one marker. After an unknown word nothing counts as an event before the next row.
 */
import type { EventCells } from "./event-cells.ts";
import { EvtDecoder, type EvtOptions, EvtTally, type EvtWords } from "./evt-decoder.ts";

const ADDR_Y = 0x0;
const ADDR_X = 0x2;
const VECT_BASE_X = 0x3;
const VECT_12 = 0x4;
const VECT_8 = 0x5;
const TIME_LOW = 0x6;
const CONTINUED_4 = 0x7;
const TIME_HIGH = 0x8;
const EXT_TRIGGER = 0xa;
const IMU = 0xd;
const OTHERS = 0xe;
const CONTINUED_12 = 0xf;

const COORDINATE = 0x7ff;
/** Of ADDR_Y: the second camera of a pair. */
const OTHER_CAMERA_BIT = 11;
const POLARITY_BIT = 11;
const HIGH_UNIT_US = 2 ** 12;
const WRAP_US = 2 ** 24;
/** A high half that falls by this or more has wrapped; one that falls by less is a step back. */
const WRAP_STEP = 2 ** 11;

/** Instead of a row: why events have none. */
const NO_ROW = -1;
const OUTSIDE_ROW = -2;
const OTHER_CAMERA_ROW = -3;
const NO_BASE = -1;
const NO_TIME_US = -1;

export class Evt3Decoder extends EvtDecoder {
  constructor(options: EvtOptions) {
    super(options, new Evt3Words());
  }
}

class Evt3Words implements EvtWords {
  readonly format = "EVT3";
  readonly wordBytes = 2;
  readonly tally = new EvtTally();

  #width = 0;
  #height = 0;
  #row = NO_ROW;
  #base = NO_BASE;
  #basePolarity = 0;
  #timeUs = NO_TIME_US;
  #high = -1;
  #loopUs = 0;
  /** The last word read may be continued. */
  #isContinuable = false;

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  read(input: DataView, from: number, to: number, cells: EventCells): number {
    const readyBefore = cells.ready.length;
    const width = this.#width;
    let row = this.#row;
    let timeUs = this.#timeUs;
    let cellUs = NO_TIME_US;
    /** Where a continuation would have something to continue. */
    let continuedAt = this.#isContinuable ? from : -1;
    let at = from;
    while (at < to && cells.ready.length === readyBefore) {
      const word = input.getUint16(at, true);
      const type = word >>> 12;
      at += 2;
      if (type === ADDR_X || type === VECT_12 || type === VECT_8) {
        if (row < 0 || timeUs < 0) {
          this.#dropEvents(type, word, row, timeUs);
          continue;
        }
        if (timeUs !== cellUs) {
          cells.moveTo(timeUs);
          cellUs = timeUs;
        }
        if (type !== ADDR_X) this.#vector(type, word, row, cells);
        else if ((word & COORDINATE) < width) cells.push(word & COORDINATE, row, (word >>> POLARITY_BIT) & 1);
        else this.tally.outOfRange++;
      } else if (type === TIME_LOW) {
        timeUs = this.#timeLow(word & 0xfff, timeUs);
      } else if (type === ADDR_Y) {
        row = this.#rowOf(word);
      } else if (type === TIME_HIGH) {
        timeUs = this.#timeHigh(word & 0xfff, timeUs);
      } else if (type === CONTINUED_4 || type === CONTINUED_12) {
        if (continuedAt === at - 2) continuedAt = at;
        this.#continued(continuedAt === at);
      } else {
        if (type === IMU || type === OTHERS) continuedAt = at;
        if (!this.#otherWord(type, word)) row = NO_ROW;
      }
    }
    this.#isContinuable = continuedAt === at;
    this.#row = row;
    this.#timeUs = timeUs;
    return at;
  }

  #rowOf(word: number): number {
    this.tally.markers++;
    if (((word >>> OTHER_CAMERA_BIT) & 1) === 1) return OTHER_CAMERA_ROW;
    const row = word & COORDINATE;
    return row < this.#height ? row : OUTSIDE_ROW;
  }

  #timeLow(low: number, timeUs: number): number {
    this.tally.markers++;
    return timeUs < 0 ? timeUs : this.#loopUs + this.#high * HIGH_UNIT_US + low;
  }

  /** A repeated high half keeps the low one; the low half may step back a little, which is no wrap. */
  #timeHigh(high: number, timeUs: number): number {
    this.tally.markers++;
    this.tally.isTimed = true;
    if (high === this.#high) return timeUs;
    if (high + WRAP_STEP <= this.#high) {
      this.#loopUs += WRAP_US;
      this.tally.timeWraps++;
    }
    this.#high = high;
    return this.#loopUs + high * HIGH_UNIT_US;
  }

  #vector(type: number, word: number, row: number, cells: EventCells): void {
    const [size, base] = [type === VECT_12 ? 12 : 8, this.#base];
    let mask = word & ((1 << size) - 1);
    if (mask === 0) this.tally.markers++;
    else if (base === NO_BASE) this.#dropVector(mask, "missingBase");
    else {
      this.tally.vectorExtra--;
      while (mask !== 0) {
        const x = base + 31 - Math.clz32(mask & -mask);
        mask &= mask - 1;
        this.tally.vectorExtra++;
        if (x < this.#width) cells.push(x, row, this.#basePolarity);
        else this.tally.outOfRange++;
      }
    }
    if (base !== NO_BASE) this.#base = base + size;
  }

  #dropVector(mask: number, reason: DropReason): void {
    let events = 0;
    for (let rest = mask; rest !== 0; rest &= rest - 1) events++;
    this.tally[reason] += events;
    this.tally.vectorExtra += events - 1;
  }

  /** Events without a row or a time. */
  #dropEvents(type: number, word: number, row: number, timeUs: number): void {
    const reason = timeUs < 0 ? "beforeTime" : reasonOf(row);
    if (type === ADDR_X) {
      this.tally[reason]++;
      return;
    }
    const size = type === VECT_12 ? 12 : 8;
    const mask = word & ((1 << size) - 1);
    if (mask === 0) this.tally.markers++;
    else this.#dropVector(mask, reason);
    if (this.#base !== NO_BASE) this.#base += size;
  }

  #continued(hasBefore: boolean): void {
    if (hasBefore) this.tally.markers++;
    else this.tally.strayContinued++;
  }

  /** The rare words; false if there is no such word. */
  #otherWord(type: number, word: number): boolean {
    if (type === VECT_BASE_X) {
      this.#base = word & COORDINATE;
      this.#basePolarity = (word >>> POLARITY_BIT) & 1;
    } else if (type === EXT_TRIGGER) this.tally.triggers++;
    else if (type !== IMU && type !== OTHERS) {
      this.tally.unknownWords++;
      this.#base = NO_BASE;
      return false;
    }
    this.tally.markers++;
    return true;
  }
}

type DropReason = "beforeTime" | "missingRow" | "missingBase" | "otherCamera" | "outOfRange";

function reasonOf(row: number): DropReason {
  if (row === NO_ROW) return "missingRow";
  return row === OTHER_CAMERA_ROW ? "otherCamera" : "outOfRange";
}
