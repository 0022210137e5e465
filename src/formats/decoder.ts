/**
 * What every decoder of event recordings is: a pull parser without I/O. The same bytes give the same batches,
 * however they are cut into chunks.
 */
import type { EventBatch } from "../core/batches.ts";

/** Exact accounting in words of the format: `words = markers + delivered + held + Σ dropped[reason]`. */
export type DecoderCounts = {
  /** Bytes taken in. */
  readonly bytes: number;
  /** Words read so far; at the end an incomplete last word is one. */
  readonly words: number;
  /** Words that by the format's rule carry no event, such as time overflows: no loss. */
  readonly markers: number;
  /** Events handed out by `next`. */
  readonly delivered: number;
  /** Events read and not yet handed out. */
  readonly held: number;
  readonly dropped: Readonly<Record<string, number>>;
};

export type EventDecoder = {
  /** Takes in (and copies) the next bytes. Call `next` until it answers undefined before appending more. */
  append(bytes: Uint8Array): void;
  /**
   * The next complete batch, or undefined when more bytes (or the end) are needed. Throws on bad data.
   * Batches follow one another in time; one that begins before the last event says that the clock was set back.
   */
  next(): EventBatch | undefined;
  /** No more bytes will come: `next` hands out what is left, then throws what was wrong with the end. */
  end(): void;
  counts(): DecoderCounts;
};
