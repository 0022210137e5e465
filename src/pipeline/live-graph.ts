/**
 * The graph of the live path: sensor → encoder → queue → network → readout, and the view of it.
 * Paced sensors wait for nobody, so their frames stand in a short queue that drops the oldest when the network is
 * too slow. Other sensors bring the next batch when the last has been dealt with: no waiting, no loss.
 */
import {
  asyncScheduler,
  defer,
  filter,
  identity,
  map,
  type Observable,
  type SchedulerLike,
  startWith,
  takeUntil,
  tap,
  withLatestFrom,
} from "rxjs";
import type { EventBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Control, Reward } from "../core/control.ts";
import type { Decision, FrameWave, MarginTrace, Rewards, Snapshot, StageCounts } from "../core/telemetry.ts";
import type { EventSensor } from "../sensors/sensor.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { encoderFor } from "./encoder-for.ts";
import { EventPictureBuilder } from "./event-picture.ts";
import { FrameJudge } from "./frame-judge.ts";
import { LearnedView } from "./learned-view.ts";
import type { LiveModel } from "./live-model.ts";
import { Meter } from "./meter.ts";
import { queued } from "./operators/queued.ts";
import { through } from "./operators/through.ts";
import { RasterBuilder } from "./raster-builder.ts";
import { TimedEncoder, type TimedFrame } from "./timed-encoder.ts";

export type LiveOptions = {
  readonly sensor: EventSensor;
  readonly model: LiveModel;
  /** Learn from the first frame on. */
  readonly learn?: boolean;
  /** What the outside asks while it runs; "stop" ends it in good order: windows still open are not presented. */
  readonly control$: Observable<Control>;
  /** Accounts of stages behind the pipeline, for the view. */
  readonly furtherStages?: () => readonly StageCounts[];
  /** What else the reader should know, such as a save that failed. */
  readonly notice?: () => string | undefined;
  /** A group was named by hand. */
  readonly onNamed?: () => void;
};

/** Enough to ride out a hiccup; more would only make decisions late. */
const QUEUE_FRAMES = 4;
/** Of the time, for tracing how decisions came about. */
const MOST_TRACE_LOAD = 0.05;
/** A wave is some 8 kB: of a hurried source nobody could look at more. */
const WAVE_EVERY_US = 100_000;

export class LiveGraph {
  readonly #options: LiveOptions;
  readonly #scheduler: SchedulerLike;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #encoder: TimedEncoder;
  readonly #queue: BoundedQueue<TimedFrame> | undefined;
  readonly #picture: EventPictureBuilder;
  readonly #raster: RasterBuilder;
  readonly #learnedView: LearnedView;
  readonly #judge: FrameJudge;
  #learning: boolean;
  #decision: Decision | undefined;
  /** What lookers-on said about answers. */
  #rewards: Rewards = { right: 0, wrong: 0, taught: 0, missed: 0 };
  #snapshots = 0;
  /** The decision of the last snapshot. */
  #shownId: number | undefined;
  #trace: MarginTrace | undefined;
  #traceDueUs = Number.NEGATIVE_INFINITY;
  #waveDueUs = Number.NEGATIVE_INFINITY;

