/**
 * Pull decoder for N-MNIST recordings (.bin, .bs2): five bytes an event, no header.
 * Byte 0 is x, byte 1 is y, bit 7 of byte 2 the polarity, the 23 bits after it the time in microseconds, big-endian.
 * y = 240 is no event: it adds 2^13 µs to every later time (Orchard et al. 2015, eventvision.py).
 *
 * The format has no magic, so the words themselves must prove it: a file whose words mostly lie outside the
 * sensor or go back in time is refused as another format. Single bad words are dropped and counted; where time goes
 * back for good a new epoch begins, and batches go back in time.
 */
import type { EventBatch } from "../core/batches.ts";
import { dataError, type SpikelineError } from "../core/errors.ts";
import type { DecoderCounts, EventDecoder } from "./decoder.ts";
import { EventColumns } from "./event-columns.ts";
import { LateRun } from "./late-run.ts";

const WORD_BYTES = 5;
const OVERFLOW_Y = 240;
const OVERFLOW_US = 2 ** 13;
/** A batch lies within one cell of this length of the recording's own time. */
const BATCH_US = 10_000;
/** Keeps a batch bounded however many events share a time. */
const BATCH_EVENTS = 65_536;
/** Nothing is handed out before this many words, or the whole file, have been judged. */
const PROBE_WORDS = 1000;
/** More bad words than this share: not this format. */
const MAX_BAD_SHARE = 0.5;

export type NmnistOptions = {
  /** Names the recording in error sentences. */
  readonly name: string;
  readonly width?: number;
  readonly height?: number;
  /** Accept a file that ends inside a word: the word is still counted as dropped. */
  readonly salvage?: boolean;
};

export class NmnistDecoder implements EventDecoder {
  readonly #name: string;
  readonly #width: number;
  readonly #height: number;
  readonly #salvage: boolean;

  #input = new Uint8Array(0);
  #at = 0;
  #ended = false;
  /** The first words have been judged: batches may leave. */
  #trusted = false;
  #failure: SpikelineError | undefined;

  readonly #columns = new EventColumns();
  readonly #ready: EventBatch[] = [];
  #cellStartUs = 0;
  #overflowUs = 0;
  #lastUs = 0;
  readonly #lateRun = new LateRun();

  #bytes = 0;
  #words = 0;
  #markers = 0;
  #delivered = 0;
  #outOfRange = 0;
  #timeBack = 0;
  #truncated = 0;
  #wrongFormat = 0;

  constructor({ name, width = 34, height = 34, salvage = false }: NmnistOptions) {
    this.#name = name;
    this.#width = width;
    this.#height = height;
    this.#salvage = salvage;
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
    while (!this.#trusted || this.#ready.length === 0) {
      if (this.#decode()) continue;
      if (!this.#ended) return undefined;
      if (!this.#close()) break;
    }
    const batch = this.#ready.shift();
    if (batch === undefined) this.#checkEnd();
    else this.#delivered += batch.length;
    return batch;
  }

  counts(): DecoderCounts {
    return {
      bytes: this.#bytes,
      words: this.#words,
      markers: this.#markers,
      delivered: this.#delivered,
      held: this.#heldEvents(),
      dropped: {
        "out-of-range": this.#outOfRange,
        "time-back": this.#timeBack,
        truncated: this.#truncated,
        "wrong-format": this.#wrongFormat,
      },
    };
  }

  /** Reads words until a batch is complete, the first words are to be judged, or the bytes are used up (false). */
  #decode(): boolean {
    const input = this.#input;
    const end = input.length - ((input.length - this.#at) % WORD_BYTES);
    const probing = !this.#trusted;
    const batches = this.#ready.length;
    let at = this.#at;
    if (at >= end) return false;
    while (at < end) {
      this.#word(
        input[at] ?? 0,
        input[at + 1] ?? 0,
        ((input[at + 2] ?? 0) << 16) | ((input[at + 3] ?? 0) << 8) | (input[at + 4] ?? 0),
      );
      at += WORD_BYTES;
      if (probing ? this.#words === PROBE_WORDS : this.#ready.length > batches) break;
    }
    this.#at = at;
    if (probing && this.#words === PROBE_WORDS) this.#judge("the first ");
    return true;
  }

  /** One word; `bits` are its last 24: polarity, then time. */
  #word(x: number, y: number, bits: number): void {
    this.#words++;
    if (y === OVERFLOW_Y) {
      this.#markers++;
      this.#overflowUs += OVERFLOW_US;
      return;
    }
    if (x >= this.#width || y >= this.#height) {
      this.#outOfRange++;
      return;
    }
    const timeUs = (bits & 0x7fffff) + this.#overflowUs;
    const isBack = timeUs < this.#lastUs;
    if (!isBack) this.#lateRun.end();
    else if (!this.#lateRun.isSustained(timeUs)) {
      this.#timeBack++;
      return;
    }
    this.#lastUs = timeUs;
    const columns = this.#columns;
    if (isBack || timeUs - this.#cellStartUs >= BATCH_US || columns.length === BATCH_EVENTS) {
      this.#complete();
      this.#cellStartUs = timeUs - (timeUs % BATCH_US);
    }
    columns.push(timeUs - this.#cellStartUs, x, y, (bits >>> 23) & 1);
  }

  #complete(): void {
    if (this.#columns.length > 0) this.#ready.push(this.#columns.take(this.#cellStartUs));
  }

  /** The end of the bytes: whether that has brought anything new to hand out. */
  #close(): boolean {
    if (this.#at < this.#input.length) {
      this.#words++;
      this.#truncated = 1;
      this.#at = this.#input.length;
    }
    if (this.#words > 0) this.#judge("");
    const before = this.#ready.length;
    this.#complete();
    return this.#ready.length > before;
  }

  #judge(which: string): void {
    const bad = this.#outOfRange + this.#timeBack;
    if (bad > this.#words * MAX_BAD_SHARE) {
      this.#wrongFormat = this.#heldEvents();
      this.#ready.length = 0;
      this.#columns.clear();
      this.#fail(
        "NMNIST_FORMAT",
        `Expected N-MNIST events of ${this.#width}×${this.#height} pixels in ${this.#name}, found ${bad} of ${which}${this.#words} words outside the sensor or back in time; is this another format?`,
      );
    }
    this.#trusted = true;
  }

  #checkEnd(): void {
    if (this.#delivered === 0) {
      this.#fail(
        "NMNIST_EMPTY",
        `Expected N-MNIST events in ${this.#name}, found no event in ${this.#bytes} bytes.`,
      );
    }
    if (this.#truncated > 0 && !this.#salvage) {
      const rest = this.#bytes % WORD_BYTES;
      this.#fail(
        "NMNIST_TRUNCATED",
        `Expected whole words of ${WORD_BYTES} bytes in ${this.#name}, found ${rest} at byte ${this.#bytes - rest}, where the file ends; the ${this.#delivered} events before it can be salvaged.`,
      );
    }
  }

  #heldEvents(): number {
    return this.#ready.reduce((sum, batch) => sum + batch.length, this.#columns.length);
  }

  #fail(code: string, message: string): never {
    this.#failure = dataError(code, message);
    throw this.#failure;
  }
}
