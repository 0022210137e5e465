import { asapScheduler, lastValueFrom, Subject, tap, toArray, VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import type { Control } from "../../src/core/control.ts";
import type { Decision } from "../../src/core/telemetry.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import type { LiveNetwork } from "../../src/pipeline/clocked-frames.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import { SimulatedDigitsSensor } from "../../src/sensors/simulated-digits.ts";
import { waitingClock } from "../sensors/recording-world.ts";
import {
  episodeBatch,
  eventDescription,
  fakeModel,
  fakeNetwork,
  fakeSensor,
  hurriedSensor,
  missingOf,
  optionsWith,
  stageOf,
} from "./live-world.ts";

const learning = (on: boolean): Control => ({ kind: "learning", on });

/** A hurried sensor played by hand before a network that is busy until the test gives it a turn. */
function world() {
  const batch$ = new Subject<EventBatch>();
  const control$ = new Subject<Control>();
  const log: string[] = [];
  const scheduler = new VirtualTimeScheduler();
  const sensor = hurriedSensor(batch$, { log });
  const graph = new LiveGraph(optionsWith({ sensor, control$ }, log), undefined, scheduler);
  graph.decisions().subscribe();
  return {
    graph,
    log,
    push: (index: number) => batch$.next(episodeBatch(index)),
    turn: () => scheduler.flush(),
    send: (control: Control) => control$.next(control),
    presented: () => log.filter((line) => line.startsWith("present")),
    queue: () => stageOf(graph.snapshot("running"), "queue"),
  };
}

describe("a source that hurries while it learns", () => {
  it("is told to when learning is switched, and at the beginning", () => {
    const { log, send } = world();
    expect(log).toEqual(["real time"]);
    send(learning(true));
    send(learning(false));
    send({ kind: "reset" });
    expect(log).toEqual(["real time", "hurry", "real time", "reset"]);

    const other: string[] = [];
    new LiveGraph(optionsWith({ sensor: hurriedSensor(new Subject(), { log: other }), learn: true }));
    expect(other).toEqual(["hurry"]);
  });

  it("has its waiting frames presented first and in order when it begins to hurry, and none dropped", () => {
    const { push, turn, send, presented, queue } = world();
    for (let i = 0; i < 5; i++) push(i);
    expect(presented()).toEqual([]);
    expect(queue()).toMatchObject({ received: 4, held: 4, limit: 4 });
    send(learning(true));
    push(5);
    push(6);
    expect(presented()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `present r${i} learning`));
    expect(queue()).toMatchObject({ received: 6, delivered: 6, held: 0, dropped: {} });

    // Back in real time: frames wait for their turn again, and the oldest go when there are too many.
    send(learning(false));
    for (let i = 7; i < 13; i++) push(i);
    expect(queue()).toMatchObject({ received: 12, delivered: 6, held: 4, dropped: { "drop-oldest": 2 } });
    turn();
    expect(presented().slice(6)).toEqual([8, 9, 10, 11].map((i) => `present r${i}`));
    expect(queue()).toMatchObject({ received: 12, delivered: 10, held: 0, dropped: { "drop-oldest": 2 } });
  });

  it("leaves what waits to its turn when nothing comes any more", () => {
    const { push, turn, send, presented } = world();
    for (let i = 0; i < 3; i++) push(i);
    send(learning(true));
    turn();
    expect(presented()).toEqual(["present r0 learning", "present r1 learning"]);
  });

  it("brings every digit once and in order through switching on and off, with exact accounts", async () => {
    const lit = new Uint8Array(2 * 784).fill(255, 300, 400).fill(255, 1000, 1300);
    const digits = { images: lit, labels: Uint8Array.of(0, 1), count: 2 };
    const { clock, wait } = waitingClock(0);
    const options = { seed: 3, speed: "auto", count: 12, gapMs: 500 } as const;
    const sensor = new SimulatedDigitsSensor(options, digits, clock, wait);
    const control$ = new Subject<Control>();
    const inputs = 34 * 34;
    const {
      layers: [layer],
      ...rest
    } = eventDescription();
    const input = { width: 34, height: 34 };
    const description: ModelDescription = { ...rest, input, layers: [{ ...layer, inputs }] };
    const seen: string[] = [];
    const still = fakeNetwork();
    const network: LiveNetwork = {
      ...still,
      inputs,
      present: (spikes, { learn }) => {
        seen.push(`${spikes.startUs / 800_000} ${spikes.length}${learn ? " learning" : ""}`);
        return { counts: new Uint16Array(4), output: { ...spikes, length: 0 }, unlisted: 0, inputSpikes: 0 };
      },
    };
    const model = fakeModel([], { description, network });
    const graph = new LiveGraph({ sensor, model, control$ }, clock, asapScheduler);
    const decidedMs: number[] = [];
    const decide = tap(({ id }: Decision) => {
      decidedMs.push(clock.nowUs() / 1000);
      if (id === 2) control$.next(learning(true));
      if (id === 7) control$.next(learning(false));
    });
    const decisions = await lastValueFrom(graph.decisions().pipe(decide, toArray()));

    const calm = new SimulatedDigitsSensor({ ...options, speed: "max" }, digits);
    const batches = await lastValueFrom(calm.open().pipe(toArray()));
    const expected = Array.from({ length: 12 }, (_, index) => {
      const own = batches.filter(({ episode }) => episode?.index === index);
      const events = own.reduce((sum, { length }) => sum + length, 0);
      return `${index} ${events}${index > 2 && index <= 7 ? " learning" : ""}`;
    });
    expect(seen).toEqual(expected);
    expect(decisions.map(({ id }) => id)).toEqual([...new Array(12).keys()]);
    const stepsMs = decidedMs.slice(1).map((ms, i) => Math.round(ms - (decidedMs[i] ?? 0)));
    // In real time every 800 ms; five hurried; the pause behind the last of them is not waited for.
    expect(stepsMs).toEqual([800, 800, 0, 0, 0, 0, 0, 300, 800, 800, 800]);
    const { stages } = graph.snapshot("ended");
    for (const stage of stages) expect(missingOf(stage)).toBe(0);
    expect(stages.find(({ name }) => name === "queue")).toMatchObject({
      received: 12,
      delivered: 12,
      held: 0,
    });
  });

  it("has a queue even where it hurries from the start, and another sensor that waits has none", () => {
    const graph = new LiveGraph(optionsWith({ sensor: hurriedSensor(new Subject()), learn: true }));
    expect(stageOf(graph.snapshot("opening"), "queue")).toBeDefined();
    const patient = new LiveGraph(optionsWith({ sensor: fakeSensor(new Subject()), learn: true }));
    expect(stageOf(patient.snapshot("opening"), "queue")).toBeUndefined();
  });
});
