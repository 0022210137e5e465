/**
 * `sim:digits`: a simulated event camera looking at handwritten digits, each an episode of three saccades (300 ms), as
 * the recordings of N-MNIST are. Which digit comes when, the camera's flaws and its noise follow from the seed alone.
 * It loads no digits: they are given.
 */
import { Observable, type Subscriber } from "rxjs";
import type { Episode, EventBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { usageError } from "../core/errors.ts";
import { hashWords, permutation, Random } from "../core/random.ts";
import type { StageCounts } from "../core/telemetry.ts";
import { DIGIT_SIDE, drawDigit, SCENE_SIDE, SHOW_US, saccadeAt } from "./digit-saccades.ts";
import { DvsPixels } from "./dvs-model.ts";
import { type Wait, waitOnTimer, waitUntil, yieldToLoop } from "./pace.ts";
import type { EventSensor } from "./sensor.ts";

/** Images of 28 × 28, 0..255, one after another, and the class of each. */
export type Digits = { readonly images: Uint8Array; readonly labels: Uint8Array; readonly count: number };

export type SimulatedDigitsOptions = {
  readonly name?: string;
  readonly seed: number;
  /**
   * 1 shows in real time, 2 twice as fast; "max" as fast as the consumer takes it; "auto" in real time, until it is
   * asked to hurry.
   */
  readonly speed?: number | "max" | "auto";
  /** How many digits are shown; Infinity shows until unsubscribed. */
  readonly count?: number;
  /** Darkness between two digits, without events. */
  readonly gapMs?: number;
};

/**
 * Chosen so that a digit looks to the network as a recording of N-MNIST does. Means of 300 recordings and of 300 digits:
 * 4,043 and 4,095 events, 50 and 51 % of them ON, in 443 and 459 of the 1,156 pixels, at most 26 and 27 in a pixel.
 */
const CAMERA = {
  thresholdOn: 0.2,
  thresholdOff: 0.2,
  mismatch: 0.1,
  refractoryUs: 1200,
  noiseHz: 0.6,
  dark: 40,
} as const;

const STEP_US = 1000;
const BATCH_US = 10_000;
const GAP_MS = 100;
/** Nobody holds a digit before the camera twice in the same place: up to so many pixels off, each way. */
const PLACE_JITTER = 0.5;
/** Streams of random numbers of one seed, beside those of the pixels. */
const ORDER_STREAM = 11;
const PLACE_STREAM = 12;
const CAMERA_STREAM = 13;

type Settings = Required<SimulatedDigitsOptions>;
type Speed = number | "max";
type Pace = { readonly clock: Clock; readonly wait: Wait; readonly signal: AbortSignal };

export class SimulatedDigitsSensor implements EventSensor {
  readonly name: string;
  readonly width = SCENE_SIDE;
  readonly height = SCENE_SIDE;
  readonly #settings: Settings;
  readonly #digits: Digits;
  readonly #clock: Clock;
  readonly #wait: Wait;
  #speed: Speed;
  #show: Show | undefined;
  readonly hurry?: (on: boolean) => void;

  constructor(
    options: SimulatedDigitsOptions,
    digits: Digits,
    clock: Clock = systemClock,
    wait: Wait = waitOnTimer,
  ) {
    const settings = {
      name: "sim:digits",
      speed: 1,
      count: Number.POSITIVE_INFINITY,
      gapMs: GAP_MS,
      ...options,
    };
    checkSettings(settings, digits);
    this.name = settings.name;
    this.#speed = settings.speed === "auto" ? 1 : settings.speed;
    if (settings.speed === "auto") this.hurry = (on) => this.#setSpeed(on ? "max" : 1);
    this.#settings = settings;
    this.#digits = digits;
    this.#clock = clock;
    this.#wait = wait;
  }

  get paced(): boolean {
    return this.#speed !== "max";
  }

  open(): Observable<EventBatch> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const pace = { clock: this.#clock, wait: this.#wait, signal: abort.signal };
      const show = new Show(this.#settings, this.#digits, pace);
      show.setSpeed(this.#speed);
      this.#show = show;
      show.run(subscriber).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => abort.abort();
    });
  }

  counts(): StageCounts {
    const { made = 0, sent = 0, unfinished = 0 } = this.#show ?? {};
    return {
      name: "sensor",
      received: made,
      delivered: sent,
      held: made - sent - unfinished,
      dropped: unfinished > 0 ? { unfinished } : {},
      unit: "events",
    };
  }

  #setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#show?.setSpeed(speed);
  }

  /** It has no moving parts. */
  fault(): undefined {
    return undefined;
  }
}

