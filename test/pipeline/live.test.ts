import { expand, from, map, Observable, throwError, timer, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { EXIT, SpikelineError } from "../../src/core/errors.ts";
import type { Snapshot } from "../../src/core/telemetry.ts";
import { livePipeline } from "../../src/pipeline/live.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import { tinyDescription } from "../model/tiny-model.ts";
import {
  batches,
  episodeBatch,
  eventDescription,
  fakeClock,
  fakeModel,
  fakeNetwork,
  fakeSensor,
  missingOf,
  optionsWith,
  stageOf,
  watch,
} from "./live-world.ts";

describe("the live pipeline", () => {
  it("decides each frame before it learns from its label: test first, then train", () => {
    const log: string[] = [];
    const sensor = fakeSensor(from([episodeBatch(0, 2), episodeBatch(1, 2), episodeBatch(2, 3, false)]));
    new LiveGraph(optionsWith({ sensor, learn: true }, log)).decisions().subscribe();
    expect(log).toEqual([
      "present r0 learning",
      "decide undefined",
      "learn 2",
      "present r1 learning",
      "decide 2",
      "learn 2",
      "present r2 learning",
      "decide undefined",
    ]);
  });

  it("neither learns nor names while learning is off, and follows the switch while it runs", () => {
    const log: string[] = [];
    const { snapshots } = watch(({ cold }) => {
      const sensor = fakeSensor(cold("a 99ms b 99ms c 99ms d 99ms |", batches));
      const control$ = cold("149ms t 99ms f", {
        t: { kind: "learning", on: true },
        f: { kind: "learning", on: false },
      } as const);
      return optionsWith({ sensor, control$ }, log);
    }, 1000);
    expect(log.filter((line) => /present|learn \d/.test(line))).toEqual([
      "present r0",
      "present r1 learning",
      "learn 1",
      "present r2",
      "present r3",
    ]);
    const switched = snapshots.map(({ learning }) => learning);
    expect(switched).toContain(true);
    expect(switched.at(-1)).toBe(false);
  });

  it("judges where the truth is known, over all and over the last hundred", () => {
    const sensor = fakeSensor(from(Array.from({ length: 150 }, (_, i) => episodeBatch(i))));
    const seen: Snapshot[] = [];
    livePipeline(optionsWith({ sensor, learn: true })).subscribe((snapshot) => seen.push(snapshot));
    // The first frame of each of the four classes cannot be known yet.
    expect(seen.at(-1)?.accuracy).toEqual({ right: 146, judged: 150, recent: 100, recentOf: 100 });
    expect(seen.at(-1)?.decision).toMatchObject({ id: 149, label: 1, truth: 1, name: "r149", spikes: 1 });
  });

  it("begins with an opening snapshot, gives 30 a second, and ends with a last one", () => {
    const { snapshots, error } = watch(
      ({ cold }) => optionsWith({ sensor: fakeSensor(cold("a 499ms b 499ms |", batches)) }),
      5000,
    );
    expect(error).toBeUndefined();
    expect(snapshots.map(({ sequence }) => sequence)).toEqual(snapshots.map((_, i) => i));
    expect(snapshots[0]).toMatchObject({ state: "opening", frames: 0, decision: undefined, source: "fake" });
    expect(snapshots.at(-1)).toMatchObject({ state: "ended", frames: 2, system: "tiny" });
    const running = snapshots.filter(({ state }) => state === "running");
    expect(running).toHaveLength(snapshots.length - 2);
    // Two of them for the two decisions.
    expect(running.length).toBeGreaterThanOrEqual(29 + 2);
    expect(running.length).toBeLessThanOrEqual(30 + 2);
  });

  it("gives a snapshot right behind a decision, but not more than ten a second", () => {
    const { snapshots, atMs } = watch(
      ({ cold }) => optionsWith({ sensor: fakeSensor(cold("8ms a 9ms b 239ms c 9s d|", batches)) }),
      1000,
    );
    expect(snapshots.map(({ decision }, i) => [atMs[i], decision?.name])).toContainEqual([18, "r0"]);
    expect(snapshots.map(({ decision }, i) => [atMs[i], decision?.name])).toContainEqual([258, "r1"]);

    const flood = watch(({ cold }) => {
      const flood$ = cold("a", batches).pipe(
        expand((batch) => timer(3).pipe(map(() => episodeBatch((batch.episode?.index ?? 0) + 1)))),
      );
      return optionsWith({ sensor: fakeSensor(flood$) });
    }, 2000);
    expect(flood.snapshots.at(-1)?.frames).toBeGreaterThan(600);
    expect(flood.snapshots.length).toBeGreaterThan(2 * 35);
    expect(flood.snapshots.length).toBeLessThanOrEqual(2 * (30 + 10) + 2);
  });

  it("tells of a failure in a last snapshot before the error", () => {
    const reason = new SpikelineError("SENSOR_LOST", EXIT.device, "Expected the camera to stay.");
    const { snapshots, error } = watch(
      ({ cold }) => optionsWith({ sensor: fakeSensor(cold("a 9ms #", batches, reason)) }),
      1000,
    );
    expect(error).toBe(reason);
    expect(snapshots.at(-1)).toMatchObject({ state: "failed", message: "Expected the camera to stay." });
  });

  it("turns an error inside the network into the same", () => {
    const present = () => {
      throw new Error("no such input");
    };
    const model = fakeModel([], { network: { ...fakeNetwork(), present } });
    const { snapshots, error } = watch(
      () => optionsWith({ model, sensor: fakeSensor(from([episodeBatch(0), episodeBatch(1)])) }),
      1000,
    );
    expect(error).toMatchObject({ message: "no such input" });
    expect(snapshots.at(-1)?.state).toBe("failed");
  });

  it("stops when asked: closes the sensor, presents no half window, and keeps the accounts", () => {
    const log: string[] = [];
    const { snapshots } = watch(({ cold }) => {
      const sensor = fakeSensor(cold("a 9ms b 9ms c 9s d|", batches), { log });
      const control$ = cold("100ms s", { s: { kind: "stop" } } as const);
      return optionsWith({ sensor, control$ }, log);
    }, 5000);
    expect(log.filter((line) => !line.startsWith("decide"))).toEqual(["present r0", "present r1", "closed"]);
    expect(snapshots.at(-1)).toMatchObject({ state: "ended", frames: 2 });
    expect(stageOf(snapshots.at(-1), "encoder")).toMatchObject({ received: 3, delivered: 2, held: 1 });
  });

  it("drops the oldest frames, counted, when a paced sensor is faster than the network", () => {
    const log: string[] = [];
    // All in one moment: the network gets no turn in between, as if it were busy all that time.
    const { snapshots } = watch(
      ({ cold }) =>
        optionsWith({ sensor: fakeSensor(cold("(abcdefghij) 99ms |", batches), { paced: true }) }, log),
      1000,
    );
    const queue = stageOf(snapshots.at(-1), "queue");
    expect(queue).toMatchObject({ received: 10, delivered: 5, held: 0, dropped: { "drop-oldest": 5 } });
    expect(log.filter((line) => line.startsWith("present"))).toEqual([
      "present r5",
      "present r6",
      "present r7",
      "present r8",
      "present r9",
    ]);
  });

  it("drops nothing when the sensor waits for its consumer", () => {
    const { snapshots } = watch(
      ({ cold }) => optionsWith({ sensor: fakeSensor(cold("(abcdefghij)|", batches)) }),
      1000,
    );
    expect(stageOf(snapshots.at(-1), "queue")).toBeUndefined();
    expect(stageOf(snapshots.at(-1), "network")).toMatchObject({ received: 10, delivered: 10 });
  });

  it("keeps exact accounts at every stage of every snapshot", () => {
    const { snapshots } = watch(
      ({ cold }) =>
        optionsWith({ sensor: fakeSensor(cold("(abc) 60ms (def) 60ms (ghij)|", batches), { paced: true }) }),
      1000,
    );
    expect(snapshots.length).toBeGreaterThan(3);
    for (const stage of snapshots.flatMap(({ stages }) => stages)) expect(missingOf(stage)).toBe(0);
  });

  it("gives each snapshot a picture of its own", () => {
    const { snapshots } = watch(
      ({ cold }) => optionsWith({ sensor: fakeSensor(cold("a 99ms b 99ms |", batches)) }),
      1000,
    );
    const pictures = snapshots.flatMap(({ picture }) =>
      picture === undefined ? [] : [picture.pixels.buffer],
    );
    expect(new Set(pictures).size).toBe(snapshots.length);
    expect(snapshots.at(-1)?.picture).toMatchObject({ width: 4, height: 1 });
  });

  it("refuses a model that takes images, another geometry, or another number of inputs", () => {
    const events = eventDescription();
    const wrong = {
      LIVE_ENCODER: tinyDescription(),
      LIVE_GEOMETRY: { ...events, input: { width: 34, height: 34 } },
      LIVE_INPUTS: { ...events, layers: tinyDescription({ inputs: 5 }).layers },
    };
    for (const [code, description] of Object.entries(wrong)) {
      let error: unknown;
      livePipeline(optionsWith({ model: fakeModel([], { description }) })).subscribe({
        error: (thrown: unknown) => {
          error = thrown;
        },
      });
      expect(error).toMatchObject({ code, message: expect.stringMatching(/^Expected /) });
    }
  });

  it("measures the frames per second of what was busy, not of what was waiting", () => {
    const { clock, passMs } = fakeClock();
    const slow = fakeNetwork();
    const network = {
      ...slow,
      present: (...args: Parameters<typeof slow.present>) => {
        passMs(10);
        return slow.present(...args);
      },
    };
    const batches$ = new Observable<ReturnType<typeof episodeBatch>>((subscriber) => {
      for (let i = 0; i < 40; i++) {
        passMs(90);
        subscriber.next(episodeBatch(i));
      }
      subscriber.complete();
    });
    const seen: Snapshot[] = [];
    const model = fakeModel([], { network });
    livePipeline(optionsWith({ model, sensor: fakeSensor(batches$), learn: true }), clock)
      .pipe(toArray())
      .subscribe((all) => seen.push(...all));
    const { trainFps, testFps, liveFps, load } = seen.at(-1)?.speed ?? {};
    expect(trainFps).toBeCloseTo(100, 6);
    expect(testFps).toBeUndefined();
    expect(liveFps).toBeGreaterThanOrEqual(9);
    expect(liveFps).toBeLessThanOrEqual(11);
    expect(load).toBeGreaterThan(0.09);
    expect(load).toBeLessThan(0.12);
  });

  it("passes a failing sensor on even when it fails at once", () => {
    const { snapshots, error } = watch(
      () => optionsWith({ sensor: fakeSensor(throwError(() => new Error("gone"))) }),
      100,
    );
    expect(error).toMatchObject({ message: "gone" });
    expect(snapshots.map(({ state }) => state)).toEqual(["opening", "failed"]);
  });
});
