/** Surfaces in the running pipeline: in this process, in the thread of its own, and from a viewer's click on. */
import { rmSync } from "node:fs";
import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import type { Control } from "../../src/core/control.ts";
import { decodeAnyModel } from "../../src/model/load.ts";
import { isSurfaceModel, type SurfaceDescription } from "../../src/model/surface-schema.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import { LiveSurfaceModel } from "../../src/pipeline/live-surface-model.ts";
import { startWorker } from "../../src/pipeline/start-worker.ts";
import { watch } from "../cli/live-program.ts";
import { dashboardWorld } from "../dashboard/world.ts";
import { reward, tinySurfaceDescription } from "../model/tiny-surface-model.ts";
import { temporaryFolder } from "../sensors/recording-world.ts";
import { fakeClock, fakeSensor } from "./live-world.ts";
import { barEvents, bitsOf, labelledModel, surfaceModels } from "./surface-world.ts";
import { toySource } from "./worker-world.ts";

const { create, keep } = surfaceModels();

/** A running graph, whose frames and controls come when the test says so. */
function running({ learn = true, isLabelled = true, model = create(), frameMs = 600 } = {}) {
  const { clock, passMs } = fakeClock();
  const batch$ = new Subject<EventBatch>();
  const control$ = new Subject<Control>();
  const sensor = { ...fakeSensor(batch$), width: 8, height: 6 };
  const graph = new LiveGraph({ sensor, model, learn, control$ }, clock);
  graph.decisions().subscribe();
  let shown = 0;
  return {
    model,
    graph,
    passMs,
    show: (frames: number) => {
      for (let i = 0; i < frames; i++, shown++) {
        const { episode: _, ...events } = barEvents(shown, isLabelled);
        batch$.next(barEvents(shown, isLabelled));
        batch$.next({ ...events, startUs: events.startUs + 10_000, length: 0 });
        passMs(frameMs);
      }
    },
    send: (control: Control) => control$.next(control),
    view: () => graph.snapshot("running"),
  };
}

