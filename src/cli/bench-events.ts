/** How fast the flagship for events is through the whole JavaScript path: a camera's batches of events in, class out. */
import { from, lastValueFrom, type Observable, repeat, toArray } from "rxjs";
import type { EventBatch, SpikeBatch } from "../core/batches.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { usageError } from "../core/errors.ts";
import { openPackagedDigits } from "../datasets/packaged-digits.ts";
import { EventGridEncoder } from "../encoders/event-grid.ts";
import type { SurfaceDescription } from "../model/surface-schema.ts";
import { SurfaceNetwork } from "../network/surface-network.ts";
import { through } from "../pipeline/operators/through.ts";
import { evaluateSurfaces } from "../pipeline/surface-trainer.ts";
import { createReadout, type FeatureReadout } from "../readout/feature-readout.ts";
import { SHOW_US } from "../sensors/digit-saccades.ts";
import { SimulatedDigitsSensor } from "../sensors/simulated-digits.ts";
import { describeSurfaceSystem } from "../systems/describe-system.ts";
import { flagshipEvents } from "../systems/flagship-events.ts";
import { type BenchOptions, type BenchRow, median, row, type Tick } from "./bench-rows.ts";

const SEED = 7;
/** How often a run shows the package's 400 digits, so that it takes about half a second. */
const ROUNDS = 4;

export const EVENT_ROWS = [
  "flagship-events.test",
  "flagship-events.test.events",
  "flagship-events.train",
  "flagship-events.train.events",
] as const;

type EventsRun = { readonly framesPerSecond: number; readonly eventsPerSecond: number };

/** A network and a readout that have learned the package's digits as a simulated camera sees them, and go on doing so. */
class EventsBench {
  /** Events a second of the camera while it looks at a digit. */
  readonly cameraRate: number;
  readonly #shown: readonly EventBatch[];
  readonly #frames: number;
  readonly #events: number;
  readonly #description: SurfaceDescription;
  readonly #network: SurfaceNetwork;
  readonly #readout: FeatureReadout;
  readonly #clock: Clock;

  private constructor(shown: readonly EventBatch[], frames: number, clock: Clock) {
    const events = shown.reduce((sum, { length }) => sum + length, 0);
    this.cameraRate = events / (frames * (SHOW_US / 1e6));
    this.#shown = shown;
    this.#frames = frames * ROUNDS;
    this.#events = events * ROUNDS;
    this.#description = describeSurfaceSystem(flagshipEvents, { seed: SEED, presentations: 0 });
    this.#network = SurfaceNetwork.create(this.#description);
    this.#readout = createReadout(this.#description.readout);
    this.#clock = clock;
  }

  static async open(clock: Clock): Promise<EventsBench> {
    const digits = openPackagedDigits();
    const camera = new SimulatedDigitsSensor({ seed: SEED, speed: "max", count: digits.count }, digits);
    const shown = await lastValueFrom(camera.open().pipe(toArray()));
    return new EventsBench(shown, digits.count, clock);
  }

  /** Learning off, from batches of events to classes. */
  test(): Promise<EventsRun> {
    const { classes } = this.#description.readout;
    const parts = { network: this.#network, readout: this.#readout, classes };
    return this.#timed(async () => {
      await lastValueFrom(evaluateSurfaces(this.#frames$(), parts, this.#clock));
    });
  }

  /** Each frame is learned by the prototypes, presented, and learned by the readout. */
  train(): Promise<EventsRun> {
    return this.#timed(() =>
      this.#frames$().forEach((frame) => {
        this.#network.learn(frame);
        this.#readout.learn(this.#network.present(frame), [frame.episode?.label ?? 0]);
      }),
    );
  }

  dispose(): void {
    this.#network.dispose();
    this.#readout.dispose();
  }

  /** What the camera saw, encoded anew. */
  #frames$(): Observable<SpikeBatch> {
    const { input, encoder, system } = this.#description;
    if (encoder.kind !== "event-grid") {
      throw usageError(
        "BENCH_ENCODER",
        `Expected ${system} to take events, found a ${encoder.kind} encoder.`,
      );
    }
    return from(this.#shown).pipe(repeat(ROUNDS), through(new EventGridEncoder(input, encoder)));
  }

  async #timed(work: () => Promise<void>): Promise<EventsRun> {
    const startUs = this.#clock.cpuUs();
    await work();
    const seconds = (this.#clock.cpuUs() - startUs) / 1e6;
    return { framesPerSecond: this.#frames / seconds, eventsPerSecond: this.#events / seconds };
  }
}

/** Steps that `eventRows` ticks. */
export const eventSteps = (runs: number): number => runs + 2;

/** The simulated camera looks at the 400 digits of the package, outside of the time: no data set is needed. */
export async function eventRows(
  { runs }: Pick<BenchOptions, "runs">,
  tick: Tick,
  clock: Clock = systemClock,
): Promise<BenchRow[]> {
  const bench = await EventsBench.open(clock);
  try {
    tick("camera");
    await bench.train();
    await bench.test();
    tick("warm-up, events");
    const tested: EventsRun[] = [];
    const trained: EventsRun[] = [];
    for (let run = 0; run < runs; run++) {
      tested.push(await bench.test());
      trained.push(await bench.train());
      tick(`run ${run + 1}, events`);
    }
    return [...rowsOf("test", tested, bench.cameraRate), ...rowsOf("train", trained, bench.cameraRate)];
  } finally {
    bench.dispose();
  }
}

function rowsOf(name: "test" | "train", runs: readonly EventsRun[], cameraRate: number): BenchRow[] {
  const frames = median(runs.map(({ framesPerSecond }) => framesPerSecond));
  const events = median(runs.map(({ eventsPerSecond }) => eventsPerSecond));
  const what = `the package's digits by a simulated camera, per CPU second${name === "train" ? ", both layers" : ""}`;
  return [
    row(`flagship-events.${name}`, frames, "frames/s", null, what),
    row(`flagship-events.${name}.events`, events, "events/s", cameraRate, "beside the camera's own rate"),
  ];
}