function checkSettings({ name, speed, count, gapMs }: Settings, digits: Digits): void {
  const expect = (good: boolean, what: string, found: unknown) => {
    if (!good) throw usageError("SIMULATED_OPTION", `Expected ${what} for ${name}, found ${String(found)}.`);
  };
  const isSpeed = typeof speed === "string" || (speed > 0 && Number.isFinite(speed));
  expect(isSpeed, 'a speed above 0, "max" or "auto"', speed);
  expect(gapMs >= 0 && gapMs <= 3_600_000, "a gap of 0 to 3,600,000 ms", gapMs);
  expect(
    count === Number.POSITIVE_INFINITY || (Number.isSafeInteger(count) && count > 0),
    "a whole number of digits",
    count,
  );
  expect(digits.count > 0, "at least one digit to show", digits.count);
}

/** One opening of the sensor: its camera, its place in the order, its accounts. */
class Show {
  made = 0;
  sent = 0;
  /** Made, but nobody listened any more. */
  unfinished = 0;
  readonly #settings: Settings;
  readonly #digits: Digits;
  readonly #pace: Pace;
  /** Where the monotonic clock stood, or would have, when the stream's stood at 0; unset while it hurries. */
  #anchorUs: number | undefined;
  #speed: Speed = "max";
  readonly #periodUs: number;
  readonly #camera: DvsPixels;
  readonly #scene = new Float64Array(SCENE_SIDE * SCENE_SIDE);
  #order: Uint32Array = new Uint32Array(0);

  constructor(settings: Settings, digits: Digits, pace: Pace) {
    this.#settings = settings;
    this.#digits = digits;
    this.#pace = pace;
    this.#periodUs = SHOW_US + Math.round(settings.gapMs * 1000);
    const seed = hashWords(settings.seed, CAMERA_STREAM);
    this.#camera = new DvsPixels({ ...CAMERA, width: SCENE_SIDE, height: SCENE_SIDE, seed });
  }

  /** From the next batch on. */
  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#anchorUs = undefined;
  }

  async run(subscriber: Subscriber<EventBatch>): Promise<void> {
    for (let index = 0; index < this.#settings.count; index++) {
      await this.#showDigit(index, subscriber);
      if (this.#pace.signal.aborted) return;
      await yieldToLoop();
    }
  }

  async #showDigit(index: number, subscriber: Subscriber<EventBatch>): Promise<void> {
    const { images, labels } = this.#digits;
    const chosen = this.#choose(index);
    const digit = images.subarray(chosen * DIGIT_SIDE ** 2, (chosen + 1) * DIGIT_SIDE ** 2);
    const episode = { index, name: `digit ${chosen}`, label: labels[chosen] };
    const startUs = index * this.#periodUs;
    const place = this.#placeOf(index);
    this.#draw(digit, 0, place);
    this.#camera.settle(this.#scene, startUs);
    for (let sinceUs = 0; sinceUs < SHOW_US; sinceUs += BATCH_US) {
      for (let stepUs = STEP_US; stepUs <= BATCH_US; stepUs += STEP_US) {
        this.#draw(digit, sinceUs + stepUs, place);
        this.#camera.advance(this.#scene, startUs + sinceUs + stepUs);
      }
      await this.#send(subscriber, { ...this.#camera.take(startUs + sinceUs), episode });
      if (this.#pace.signal.aborted) return;
    }
    subscriber.next(pauseAt(startUs + SHOW_US));
  }

  /** Sends a batch when its end has come. */
  async #send(subscriber: Subscriber<EventBatch>, batch: EventBatch & { readonly episode: Episode }) {
    this.made += batch.length;
    await this.#keepPace(batch.startUs);
    if (this.#pace.signal.aborted) {
      this.unfinished += batch.length;
      return;
    }
    this.sent += batch.length;
    subscriber.next(batch);
  }

  async #keepPace(startUs: number): Promise<void> {
    const speed = this.#speed;
    if (speed === "max") return;
    this.#anchorUs ??= this.#pace.clock.nowUs() - startUs / speed;
    await waitUntil(this.#anchorUs + (startUs + BATCH_US) / speed, this.#pace);
  }

  /** Every digit once before any comes again, each time in another order. */
  #choose(index: number): number {
    const { count } = this.#digits;
    if (index % count === 0) {
      const key = hashWords(this.#settings.seed, ORDER_STREAM, Math.floor(index / count));
      this.#order = permutation(count, Random.fromKey(key));
    }
    return this.#order[index % count] ?? 0;
  }

  #placeOf(index: number) {
    const random = Random.fromKey(hashWords(this.#settings.seed, PLACE_STREAM, index));
    const off = () => (2 * random.nextUnit() - 1) * PLACE_JITTER;
    return { right: off(), down: off() };
  }

  #draw(digit: Uint8Array, sinceUs: number, place: { readonly right: number; readonly down: number }): void {
    const { right, down } = saccadeAt(sinceUs);
    drawDigit(digit, this.#scene, { right: right + place.right, down: down + place.down });
  }
}

const pauseAt = (startUs: number): EventBatch => ({
  startUs,
  offsetUs: new Uint32Array(0),
  x: new Uint16Array(0),
  y: new Uint16Array(0),
  polarity: new Uint8Array(0),
  length: 0,
});