describe("the live pipeline with surfaces", () => {
  it("tells of margins, waves, classes and features, each as often as it is promised", () => {
    const { show, view } = running();
    show(12);
    const first = view();
    expect(first).toMatchObject({
      rewardable: "reward",
      margins: undefined,
      wave: { decision: 11 },
      learned: { kind: "classes", neurons: 4, groups: { length: 2 }, features: { count: 4, planes: 2 } },
    });
    expect(first.learned?.groupOfRow).toHaveLength(0);
    const shares = first.learned?.features?.share.reduce((sum, share) => sum + share, 0);
    expect(shares).toBeCloseTo(1, 5);
    expect(first.learned?.groups.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    const second = view();
    expect(second).toMatchObject({ margins: { decision: 11 }, wave: undefined, learned: undefined });
    expect(view().margins).toEqual(second.margins);
    // The answer itself does not wait for its margins; of a source that decides faster than is shown, one in two has some.
    const told = Array.from({ length: 6 }, () => {
      show(1);
      return view().margins?.decision;
    });
    expect(told).toEqual([undefined, 13, undefined, 15, undefined, 17]);
  });

  it("tells of no more than ten waves a second, of the newest frame when one is due", () => {
    const { show, view, passMs } = running({ frameMs: 30 });
    const told = Array.from({ length: 9 }, () => {
      show(1);
      return view().wave?.decision;
    });
    const u = undefined;
    expect(told).toEqual([0, u, u, u, 4, u, u, u, 8]);
    passMs(100);
    expect(view().wave).toBeUndefined();
  });

  it("counts what is said of answers, and what became of it", () => {
    const { model, show, send, view } = running({ isLabelled: false });
    show(3);
    const before = bitsOf(model)["readout.weights"];
    send({ kind: "reward", decision: 2, outcome: "wrong", truth: "a chair" });
    expect(view()).toMatchObject({
      rewards: { right: 0, wrong: 1, taught: 1, missed: 0 },
      classNames: ["right", "down", "a chair"],
    });
    expect(bitsOf(model)["readout.weights"]).not.toBe(before);
    send({ kind: "reward", decision: 500, outcome: "right" });
    expect(view().rewards).toEqual({ right: 1, wrong: 1, taught: 1, missed: 1 });
    send({ kind: "learning", on: false });
    const still = bitsOf(model);
    send({ kind: "reward", decision: 1, outcome: "wrong", truth: "a table" });
    expect(view().rewards).toEqual({ right: 1, wrong: 2, taught: 1, missed: 1 });
    expect(bitsOf(model)).toEqual(still);
    expect(view().classNames).toEqual(["right", "down", "a chair"]);
  });

  it("keeps decisions that were shown until somebody can click on them, though a thousand came since", () => {
    const { show, send, view } = running({ isLabelled: false });
    show(2);
    expect(view().decision?.id).toBe(1);
    show(300);
    send({ kind: "reward", decision: 1, outcome: "right" });
    send({ kind: "reward", decision: 150, outcome: "right" });
    expect(view().rewards).toEqual({ right: 2, wrong: 0, taught: 1, missed: 1 });
  });
});

describe("the live pipeline with a readout that was told labels when it was trained", () => {
  it("says with learning on that nothing is learned, and no weight is told to move", () => {
    const { graph, show, send, view } = running({ model: keep(LiveSurfaceModel.restore(labelledModel())) });
    show(4);
    expect(graph.framesLearned).toBe(0);
    const [first, sentence] = [view(), /^Learning is on but changes nothing/];
    expect(first).toMatchObject({ rewardable: "count", message: expect.stringMatching(sentence) });
    expect(first).toMatchObject({ accuracy: { judged: 4, right: 4 }, wave: { decision: 3 } });
    show(6);
    expect(view().learned?.changePerMinute).toBe(0);
    expect(view()).toMatchObject({ margins: { decision: 9 } });
    send({ kind: "reward", decision: 9, outcome: "wrong", truth: "a chair" });
    expect(view()).toMatchObject({
      rewards: { right: 0, wrong: 1, taught: 0, missed: 0 },
      classNames: ["right", "down"],
    });
    send({ kind: "learning", on: false });
    expect(view().message).toBeUndefined();
  });

  it("says nothing of the kind where something is learned", () => {
    const { graph, show, view } = running();
    show(2);
    expect(view().message).toBeUndefined();
    expect(graph.framesLearned).toBe(2);
  });
});

/** The tiny surfaces before a camera of 34 × 34 pixels. */
function wideDescription(): SurfaceDescription {
  const description = tinySurfaceDescription({
    ...reward,
    pooling: { ...reward.pooling, width: 34, height: 34 },
    classes: 3,
    classNames: ["a", "b", "c"],
  });
  return {
    ...description,
    input: { width: 34, height: 34 },
    encoder: { kind: "event-grid", pool: 1, polarity: "split", window: { by: "time", durationMs: 20 } },
  };
}

describe("surfaces in the pipeline thread", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("learn, and go on from the file's bytes that come out", async () => {
    const fresh = { source: toySource(folder), learn: true, wantModel: true };
    const first = await startWorker({ ...fresh, model: { description: wideDescription() } }).result;
    expect(first.snapshot).toMatchObject({ state: "ended", frames: 9, rewardable: "reward" });
    const bytes = first.model ?? new Uint8Array(0);
    const second = await startWorker({ ...fresh, learn: false, model: { bytes, name: "mine" } }).result;
    const [before, after] = [bytes, second.model ?? bytes].map((model) => decodeAnyModel(model, "m"));
    expect(after?.description).toEqual(before?.description);
    expect(after?.tensors.get("readout.weights")).toEqual(before?.tensors.get("readout.weights"));
  });

  it("learn from a viewer's click: counts and weights change, and a new name is a class", async () => {
    const source = toySource(folder, { speed: 1, passes: Number.POSITIVE_INFINITY });
    const start = { source, learn: true, wantModel: true, model: { description: wideDescription() } };
    const pipeline = startWorker(start);
    const world = await dashboardWorld({
      snapshots$: pipeline.snapshots$,
      onControl: (control) => pipeline.send(control),
    });
    const viewer = await watch(`${world.url}#token=${world.token}`);
    const { decision } = await viewer.snapshot((snapshot) => snapshot.decision?.label !== undefined);
    viewer.send({ kind: "reward", decision: decision?.id ?? -1, outcome: "wrong", truth: "a chair" });
    const taught = await viewer.snapshot(({ rewards }) => rewards.wrong === 1);
    expect(taught).toMatchObject({ rewards: { wrong: 1, taught: 1, missed: 0 } });
    expect(taught.classNames).toEqual(["a", "b", "c", "a chair"]);
    const ended = viewer.snapshot(({ state }) => state === "ended");
    await pipeline.stop();
    await ended;
    const { model } = await pipeline.result;
    const learned = decodeAnyModel(model ?? new Uint8Array(0), "taught");
    if (!isSurfaceModel(learned)) throw new Error("Expected a surface model.");
    expect(learned.description.readout.classNames).toEqual(["a", "b", "c", "a chair"]);
    expect(learned.tensors.get("readout.weights")?.shape).toEqual([32, 12]);
    await world.end();
  });
});
