/**
 * Pull decoder for Prophesee EVT2 recordings (.raw): a text header, then words of 32 bits, little-endian.
 * Bits 31..28 are the type; an event carries x, y and the 6 low bits of its time, TIME_HIGH the 28 above them
 * (OpenEB evt2_event_types.h). Every word is one of the accounts: an event, a marker or dropped.
 */
import type { EventCells } from "./event-cells.ts";
import { EvtDecoder, type EvtOptions, EvtTally, type EvtWords } from "./evt-decoder.ts";

/** 0 is an event of polarity OFF, 1 of polarity ON. */
const CD_ON = 0x1;
const TIME_HIGH = 0x8;
const EXT_TRIGGER = 0xa;
const IMU = 0xd;
const CONTINUED = 0xf;

const HIGH_UNIT_US = 2 ** 6;
const WRAP_US = 2 ** 34;
/** A high part that falls by this or more has wrapped (4 h 46 min); one that falls by less is a step back. */
const WRAP_STEP = 2 ** 27;
const NO_TIME_US = -1;

export class Evt2Decoder extends EvtDecoder {
  constructor(options: EvtOptions) {
    super(options, new Evt2Words());
  }
}

class Evt2Words implements EvtWords {
  readonly format = "EVT2";
  readonly wordBytes = 4;
  readonly tally = new EvtTally();

  #width = 0;
  #height = 0;
  /** Time of the last TIME_HIGH. */
  #baseUs = NO_TIME_US;
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
    const height = this.#height;
    let baseUs = this.#baseUs;
    let cellUs = NO_TIME_US;
    /** Where a continuation would have something to continue. */
    let continuedAt = this.#isContinuable ? from : -1;
    let at = from;
    while (at < to && cells.ready.length === readyBefore) {
      const word = input.getUint32(at, true);
      const type = word >>> 28;
      at += 4;
      if (type > CD_ON) {
        const hasBefore = continuedAt === at - 4;
        if (type >= IMU && (type !== CONTINUED || hasBefore)) continuedAt = at;
        this.#otherWord(type, word, hasBefore);
        baseUs = this.#baseUs;
        continue;
      }
      const x = (word >>> 11) & 0x7ff;
      const y = word & 0x7ff;
      if (baseUs < 0) this.tally.beforeTime++;
      else if (x >= width || y >= height) this.tally.outOfRange++;
      else {
        const timeUs = baseUs + ((word >>> 22) & 0x3f);
        if (timeUs !== cellUs) {
          cells.moveTo(timeUs);
          cellUs = timeUs;
        }
        cells.push(x, y, type);
      }
    }
    this.#isContinuable = continuedAt === at;
    return at;
  }

  #otherWord(type: number, word: number, hasBefore: boolean): void {
    const { tally } = this;
    if (type === CONTINUED && !hasBefore) {
      tally.strayContinued++;
      return;
    }
    if (type === TIME_HIGH) this.#timeHigh(word & 0xfffffff);
    else if (type === EXT_TRIGGER) tally.triggers++;
    else if (type < IMU) {
      tally.unknownWords++;
      return;
    }
    tally.markers++;
  }

  #timeHigh(high: number): void {
    this.tally.isTimed = true;
    if (high + WRAP_STEP <= this.#high) {
      this.#loopUs += WRAP_US;
      this.tally.timeWraps++;
    }
    this.#high = high;
    this.#baseUs = this.#loopUs + high * HIGH_UNIT_US;
  }
}
