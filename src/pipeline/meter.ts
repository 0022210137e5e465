/**
 * Measures the running pipeline: frames per second as the design defines them (frames ÷ busy time in encoder,
 * network and readout, apart for learning on and off), the live rate, the load, events and stream time per second,
 * and how long each stage takes with a frame.
 */
import { type Clock, systemClock } from "../core/clock.ts";
import { DurationHistogram } from "../core/duration-histogram.ts";
import type { Latency, Speed } from "../core/telemetry.ts";
import { FrameTimes } from "./frame-times.ts";
import { SlidingSum } from "./sliding-sum.ts";

const SECOND_US = 1_000_000;
const FPS_SPAN_US = 10 * SECOND_US;
/** Fewer frames than this say more about chance than about speed. */
const MIN_FRAMES = 30;

/** The parts whose time a frame is charged with, and everything else the pipeline does. */
export type MeteredPart = "encode" | "network" | "readout" | "other";

/** What a frame goes through, by the names of the stages; "answer" is all of it, from the last events' arrival. */
const TIMED = ["encoder", "queue", "network", "readout", "answer"] as const;
export type Timed = (typeof TIMED)[number];

export class Meter {
  readonly #clock: Clock;
  readonly #train = new FrameTimes({ spanUs: FPS_SPAN_US, minFrames: MIN_FRAMES });
  readonly #test = new FrameTimes({ spanUs: FPS_SPAN_US, minFrames: MIN_FRAMES });
  readonly #frames = new SlidingSum(SECOND_US);
  readonly #events = new SlidingSum(SECOND_US);
  readonly #stream = new SlidingSum(SECOND_US);
  readonly #busy = new SlidingSum(SECOND_US);
  readonly #took = new Map<Timed, DurationHistogram>();
  /** Busy time since the last finished frame. */
  #frameUs = 0;
  #streamUs: number | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Runs the work and books its time. Calls must not be nested. */
  measure<T>(part: MeteredPart, work: () => T): T {
    const fromUs = this.#clock.nowUs();
    try {
      return work();
    } finally {
      const toUs = this.#clock.nowUs();
      this.#busy.addInterval(fromUs, toUs);
      if (part !== "other") this.#frameUs += toUs - fromUs;
      if (part === "network" || part === "readout") this.took(part, toUs - fromUs);
    }
  }

  /** So long a frame took in a stage. */
  took(stage: Timed, durationUs: number): void {
    const histogram = this.#took.get(stage) ?? new DurationHistogram();
    this.#took.set(stage, histogram);
    histogram.add(this.#clock.nowUs(), durationUs);
  }

  /** A frame is finished: it is charged with all that was spent since the last one. */
  frame(options: { readonly learn: boolean }): void {
    const nowUs = this.#clock.nowUs();
    (options.learn ? this.#train : this.#test).add(nowUs, this.#frameUs);
    this.#frameUs = 0;
    this.#frames.add(nowUs, 1);
  }

  /** Events have come, and the stream's clock stands at `streamUs`. */
  events(count: number, streamUs: number): void {
    const nowUs = this.#clock.nowUs();
    this.#events.add(nowUs, count);
    const past = this.#streamUs;
    if (past !== undefined && streamUs > past) this.#stream.add(nowUs, streamUs - past);
    this.#streamUs = Math.max(past ?? streamUs, streamUs);
  }

  eventsPerSecond(): number {
    return this.#events.sum(this.#clock.nowUs());
  }

  latencies(): readonly Latency[] {
    const nowUs = this.#clock.nowUs();
    return TIMED.flatMap((name) => {
      const quantiles = this.#took.get(name)?.quantiles(nowUs);
      return quantiles === undefined ? [] : [{ name, p50Us: quantiles.p50Us, p99Us: quantiles.p99Us }];
    });
  }

  speed(): Speed {
    const nowUs = this.#clock.nowUs();
    return {
      trainFps: this.#train.framesPerSecond(nowUs),
      testFps: this.#test.framesPerSecond(nowUs),
      liveFps: this.#frames.sum(nowUs),
      load: Math.min(1, this.#busy.sum(nowUs) / SECOND_US),
      timesRealTime: this.#stream.sum(nowUs) / SECOND_US,
    };
  }
}
