/**
 * Measures the running pipeline: frames per second as the design defines them (frames ÷ busy time in encoder,
 * network and readout, apart for learning on and off), the live rate, the load and the events per second.
 */
import { type Clock, systemClock } from "../core/clock.ts";
import type { Speed } from "../core/telemetry.ts";
import { FrameTimes } from "./frame-times.ts";
import { SlidingSum } from "./sliding-sum.ts";

const SECOND_US = 1_000_000;
const FPS_SPAN_US = 10 * SECOND_US;
/** Fewer frames than this say more about chance than about speed. */
const MIN_FRAMES = 30;

/** The parts whose time a frame is charged with, and everything else the pipeline does. */
export type MeteredPart = "encode" | "network" | "readout" | "other";

export class Meter {
  readonly #clock: Clock;
  readonly #train = new FrameTimes({ spanUs: FPS_SPAN_US, minFrames: MIN_FRAMES });
  readonly #test = new FrameTimes({ spanUs: FPS_SPAN_US, minFrames: MIN_FRAMES });
  readonly #frames = new SlidingSum(SECOND_US);
  readonly #events = new SlidingSum(SECOND_US);
  readonly #busy = new SlidingSum(SECOND_US);
  /** Busy time since the last finished frame. */
  #frameUs = 0;

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
    }
  }

  /** A frame is finished: it is charged with all that was spent since the last one. */
  frame(options: { readonly learn: boolean }): void {
    const nowUs = this.#clock.nowUs();
    (options.learn ? this.#train : this.#test).add(nowUs, this.#frameUs);
    this.#frameUs = 0;
    this.#frames.add(nowUs, 1);
  }

  events(count: number): void {
    this.#events.add(this.#clock.nowUs(), count);
  }

  eventsPerSecond(): number {
    return this.#events.sum(this.#clock.nowUs());
  }

  speed(): Speed {
    const nowUs = this.#clock.nowUs();
    return {
      trainFps: this.#train.framesPerSecond(nowUs),
      testFps: this.#test.framesPerSecond(nowUs),
      liveFps: this.#frames.sum(nowUs),
      load: Math.min(1, this.#busy.sum(nowUs) / SECOND_US),
    };
  }
}
