/** One playing of a list of recordings: its place in the list, its clock, its accounts. It begins once and ends once. */
import type { Subscriber } from "rxjs";
import type { Episode, EventBatch } from "../core/batches.ts";
import type { Clock } from "../core/clock.ts";
import { dataError, SpikelineError } from "../core/errors.ts";
import type { StageCounts } from "../core/telemetry.ts";
import type { DecoderCounts, EventDecoder } from "../formats/decoder.ts";
import {
  type RecordingFormat,
  type Recording as SniffedRecording,
  sniffRecording,
} from "../formats/sniff.ts";
import { type Wait, waitUntil, yieldToLoop } from "./pace.ts";
import { MAX_SILENCE_US, type Placed, RecordingClock } from "./recording-clock.ts";
import { readChunks } from "./recording-file.ts";
import { readStandardInput, STANDARD_INPUT } from "./standard-input.ts";

export type Recording = {
  readonly path: string;
  readonly name: string;
  /** Class index, where it is known. */
  readonly label: number | undefined;
  /** The recording comes on standard input instead of from `path`, and these bytes have been read of it. */
  readonly head?: Uint8Array;
};

export type PlaybackSettings = {
  readonly name: string;
  readonly recordings: readonly Recording[];
  /** 1 plays at the sensor's pace, 2 twice as fast; "max" as fast as the consumer takes it. */
  readonly speed: number | "max";
  /** How often the whole list is played; Infinity plays until unsubscribed. */
  readonly passes: number;
  /** Silence between two recordings on the stream's clock. */
  readonly gapMs: number;
  /** Skip what cannot be read and keep what can, counted, instead of stopping. */
  readonly salvage: boolean;
  /** Size of the sensor: no recording may be larger. */
  readonly width: number;
  readonly height: number;
  /** Format, and size of the sensor, of recordings whose bytes do not say. */
  readonly format: RecordingFormat | undefined;
  readonly size: { readonly width: number; readonly height: number } | undefined;
};

export type Pace = { readonly clock: Clock; readonly wait: Wait; readonly signal: AbortSignal };

/** At speed "max" messages and timers get their turn after so many batches: some milliseconds of work. */
const YIELD_BATCHES = 32;

export class Playback {
  fault: string | undefined;
  readonly #settings: PlaybackSettings;
  readonly #pace: Pace;
  /** Where the stream's clock stood at 0. */
  readonly #anchorUs: number;
  /** Stream time at which the next recording begins. */
  #baseUs = 0;
  #episodes = 0;
  #batches = 0;
  #skipped = 0;
  /** Events of the open recording that were sent. */
  #emitted = 0;
  #decoder: EventDecoder | undefined;
  readonly #past = { bytes: 0, events: 0, emitted: 0, dropped: {} as Record<string, number> };

  constructor(settings: PlaybackSettings, pace: Pace) {
    this.#settings = settings;
    this.#pace = pace;
    this.#anchorUs = pace.clock.nowUs();
  }

