/** Small fakes for the live path: a sensor played by hand, a network that answers at once, a clock. */
import { defer, finalize, type Observable, tap } from "rxjs";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import type { LiveNetwork, LiveReadout } from "../../src/pipeline/frame-judge.ts";
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

export function eventDescription(): ModelDescription {
  return {
    ...tinyDescription({ inputs: 4, neurons: 4, classes: 4 }),
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

/** Its neuron n fires as often as input n did. */
export function fakeNetwork(log: string[] = []): LiveNetwork {
  return {
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

/** A clock that only the test moves. */
export function fakeClock() {
  let nowUs = 1_000_000;
  const clock: Clock = { nowUs: () => nowUs, cpuUs: () => nowUs };
  const passMs = (milliseconds: number) => {
    nowUs += milliseconds * 1000;
  };
  return { clock, passMs };
}
