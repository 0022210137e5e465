/**
 * The graph of the live path: sensor → encoder → queue → network → readout, and the view of it.
 * Paced sensors wait for nobody, so their frames stand in a short queue that drops the oldest when the network is
 * too slow. Other sensors bring the next batch when the last has been dealt with: no queue, no loss.
 */
import {
  asyncScheduler,
  defer,
  identity,
  map,
  NEVER,
  type Observable,
  type SchedulerLike,
  startWith,
  takeUntil,
  tap,
  withLatestFrom,
} from "rxjs";
import type { EventBatch, SpikeBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { dataError, usageError } from "../core/errors.ts";
import type { Decision, Snapshot, StageCounts } from "../core/telemetry.ts";
import { EventGridEncoder } from "../encoders/event-grid.ts";
import type { Stage } from "../encoders/stage.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { EventSensor } from "../sensors/sensor.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { EventPictureBuilder } from "./event-picture.ts";
import { FrameJudge, type LiveNetwork, type LiveReadout } from "./frame-judge.ts";
import { Meter } from "./meter.ts";
import { queued } from "./operators/queued.ts";
import { through } from "./operators/through.ts";

export type LiveOptions = {
  readonly sensor: EventSensor;
  readonly description: ModelDescription;
  readonly network: LiveNetwork;
  readonly readout: LiveReadout;
  /** Whether to learn; off until it says otherwise. */
  readonly learning$: Observable<boolean>;
  /** Its first value ends the pipeline in good order; windows still open are not presented. */
  readonly stop$?: Observable<unknown>;
  /** Accounts of stages behind the pipeline, for the view. */
  readonly furtherStages?: () => readonly StageCounts[];
};

/** Enough to ride out a hiccup; more would only make decisions late. */
const QUEUE_FRAMES = 4;

export class LiveGraph {
  readonly #options: LiveOptions;
  readonly #scheduler: SchedulerLike;
  readonly #meter: Meter;
  readonly #encoder: EventGridEncoder;
  readonly #queue: BoundedQueue<SpikeBatch> | undefined;
  readonly #picture: EventPictureBuilder;
  readonly #judge: FrameJudge;
  #learning = false;
  #decision: Decision | undefined;
  #snapshots = 0;

  constructor(options: LiveOptions, clock: Clock = systemClock, scheduler: SchedulerLike = asyncScheduler) {
    const { sensor, description, network, readout } = options;
    this.#options = options;
    this.#scheduler = scheduler;
    this.#encoder = encoderFor(sensor, description);
    this.#meter = new Meter(clock);
    this.#queue = sensor.paced
      ? new BoundedQueue({ capacity: QUEUE_FRAMES, policy: "drop-oldest" })
      : undefined;
    this.#picture = new EventPictureBuilder(description.input);
    this.#judge = new FrameJudge({ network, readout, meter: this.#meter });
  }

  /** Frames shown with learning on. */
  get framesLearned(): number {
    return this.#judge.framesLearned;
  }

  /** The running graph; to be subscribed once. */
  decisions(): Observable<Decision> {
    const { sensor, learning$, stop$ = NEVER } = this.#options;
    const queue = this.#queue;
    return defer(() => sensor.open()).pipe(
      tap((batch) => this.#see(batch)),
      through(metered(this.#encoder, this.#meter)),
      queue === undefined ? identity : queued(queue, this.#scheduler),
      withLatestFrom(this.#learn(learning$)),
      map(([frame, learn]) => this.#decide(frame, learn)),
      // Last, so that stopping does not flush half a window into the network.
      takeUntil(stop$),
    );
  }

  /** The view of this moment. */
  snapshot(state: Snapshot["state"], message?: string): Snapshot {
    const { sensor, description, furtherStages } = this.#options;
    return this.#meter.measure("other", () => ({
      sequence: this.#snapshots++,
      state,
      message: message ?? sensor.fault(),
      source: sensor.name,
      system: description.system,
      learning: this.#learning,
      classNames: description.readout.classNames,
      frames: this.#judge.frames,
      eventsPerSecond: this.#meter.eventsPerSecond(),
      decision: this.#decision,
      accuracy: this.#judge.accuracy(),
      speed: this.#meter.speed(),
      stages: [
        sensor.counts(),
        this.#encoder.counts(),
        ...(this.#queue === undefined ? [] : [this.#queue.counts()]),
        ...this.#judge.counts(),
        ...(furtherStages?.() ?? []),
      ],
      picture: this.#picture.take(),
    }));
  }

  #see(batch: EventBatch): void {
    this.#meter.measure("other", () => this.#picture.add(batch));
    this.#meter.events(batch.length);
  }

  #learn(learning$: Observable<boolean>): Observable<boolean> {
    return learning$.pipe(
      startWith(this.#learning),
      tap((on) => {
        this.#learning = on;
      }),
    );
  }

  #decide(frame: SpikeBatch, learn: boolean): Decision {
    this.#decision = this.#judge.judge(frame, { learn });
    return this.#decision;
  }
}

function encoderFor(sensor: EventSensor, description: ModelDescription): EventGridEncoder {
  const { system, encoder, input, layers, readout } = description;
  if (encoder.kind !== "event-grid") {
    throw usageError(
      "LIVE_ENCODER",
      `Expected a model that takes events for ${sensor.name}, found ${system}, which takes images; train one with \`spikeline train diehl-cook-events\`.`,
    );
  }
  if (sensor.width !== input.width || sensor.height !== input.height) {
    throw usageError(
      "LIVE_GEOMETRY",
      `Expected a sensor of ${input.width}×${input.height} pixels for ${system}, found ${sensor.width}×${sensor.height} in ${sensor.name}.`,
    );
  }
  const stage = new EventGridEncoder(input, encoder);
  if (stage.inputs !== layers[0].inputs || readout.classNames.length === 0) {
    throw dataError(
      "LIVE_INPUTS",
      `Expected ${stage.inputs} inputs in the network of ${system} for its event grid, found ${layers[0].inputs}.`,
    );
  }
  return stage;
}

/** The same stage, its time booked as encoding. */
function metered<In, Out>(stage: Stage<In, Out>, meter: Meter): Stage<In, Out> {
  return {
    push: (input) => meter.measure("encode", () => stage.push(input)),
    flush: () => meter.measure("encode", () => stage.flush()),
    reset: () => stage.reset(),
    counts: () => stage.counts(),
  };
}
