/**
 * What Prophesee's EVT2 and EVT3 decoders share: taking bytes in, the text header, judging whether the words are what
 * the header says, handing out batches, and the accounts. What the words mean is `EvtWords`'.
 */
import type { EventBatch } from "../core/batches.ts";
import { dataError, SpikelineError } from "../core/errors.ts";
import type { DecoderCounts, EventDecoder } from "./decoder.ts";
import { EventCells } from "./event-cells.ts";
import { type PropheseeFormat, type PropheseeHeader, readPropheseeHeader } from "./prophesee-header.ts";

/** Nothing is handed out before this many words, or the whole file, have been judged. */
const PROBE_WORDS = 1000;
/** More bad words than this share of those that should be events: not this format. */
const MAX_BAD_SHARE = 0.5;
/** Fewer bad words prove nothing. */
const LEAST_BAD_WORDS = 64;

export type EvtOptions = {
  /** Names the recording in error sentences. */
  readonly name: string;
  /** Format and size of the sensor where the header is silent about them; with both there need be no header. */
  readonly format?: PropheseeFormat | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Accept a file that ends inside a word: the word is still counted as dropped. */
  readonly salvage?: boolean;
};

export type EvtCounts = DecoderCounts & {
  /** Words as they stand in the file. `words` counts a vector of n events as n. */
  readonly fileWords: number;
  /** Trigger words, which are among the markers. */
  readonly triggers: number;
  /** Times the sensor's clock has begun anew; nothing is lost by it. */
  readonly timeWraps: number;
  /** Times it stepped back by at most 1 ms; the events were put in order. */
  readonly backSteps: number;
};

/** What a word reader has seen: all that is not an event given to the cells. Fields grow while it reads. */
export class EvtTally {
  /** Events in vectors beyond the first of each word. */
  vectorExtra = 0;
  markers = 0;
  triggers = 0;
  timeWraps = 0;
  isTimed = false;
  unknownWords = 0;
  strayContinued = 0;
  beforeTime = 0;
  missingRow = 0;
  missingBase = 0;
  otherCamera = 0;
  outOfRange = 0;
}

export type EvtWords = {
  readonly format: PropheseeFormat;
  readonly wordBytes: number;
  readonly tally: EvtTally;
  resize(width: number, height: number): void;
  /** Reads words from `from` up to `to`, pausing behind one that completed a batch; answers where it stopped. */
  read(input: DataView, from: number, to: number, cells: EventCells): number;
};

export class EvtDecoder implements EventDecoder {
  readonly #words: EvtWords;
  readonly #options: EvtOptions;
  readonly #cells = new EventCells();

  #input = new Uint8Array(0);
  #at = 0;
  #ended = false;
  #header: PropheseeHeader | undefined;
  /** The first words have been judged: batches may leave. */
  #trusted = false;
  #failure: SpikelineError | undefined;

  #bytes = 0;
  #fileWords = 0;
  #delivered = 0;
  #truncatedBytes = 0;
  #wrongFormat = 0;

  constructor(options: EvtOptions, words: EvtWords) {
    this.#options = options;
    this.#words = words;
  }

  /** Known as soon as `next` has seen all of it. */
  get header(): PropheseeHeader | undefined {
    return this.#header;
  }

  append(bytes: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    const input = new Uint8Array(rest.length + bytes.length);
    input.set(rest);
    input.set(bytes, rest.length);
    this.#input = input;
    this.#at = 0;
    this.#bytes += bytes.length;
  }

  end(): void {
    this.#ended = true;
  }

