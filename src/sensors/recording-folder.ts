/**
 * Plays a list of N-MNIST recordings one after another as one stream of events on one continuous clock.
 * Each recording is an episode; after each comes an empty batch without an episode, saying that it is over.
 * It does not look into folders: the list is given.
 */
import { Observable, type Subscriber } from "rxjs";
import type { EventBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { dataError, SpikelineError, usageError } from "../core/errors.ts";
import type { StageCounts } from "../core/telemetry.ts";
import type { DecoderCounts } from "../formats/decoder.ts";
import { NmnistDecoder } from "../formats/nmnist.ts";
import { type Wait, waitOnTimer, waitUntil, yieldToLoop } from "./pace.ts";
import { readChunks } from "./recording-file.ts";
import type { EventSensor } from "./sensor.ts";

export type Recording = {
  readonly path: string;
  readonly name: string;
  readonly label: number | undefined;
};

export type RecordingFolderOptions = {
  readonly name: string;
  readonly recordings: readonly Recording[];
  /** 1 plays at the sensor's pace, 2 twice as fast; "max" as fast as the consumer takes it. */
  readonly speed?: number | "max";
  /** How often the whole list is played; Infinity plays until unsubscribed. */
  readonly passes?: number;
  /** Silence between two recordings on the stream's clock. */
  readonly gapMs?: number;
  /** Skip what cannot be read and keep what can, counted, instead of stopping. */
  readonly salvage?: boolean;
  readonly width?: number;
  readonly height?: number;
};

type Settings = Required<RecordingFolderOptions>;

export class RecordingFolderSensor implements EventSensor {
  readonly name: string;
  readonly paced: boolean;
  readonly width: number;
  readonly height: number;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #wait: Wait;
  #playback: Playback | undefined;

  constructor(options: RecordingFolderOptions, clock: Clock = systemClock, wait: Wait = waitOnTimer) {
    const settings = { speed: 1, passes: 1, gapMs: 100, salvage: false, width: 34, height: 34, ...options };
    checkSettings(settings);
    this.name = settings.name;
    this.paced = settings.speed !== "max";
    this.width = settings.width;
    this.height = settings.height;
    this.#settings = settings;
    this.#clock = clock;
    this.#wait = wait;
  }

  open(): Observable<EventBatch> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const playback = new Playback(this.#settings, this.#clock, this.#wait, abort.signal);
      this.#playback = playback;
      playback.run(subscriber).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => abort.abort();
    });
  }

  counts(): StageCounts {
    return this.#playback?.counts() ?? { ...NOTHING, name: "sensor", unit: "events" };
  }

  fault(): string | undefined {
    return this.#playback?.fault;
  }

  /** Bytes read since opening. */
  bytes(): number {
    return this.#playback?.bytes() ?? 0;
  }
}

const NOTHING = { received: 0, delivered: 0, held: 0, dropped: {} };

function checkSettings({ name, recordings, speed, passes, gapMs }: Settings): void {
  const expect = (good: boolean, what: string, found: unknown) => {
    if (!good) throw usageError("RECORDINGS_OPTION", `Expected ${what} for ${name}, found ${String(found)}.`);
  };
  expect(recordings.length > 0, "at least one recording", recordings.length);
  expect(speed === "max" || (speed > 0 && Number.isFinite(speed)), 'a speed above 0 or "max"', speed);
  expect(
    passes === Number.POSITIVE_INFINITY || (Number.isInteger(passes) && passes > 0),
    "whole passes",
    passes,
  );
  expect(gapMs >= 0 && gapMs <= 3_600_000, "a gap of 0 to 3,600,000 ms", gapMs);
}

/** One opening of the sensor: its place in the list, its clock, its accounts. */
class Playback {
  fault: string | undefined;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #wait: Wait;
  readonly #signal: AbortSignal;
  /** Where the stream's clock stood at the monotonic clock's `#anchorUs`. */
  readonly #anchorUs: number;
  /** Stream time at which the next recording begins. */
  #baseUs = 0;
  #episode = 0;
  /** Events of the open recording that were sent. */
  #emitted = 0;
  #decoder: NmnistDecoder | undefined;
  readonly #past = { bytes: 0, events: 0, emitted: 0, dropped: {} as Record<string, number> };

  constructor(settings: Settings, clock: Clock, wait: Wait, signal: AbortSignal) {
    this.#settings = settings;
    this.#clock = clock;
    this.#wait = wait;
    this.#signal = signal;
    this.#anchorUs = clock.nowUs();
  }

  async run(subscriber: Subscriber<EventBatch>): Promise<void> {
    const { recordings, passes, name } = this.#settings;
    for (let pass = 0; pass < passes; pass++) {
      const before = this.#episode;
      for (const recording of recordings) {
        await this.#playOrSkip(recording, subscriber);
        if (this.#signal.aborted) return;
        await yieldToLoop();
      }
      if (this.#episode === before) {
        throw dataError(
          "RECORDINGS_NONE",
          `Expected at least one readable recording among the ${recordings.length} of ${name}, found none; the last fault was: ${this.fault}`,
        );
      }
    }
  }

  async #playOrSkip(recording: Recording, subscriber: Subscriber<EventBatch>): Promise<void> {
    try {
      await this.#play(recording, subscriber);
    } catch (error) {
      if (!this.#settings.salvage || !(error instanceof SpikelineError)) throw error;
      this.fault = error.message;
    }
  }

  async #play(recording: Recording, subscriber: Subscriber<EventBatch>): Promise<void> {
    const { width, height, salvage, gapMs } = this.#settings;
    const decoder = new NmnistDecoder({ name: recording.path, width, height, salvage });
    this.#decoder = decoder;
    const episode = { index: this.#episode, name: recording.name, label: recording.label };
    let endUs = this.#baseUs;
    try {
      for await (const batch of decodeFile(recording.path, decoder)) {
        const placed = { ...batch, startUs: this.#baseUs + batch.startUs, episode };
        endUs = placed.startUs + (batch.offsetUs[batch.length - 1] ?? 0) + 1;
        await this.#keepPace(endUs);
        if (this.#signal.aborted) return;
        this.#emitted += batch.length;
        subscriber.next(placed);
      }
    } finally {
      this.#closeAccount(decoder);
      // A recording cut short by a fault is over as well: whatever is open must not run into the next one.
      if (endUs > this.#baseUs && !this.#signal.aborted) {
        this.#episode++;
        this.#baseUs = endUs + Math.round(gapMs * 1000);
        subscriber.next(pauseAt(endUs));
      }
    }
  }

  /** Waits until the monotonic clock says that this stream time has come; errors of single waits do not add up. */
  async #keepPace(streamUs: number): Promise<void> {
    const { speed } = this.#settings;
    if (speed === "max") return;
    const pace = { clock: this.#clock, wait: this.#wait, signal: this.#signal };
    await waitUntil(this.#anchorUs + streamUs / speed, pace);
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

  #closeAccount(decoder: NmnistDecoder): void {
    const counts = decoder.counts();
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

const pauseAt = (startUs: number): EventBatch => ({
  startUs,
  offsetUs: new Uint32Array(0),
  x: new Uint16Array(0),
  y: new Uint16Array(0),
  polarity: new Uint8Array(0),
  length: 0,
});

async function* decodeFile(path: string, decoder: NmnistDecoder): AsyncGenerator<EventBatch> {
  for await (const chunk of readChunks(path)) {
    decoder.append(chunk);
    yield* drain(decoder);
  }
  decoder.end();
  yield* drain(decoder);
}

function* drain(decoder: NmnistDecoder): Generator<EventBatch> {
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) yield batch;
}
