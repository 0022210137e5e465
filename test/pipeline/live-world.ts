/** Small fakes for the live path: a sensor played by hand, a model that answers at once, a clock. */
import { defer, finalize, NEVER, type Observable, tap } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Snapshot, StageCounts } from "../../src/core/telemetry.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import {
  type ClockedParts,
  followGroups,
  judgeClocked,
  type LiveNetwork,
  type LiveReadout,
  learnedByGroups,
} from "../../src/pipeline/clocked-frames.ts";
import { livePipeline } from "../../src/pipeline/live.ts";
import type { LiveOptions } from "../../src/pipeline/live-graph.ts";
import type { LiveModel } from "../../src/pipeline/live-model.ts";
import { NeuronGroups } from "../../src/readout/neuron-groups.ts";
import type { EventSensor } from "../../src/sensors/sensor.ts";
import { tinyDescription } from "../model/tiny-model.ts";

/** One event, at pixel `label` of a 4×1 sensor, in an episode of its own; its truth may be kept back. */
export function episodeBatch(index: number, label = index % 4, isLabelled = true): EventBatch {
  return {
    startUs: index * 1000,
    offsetUs: Uint32Array.of(1),
    x: Uint16Array.of(label),
    y: Uint16Array.of(0),
    polarity: Uint8Array.of(1),
    length: 1,
    episode: { index, name: `r${index}`, label: isLabelled ? label : undefined },
  };
}

/** Batches by letter, for marbles. */
export const batches: Readonly<Record<string, EventBatch>> = Object.fromEntries(
  [..."abcdefghij"].map((key, i) => [key, episodeBatch(i)]),
);

export function eventDescription(neurons = 4): ModelDescription {
  return {
    ...tinyDescription({ inputs: 4, neurons, classes: 4 }),
    encoder: { kind: "event-grid", pool: 1, polarity: "merge", window: { by: "episode" } },
  };
}

/** A sensor of 4×1 pixels that plays what it is given; `log` hears when it is closed. */
export function fakeSensor(
  batches$: Observable<EventBatch>,
  options: { readonly paced?: boolean; readonly log?: string[] } = {},
): EventSensor {
  const { paced = false, log = [] } = options;
  let sent = 0;
  return {
    name: "fake",
    width: 4,
    height: 1,
    paced,
    open: () =>
      defer(() => batches$).pipe(
        tap(({ length }) => {
          sent += length;
        }),
        finalize(() => log.push("closed")),
      ),
    counts: () => ({ name: "sensor", received: sent, delivered: sent, held: 0, dropped: {}, unit: "events" }),
    fault: () => undefined,
  };
}

/** The same sensor, which hurries when asked: it is paced until then. `log` hears of it. */
export function hurriedSensor(
  batches$: Observable<EventBatch>,
  { log = [] }: { readonly log?: string[] } = {},
): EventSensor {
  let paced = true;
  const hurry = (on: boolean) => {
    paced = !on;
    log.push(on ? "hurry" : "real time");
  };
  const sensor = { ...fakeSensor(batches$, { log }), hurry };
  return Object.defineProperty(sensor, "paced", { get: () => paced });
}

/** Its neuron n fires as often as input n did. */
export function fakeNetwork(log: string[] = []): LiveNetwork {
  return {
    neurons: 4,
    inputs: 4,
    fields: () => new Float32Array(16).fill(1),
    present: (spikes: SpikeBatch, { learn }) => {
      log.push(`present ${spikes.episode?.name}${learn ? " learning" : ""}`);
      const counts = new Uint16Array(4);
      for (const neuron of spikes.neuron) counts[neuron] = (counts[neuron] ?? 0) + 1;
      return { counts, output: spikes, unlisted: 0, inputSpikes: spikes.length };
    },
  };
}