  next(): EventBatch | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#readHeader()) return undefined;
    const { ready } = this.#cells;
    while (!this.#trusted || ready.length === 0) {
      if (this.#decode()) continue;
      if (!this.#ended) return undefined;
      if (!this.#close()) break;
    }
    const batch = ready.shift();
    if (batch === undefined) this.#checkEnd();
    else this.#delivered += batch.length;
    return batch;
  }

  counts(): EvtCounts {
    const { tally } = this.#words;
    const { late, backSteps, held } = this.#cells;
    return {
      bytes: this.#bytes,
      words: this.#fileWords + tally.vectorExtra,
      fileWords: this.#fileWords,
      markers: tally.markers,
      delivered: this.#delivered,
      held,
      triggers: tally.triggers,
      timeWraps: tally.timeWraps,
      backSteps,
      dropped: {
        "unknown-word": tally.unknownWords,
        "stray-continued": tally.strayContinued,
        "before-time": tally.beforeTime,
        "missing-row": tally.missingRow,
        "missing-base": tally.missingBase,
        "other-camera": tally.otherCamera,
        "out-of-range": tally.outOfRange,
        "time-back": late,
        truncated: this.#truncatedBytes > 0 ? 1 : 0,
        "wrong-format": this.#wrongFormat,
      },
    };
  }

  #readHeader(): boolean {
    if (this.#header !== undefined) return true;
    const { name, format: usual, size } = this.#options;
    try {
      this.#header = readPropheseeHeader(this.#input, { name, ended: this.#ended, format: usual, size });
    } catch (error) {
      if (error instanceof SpikelineError) this.#failure = error;
      throw error;
    }
    if (this.#header === undefined) return false;
    const { format, width, height, bytes } = this.#header;
    if (format !== this.#words.format) {
      this.#fail("FORMAT", `Expected ${this.#words.format} in ${name}, but its header says ${format}.`);
    }
    this.#words.resize(width, height);
    this.#at = bytes;
    return true;
  }

  /** Reads words until a batch is complete, the first words are to be judged, or the bytes are used up (false). */
  #decode(): boolean {
    const { buffer, length } = this.#input;
    const { wordBytes } = this.#words;
    const from = this.#at;
    const whole = length - ((length - from) % wordBytes);
    const probe = this.#trusted ? Number.POSITIVE_INFINITY : PROBE_WORDS - this.#fileWords;
    const to = Math.min(whole, from + probe * wordBytes);
    if (from >= to) return false;
    this.#at = this.#words.read(new DataView(buffer), from, to, this.#cells);
    this.#fileWords += (this.#at - from) / wordBytes;
    if (!this.#trusted && this.#fileWords === PROBE_WORDS) this.#judge("the first ");
    return true;
  }

  /** The end of the bytes: whether that has brought anything new to hand out. */
  #close(): boolean {
    if (this.#at < this.#input.length) {
      this.#fileWords++;
      this.#truncatedBytes = this.#input.length - this.#at;
      this.#at = this.#input.length;
    }
    this.#judge("");
    this.#cells.finish();
    return this.#cells.ready.length > 0;
  }

  #judge(which: string): void {
    this.#trusted = true;
    const { tally, format } = this.#words;
    const { unknownWords, strayContinued, missingRow, missingBase, outOfRange } = tally;
    const { late, held } = this.#cells;
    const bad = unknownWords + strayContinued + missingRow + missingBase + outOfRange + late;
    if (bad < LEAST_BAD_WORDS || bad <= (bad + held + this.#delivered) * MAX_BAD_SHARE) return;
    this.#wrongFormat = this.#cells.discard();
    const { width, height } = this.#header ?? { width: 0, height: 0 };
    this.#fail(
      "FORMAT",
      `Expected ${format} events of ${width}×${height} pixels in ${this.#options.name}, found ${bad} of ${which}${this.#fileWords} words unknown, out of place, outside the sensor or back in time; is this another format?`,
    );
  }

  #checkEnd(): void {
    const { name, salvage = false } = this.#options;
    const { format, wordBytes, tally } = this.#words;
    if (!tally.isTimed) {
      this.#fail("EMPTY", `Expected ${format} events in ${name}, found no time in its ${this.#bytes} bytes.`);
    }
    const rest = this.#truncatedBytes;
    if (rest > 0 && !salvage) {
      this.#fail(
        "TRUNCATED",
        `Expected whole words of ${wordBytes} bytes in ${name}, found ${rest} at byte ${this.#bytes - rest}, where the file ends; the ${this.#delivered} events before it can be salvaged.`,
      );
    }
  }

  #fail(code: "FORMAT" | "EMPTY" | "TRUNCATED", message: string): never {
    this.#failure = dataError(`${this.#words.format}_${code}`, message);
    throw this.#failure;
  }
}