  constructor(options: LiveOptions, clock: Clock = systemClock, scheduler: SchedulerLike = asyncScheduler) {
    const { sensor, model, learn = false } = options;
    this.#options = options;
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#meter = new Meter(clock);
    this.#encoder = new TimedEncoder(encoderFor(sensor, model), this.#meter, clock);
    const mayWait = sensor.paced || sensor.hurry !== undefined;
    this.#queue = mayWait ? new BoundedQueue({ capacity: QUEUE_FRAMES, policy: "drop-oldest" }) : undefined;
    this.#picture = new EventPictureBuilder(sensor);
    this.#raster = new RasterBuilder(model.units);
    const rows = Array.from({ length: this.#raster.rows }, (_, row) => this.#raster.neuronOf(row));
    this.#learnedView = new LearnedView(rows, clock);
    this.#judge = new FrameJudge({ model, meter: this.#meter });
    this.#learning = learn;
    sensor.hurry?.(learn);
  }

  /** Frames shown with learning on, since the weights were fresh or loaded. */
  get framesLearned(): number {
    return this.#judge.framesLearned;
  }

  /** Whether frames are learned from: where nothing can be, none counts as learned, nor is it saved as such. */
  get #learns(): boolean {
    return this.#learning && this.#options.model.whyStill === undefined;
  }

  /** The running graph; to be subscribed once. */
  decisions(): Observable<Decision> {
    const { sensor, control$ } = this.#options;
    const queue = this.#queue;
    return defer(() => sensor.open()).pipe(
      tap((batch) => this.#see(batch)),
      through(this.#encoder),
      queue === undefined ? identity : queued({ queue, isOpen: () => !sensor.paced }, this.#scheduler),
      // Controls act when they come, between two frames; the last one itself says nothing to a frame.
      withLatestFrom(
        control$.pipe(
          tap((control) => this.#obey(control)),
          startWith(undefined),
        ),
      ),
      map(([frame]) => this.#decide(frame)),
      // Last, so that stopping does not flush half a window into the network.
      takeUntil(control$.pipe(filter(({ kind }) => kind === "stop"))),
    );
  }

  /**
   * Told again with every snapshot of its decision, but not with the first, which does not wait for it; where every
   * snapshot is of another decision, of one in two. Traced only so often that frames do not wait for it.
   */
  #margins(): MarginTrace | undefined {
    if (this.#decision === undefined) return undefined;
    const { model } = this.#options;
    const { id } = this.#decision;
    model.show(id);
    if (this.#trace?.decision === id) return this.#trace;
    const before = this.#shownId;
    this.#shownId = id;
    if (before === undefined || (before !== id && before === this.#trace?.decision)) return undefined;
    const nowUs = this.#clock.nowUs();
    if (nowUs < this.#traceDueUs) return undefined;
    this.#trace = model.margins();
    this.#traceDueUs = nowUs + (this.#clock.nowUs() - nowUs) / MOST_TRACE_LOAD;
    return this.#trace;
  }

  #wave(): FrameWave | undefined {
    const nowUs = this.#clock.nowUs();
    if (nowUs < this.#waveDueUs) return undefined;
    const wave = this.#options.model.takeWave();
    if (wave !== undefined) this.#waveDueUs = nowUs + WAVE_EVERY_US;
    return wave;
  }

  /** The view of this moment; what it tells of spikes and of what was learned is not told again. */
  snapshot(state: Snapshot["state"], message?: string): Snapshot {
    const { sensor, model, furtherStages, notice } = this.#options;
    return this.#meter.measure("other", () => ({
      sequence: this.#snapshots++,
      state,
      message: message ?? sensor.fault() ?? notice?.() ?? (this.#learning ? model.whyStill : undefined),
      source: sensor.name,
      system: model.system,
      learning: this.#learning,
      classNames: model.classNames,
      frames: this.#judge.frames,
      eventsPerSecond: this.#meter.eventsPerSecond(),
      decision: this.#decision,
      margins: this.#margins(),
      enough: model.enough,
      accuracy: this.#judge.accuracy(),
      rewardable: model.rewardable,
      rewards: this.#rewards,
      speed: this.#meter.speed(),
      latencies: this.#meter.latencies(),
      stages: [
        sensor.counts(),
        this.#encoder.counts(),
        ...(this.#queue === undefined ? [] : [this.#queue.counts()]),
        ...this.#judge.counts(),
        ...(furtherStages?.() ?? []),
      ],
      picture: this.#picture.take(),
      raster: this.#raster.take(),
      wave: this.#wave(),
      learned: this.#learnedView.take(model, { learning: this.#learning }),
    }));
  }

  #see(batch: EventBatch): void {
    this.#meter.measure("other", () => this.#picture.add(batch));
    this.#meter.events(batch.length, batch.startUs);
  }

  #obey(control: Control): void {
    const { sensor, model, onNamed } = this.#options;
    switch (control.kind) {
      case "learning":
        this.#learning = control.on;
        sensor.hurry?.(control.on);
        break;
      case "reset":
        model.reset();
        this.#judge.startOver();
        this.#learnedView.regroup();
        this.#learnedView.renew();
        this.#decision = undefined;
        break;
      case "name":
        // A group that is not there is a page that is out of date: nothing to name, nothing to stop for.
        if (control.group >= model.groupCount || !model.name(control.group, control.name)) break;
        this.#learnedView.renew();
        onNamed?.();
        break;
      case "reward":
        this.#reward(control);
        break;
      case "stop":
        break;
    }
  }

  #decide({ frame, arrivedUs, readyUs }: TimedFrame): Decision {
    const { model } = this.#options;
    if (this.#queue !== undefined) this.#meter.took("queue", this.#clock.nowUs() - readyUs);
    const { decision, judged } = this.#judge.judge(frame, { learn: this.#learns, arrivedUs });
    this.#meter.took("answer", this.#clock.nowUs() - arrivedUs);
    this.#meter.measure("other", () => {
      const { startUs, endUs, label, group, truth } = decision;
      const right = truth === undefined ? undefined : label === truth;
      this.#raster.add(frame, judged.output, { startUs, endUs, label, group, right });
      this.#learnedView.add(judged);
      if (model.follow({ learn: this.#learning })) this.#learnedView.regroup();
    });
    this.#decision = decision;
    return decision;
  }

  #reward(reward: Reward): void {
    const { outcome } = reward;
    const became = this.#meter.measure("other", () =>
      this.#options.model.reward(reward, { learn: this.#learning }),
    );
    const counted = { ...this.#rewards, [outcome]: this.#rewards[outcome] + 1 };
    this.#rewards = became === "counted" ? counted : { ...counted, [became]: counted[became] + 1 };
  }
}