  async run(subscriber: Subscriber<EventBatch>): Promise<void> {
    const { recordings, passes, name } = this.#settings;
    for (let pass = 0; pass < passes; pass++) {
      const before = this.#episodes;
      for (const recording of recordings) {
        await this.#playOrSkip(recording, subscriber);
        if (this.#pace.signal.aborted) return;
        await yieldToLoop();
      }
      if (this.#episodes === before) {
        throw dataError(
          "RECORDINGS_NONE",
          `Expected at least one readable recording with events among the ${recordings.length} of ${name}, found none${this.fault === undefined ? "." : `: ${this.fault}`}`,
        );
      }
    }
  }

  counts(): StageCounts {
    const open = this.#decoder?.counts();
    const dropped = { ...this.#past.dropped };
    if (open !== undefined) addCounts(dropped, open.dropped);
    return {
      name: "sensor",
      received: this.#past.events + (open === undefined ? 0 : eventWords(open)),
      delivered: this.#past.emitted + this.#emitted,
      held: open === undefined ? 0 : open.held + open.delivered - this.#emitted,
      dropped,
      unit: "events",
    };
  }

  bytes(): number {
    return this.#past.bytes + (this.#decoder?.counts().bytes ?? 0);
  }

  async #playOrSkip(recording: Recording, subscriber: Subscriber<EventBatch>): Promise<void> {
    const { salvage, recordings } = this.#settings;
    try {
      await this.#play(recording, subscriber);
    } catch (error) {
      if (!(error instanceof SpikelineError)) throw error;
      if (!salvage) {
        // An error overtakes what waits in queues behind: the gap that follows a recording lets them empty.
        await this.#keepPace(this.#baseUs);
        throw error;
      }
      this.#skipped++;
      this.fault = `${this.#skipped} of ${recordings.length} recordings could not be read to the end, the last because: ${error.message}`;
    }
  }

  async #play(recording: Recording, subscriber: Subscriber<EventBatch>): Promise<void> {
    const clock = new RecordingClock(this.#baseUs);
    let episode: Episode | undefined;
    try {
      for await (const batch of this.#decode(recording)) {
        const placed = clock.place(batch);
        if (placed.clock !== "runs") this.#sayClock(recording, placed);
        // What lies before and behind a clock that was set back is not one stretch of time.
        if (placed.clock === "back" && episode !== undefined) {
          subscriber.next(pauseAt(placed.startUs));
          episode = undefined;
        }
        await this.#keepPace(clock.endUs);
        if (this.#pace.signal.aborted) return;
        episode ??= { index: this.#episodes++, name: recording.name, label: recording.label };
        this.#emitted += batch.length;
        subscriber.next({ ...batch, startUs: placed.startUs, episode });
      }
    } finally {
      this.#closeAccount();
      // A recording cut short by a fault is over as well: whatever is open must not run into the next one.
      if (episode !== undefined && !this.#pace.signal.aborted) {
        this.#baseUs = clock.endUs + Math.round(this.#settings.gapMs * 1000);
        subscriber.next(pauseAt(clock.endUs));
      }
    }
  }

  async *#decode({ path, head }: Recording): AsyncGenerator<EventBatch> {
    const { salvage, format, size } = this.#settings;
    const { signal } = this.#pace;
    const options = { name: head === undefined ? path : STANDARD_INPUT, salvage, format, size };
    let first: Uint8Array = new Uint8Array(0);
    let decoder: EventDecoder | undefined;
    for await (const chunk of head === undefined ? readChunks(path) : readStandardInput(head, signal)) {
      if (decoder === undefined) {
        first = joined(first, chunk);
        const found = sniffRecording(first, { ...options, ended: false });
        if (found === undefined) continue;
        decoder = this.#open(found, options.name, first);
      } else {
        decoder.append(chunk);
      }
      yield* drain(decoder);
    }
    if (signal.aborted) return;
    decoder ??= this.#open(sniffRecording(first, options), options.name, first);
    decoder.end();
    yield* drain(decoder);
  }

  #open(recording: SniffedRecording, name: string, first: Uint8Array): EventDecoder {
    const { width, height } = this.#settings;
    if (recording.width > width || recording.height > height) {
      throw dataError(
        "RECORDING_LARGE",
        `Expected a recording of at most ${width}×${height} pixels, the size of the sensor, found ${recording.width}×${recording.height} in ${name}.`,
      );
    }
    recording.decoder.append(first);
    this.#decoder = recording.decoder;
    return recording.decoder;
  }

  /** Waits until the monotonic clock says that this stream time has come; errors of single waits do not add up. */
  async #keepPace(streamUs: number): Promise<void> {
    const { speed } = this.#settings;
    if (speed === "max") {
      if (++this.#batches % YIELD_BATCHES === 0) await yieldToLoop();
    } else {
      await waitUntil(this.#anchorUs + streamUs / speed, this.#pace);
    }
  }

  #sayClock({ path, head }: Recording, { startUs, clock, byUs }: Placed): void {
    const name = head === undefined ? path : STANDARD_INPUT;
    const found =
      clock === "back"
        ? `set back by ${byUs / 1000} ms; what was before stands for itself`
        : `leap ahead by ${byUs / 1e6} s; it is played as a silence of ${MAX_SILENCE_US / 1e6} s`;
    this.fault = `Expected the clock of ${name} to run on, at ${startUs / 1e6} s of the stream found it ${found}.`;
  }

  #closeAccount(): void {
    const counts = this.#decoder?.counts();
    if (counts === undefined) return;
    const past = this.#past;
    past.bytes += counts.bytes;
    past.events += eventWords(counts);
    past.emitted += this.#emitted;
    addCounts(past.dropped, counts.dropped);
    // Read but never sent, because reading failed or nobody listens any more.
    addCounts(past.dropped, { unfinished: counts.held + counts.delivered - this.#emitted });
    this.#emitted = 0;
    this.#decoder = undefined;
  }
}

function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(more)) {
    if (count > 0) sum[reason] = (sum[reason] ?? 0) + count;
  }
}

const eventWords = ({ words, markers }: DecoderCounts) => words - markers;

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

const pauseAt = (startUs: number): EventBatch => ({
  startUs,
  offsetUs: new Uint32Array(0),
  x: new Uint16Array(0),
  y: new Uint16Array(0),
  polarity: new Uint8Array(0),
  length: 0,
});

function* drain(decoder: EventDecoder): Generator<EventBatch> {
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) yield batch;
}