/** Knows a neuron's class once it has been told. */
export function fakeReadout(log: string[] = []): LiveReadout {
  const classOf = new Map<number, number>();
  return {
    forgetBy: () => undefined,
    assignments: () => Int16Array.from({ length: 4 }, (_, neuron) => classOf.get(neuron) ?? -1),
    given: () => new Int32Array(4).fill(-1),
    decide: (counts) => {
      const label = classOf.get(counts.findIndex((count) => count > 0));
      log.push(`decide ${label}`);
      return { label, margin: 1, confidence: 1, shares: [0, 0, 0, 0] };
    },
    learn: (counts, labels) => {
      log.push(`learn ${labels[0]}`);
      classOf.set(
        counts.findIndex((count) => count > 0),
        labels[0] ?? -1,
      );
    },
  };
}

type FakeParts = ClockedParts & {
  readonly description: ModelDescription;
  readonly classNames: readonly string[];
};

/** Four neurons in one real group; `log` hears all that it is asked. */
export function fakeModel(log: string[] = [], over: Partial<FakeParts> = {}): LiveModel & FakeParts {
  const description = over.description ?? eventDescription();
  const parts = {
    description,
    network: fakeNetwork(log),
    readout: fakeReadout(log),
    groups: new NeuronGroups({ neurons: 4, seed: 1 }),
    classNames: description.readout.classNames,
    ...over,
  };
  const { system, input, encoder, layers } = description;
  let counts: Uint16Array = new Uint16Array(0);
  return {
    ...parts,
    ...{ system, input, encoder, inputs: layers[0].inputs },
    units: parts.network.neurons,
    groupCount: parts.groups.count,
    rewardable: "count",
    enough: 0.1,
    judge: (frame, options) => {
      const judged = judgeClocked(parts, frame, options);
      counts = judged.counts;
      return judged;
    },
    follow: (options) => followGroups(parts, counts, options),
    show: () => undefined,
    margins: () => undefined,
    takeWave: () => undefined,
    learned: () => learnedByGroups(parts, parts),
    reset: () => log.push("reset"),
    name: (group, name) => log.push(`name ${group} ${name}`) > 0,
    reward: () => "counted",
    capture: () => ({ description, tensors: new Map() }),
    dispose: () => log.push("disposed"),
  };
}

/** A pipeline of fakes that nobody controls, but for what is given. */
export const optionsWith = (over: Partial<LiveOptions>, log: string[] = []): LiveOptions => ({
  sensor: fakeSensor(NEVER),
  model: fakeModel(log),
  control$: NEVER,
  ...over,
});

/** Runs under virtual time and returns all snapshots, and when each came. */
export function watch(
  make: (helpers: { cold: TestScheduler["createColdObservable"] }) => LiveOptions,
  untilMs: number,
): { readonly snapshots: Snapshot[]; readonly atMs: number[]; readonly error: unknown } {
  const snapshots: Snapshot[] = [];
  const atMs: number[] = [];
  let error: unknown;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold }) => {
    const clock = { nowUs: () => scheduler.now() * 1000, cpuUs: () => 0 };
    const subscription = livePipeline(make({ cold }), clock, scheduler).subscribe({
      next: (snapshot) => {
        snapshots.push(snapshot);
        atMs.push(scheduler.now());
      },
      error: (thrown: unknown) => {
        error = thrown;
      },
    });
    scheduler.schedule(() => subscription.unsubscribe(), untilMs);
  });
  return { snapshots, atMs, error };
}

export const stageOf = (snapshot: Snapshot | undefined, name: string): StageCounts | undefined =>
  snapshot?.stages.find((stage) => stage.name === name);

/** Received beyond what is accounted for; 0 where the accounts are exact. */
export const missingOf = ({ received, delivered, held, dropped }: StageCounts): number =>
  received - delivered - held - Object.values(dropped).reduce((sum, n) => sum + n, 0);

/** A clock that only the test moves. */
export function fakeClock() {
  let nowUs = 1_000_000;
  const clock: Clock = { nowUs: () => nowUs, cpuUs: () => nowUs };
  const passMs = (milliseconds: number) => {
    nowUs += milliseconds * 1000;
  };
  return { clock, passMs };
}
