/** An encoder whose time is booked, and whose frames know when their last events arrived. */
import type { EventBatch, SpikeBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { StageCounts } from "../core/telemetry.ts";
import type { Stage } from "../encoders/stage.ts";
import type { Meter } from "./meter.ts";

export type TimedFrame = {
  readonly frame: SpikeBatch;
  /** When the frame's last events arrived, on the monotonic clock. */
  readonly arrivedUs: number;
  /** When the frame was encoded. */
  readonly readyUs: number;
};

export class TimedEncoder implements Stage<EventBatch, TimedFrame> {
  readonly #stage: Stage<EventBatch, SpikeBatch>;
  readonly #meter: Meter;
  readonly #clock: Clock;
  #arrivedUs = 0;
  /** Spent on the frame that is open. */
  #spentUs = 0;

  constructor(stage: Stage<EventBatch, SpikeBatch>, meter: Meter, clock: Clock = systemClock) {
    this.#stage = stage;
    this.#meter = meter;
    this.#clock = clock;
  }

  push(batch: EventBatch): readonly TimedFrame[] {
    const nowUs = this.#clock.nowUs();
    const before = this.#arrivedUs;
    if (batch.length > 0 || before === 0) this.#arrivedUs = nowUs;
    const firstUs = batch.startUs + (batch.offsetUs[0] ?? 0);
    // A frame that was over before this batch began, or is another episode's, had its last events in one before.
    const hasEventsOf = ({ startUs, durationUs, episode }: SpikeBatch) =>
      batch.length > 0 && batch.episode?.index === episode?.index && firstUs < startUs + durationUs;
    return this.#timed(
      () => this.#stage.push(batch),
      (frame) => (hasEventsOf(frame) ? nowUs : before || nowUs),
    );
  }

  flush(): readonly TimedFrame[] {
    return this.#timed(
      () => this.#stage.flush(),
      () => this.#arrivedUs,
    );
  }

  reset(): void {
    this.#stage.reset();
  }

  counts(): StageCounts {
    return this.#stage.counts();
  }

  #timed(
    encode: () => readonly SpikeBatch[],
    arrivalOf: (frame: SpikeBatch) => number,
  ): readonly TimedFrame[] {
    const fromUs = this.#clock.nowUs();
    const frames = this.#meter.measure("encode", encode);
    const readyUs = this.#clock.nowUs();
    this.#spentUs += readyUs - fromUs;
    return frames.map((frame) => {
      this.#meter.took("encoder", this.#spentUs);
      this.#spentUs = 0;
      return { frame, arrivedUs: arrivalOf(frame), readyUs };
    });
  }
}
