/**
 * Plays a list of recordings one after another as one stream of events on one continuous clock. Each recording is of
 * any format that can be told by its bytes, its name or the options, and is an episode; after each comes an empty
 * batch without an episode, saying that it is over. It does not look into folders: the list is given.
 */
import { Observable } from "rxjs";
import type { EventBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { usageError } from "../core/errors.ts";
import type { StageCounts } from "../core/telemetry.ts";
import { type Wait, waitOnTimer } from "./pace.ts";
import { Playback, type PlaybackSettings } from "./playback.ts";
import type { EventSensor } from "./sensor.ts";

export type RecordingFolderOptions = Pick<PlaybackSettings, "name" | "recordings"> &
  Partial<PlaybackSettings>;

export class RecordingFolderSensor implements EventSensor {
  readonly name: string;
  readonly paced: boolean;
  readonly width: number;
  readonly height: number;
  readonly #settings: PlaybackSettings;
  readonly #clock: Clock;
  readonly #wait: Wait;
  #playback: Playback | undefined;

  constructor(options: RecordingFolderOptions, clock: Clock = systemClock, wait: Wait = waitOnTimer) {
    const settings = { ...DEFAULTS, ...options };
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
      const playback = new Playback(this.#settings, {
        clock: this.#clock,
        wait: this.#wait,
        signal: abort.signal,
      });
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

const DEFAULTS = {
  speed: 1,
  passes: 1,
  gapMs: 100,
  salvage: false,
  width: 34,
  height: 34,
  format: undefined,
  size: undefined,
};
const NOTHING = { received: 0, delivered: 0, held: 0, dropped: {} };

function checkSettings({ name, recordings, speed, passes, gapMs }: PlaybackSettings): void {
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
