import { Subject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import type { Control } from "../../src/core/control.ts";
import { LiveClockedModel } from "../../src/pipeline/live-clocked-model.ts";
import { LiveGraph, type LiveOptions } from "../../src/pipeline/live-graph.ts";
import { fakeClock, fakeModel, fakeSensor, missingOf } from "./live-world.ts";
import { bitsOf, eventsOf, trainableDescription } from "./trainable-world.ts";

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

/** A running graph with a real model, whose frames and controls come when the test says so. */
function running(over: Partial<LiveOptions> = {}) {
  const model = LiveClockedModel.create(trainableDescription());
  open.push(model);
  const { clock, passMs } = fakeClock();
  const batch$ = new Subject<EventBatch>();
  const control$ = new Subject<Control>();
  const log: string[] = [];
  const graph = new LiveGraph(
    { sensor: fakeSensor(batch$, { log }), model, control$, onNamed: () => log.push("named"), ...over },
    clock,
  );
  let state: "running" | "ended" | Error = "running";
  graph.decisions().subscribe({
    complete: () => {
      state = "ended";
    },
    error: (error: Error) => {
      state = error;
    },
  });
  let shown = 0;
  return {
    model,
    graph,
    log,
    passMs,
    state: () => state,
    /** Shows whole frames: the empty batch behind each closes it. */
    show: (frames: number) => {
      for (let i = 0; i < frames; i++, shown++) {
        const { episode: _, ...events } = eventsOf(shown);
        batch$.next(eventsOf(shown));
        batch$.next({ ...events, startUs: events.startUs + 50_000, length: 0 });
        passMs(10);
      }
    },
    /** Begins a frame that nothing closes. */
    begin: () => batch$.next(eventsOf(shown++)),
    send: (control: Control) => control$.next(control),
    view: () => graph.snapshot("running"),
  };
}

describe("learning, switched while it runs", () => {
  it("moves the weights of the frames that follow, and of no others", () => {
    const { model, graph, send, show, view } = running();
    show(4);
    const fresh = bitsOf(model);
    expect(view()).toMatchObject({ learning: false, frames: 4 });
    send({ kind: "learning", on: true });
    expect(bitsOf(model)).toEqual(fresh);
    show(8);
    expect(graph.framesLearned).toBe(8);
    const learned = bitsOf(model);
    expect(learned["layer0.weights"]).not.toBe(fresh["layer0.weights"]);
    expect(learned["readout.response"]).not.toBe(fresh["readout.response"]);
    send({ kind: "learning", on: false });
    show(8);
    expect(bitsOf(model)["layer0.weights"]).toBe(learned["layer0.weights"]);
    expect(bitsOf(model)["readout.response"]).toBe(learned["readout.response"]);
    expect(graph.framesLearned).toBe(8);
    expect(view()).toMatchObject({ learning: false, frames: 20 });
  });

  it("is done with the frame that is open when it comes, for it acts between frames", () => {
    const { graph, send, show, begin } = running();
    begin();
    send({ kind: "learning", on: true });
    show(1);
    // The open frame and the one shown after it.
    expect(graph.framesLearned).toBe(2);
  });
});

describe("a reset while it runs", () => {
  it("gives the weights of a new model, and no names, accuracy, answer or learned frames of the old one", () => {
    const { model, graph, send, show, view } = running({ learn: true });
    const fresh = bitsOf(model);
    show(40);
    send({ kind: "name", group: 0, name: "Ada" });
    const before = view();
    expect(before.accuracy).toMatchObject({ judged: 40, recentOf: 40 });
    expect(before.classNames).toContain("Ada");
    expect(bitsOf(model)).not.toEqual(fresh);

    send({ kind: "reset" });
    expect(bitsOf(model)).toEqual(fresh);
    expect(graph.framesLearned).toBe(0);
    const after = view();
    expect(after.accuracy).toEqual({ right: 0, judged: 0, recent: 0, recentOf: 0 });
    expect(after.decision).toBeUndefined();
    expect(after.classNames).toEqual(["class 0", "class 1", "class 2", "class 3"]);
    expect(after.learned?.groups.map(({ name, isGiven, share }) => ({ name, isGiven, share }))).toEqual(
      new Array(2).fill({ name: undefined, isGiven: false, share: 0 }),
    );
    // What went through stays counted, and decisions go on counting up.
    expect(after.frames).toBe(40);
    show(1);
    expect(view()).toMatchObject({
      frames: 41,
      learning: true,
      decision: { id: 40 },
      accuracy: { judged: 1 },
    });
  });

  it("makes it learn from there as a new one does, also with other groups than before", () => {
    const first = running({ learn: true });
    first.show(310);
    expect(first.model.groups.isSorted).toBe(true);
    first.send({ kind: "reset" });
    const reset = bitsOf(first.model);
    const second = running({ learn: true });
    expect(reset).toEqual(bitsOf(second.model));
    // The frames differ, for the stream goes on; what is done with them does not.
    first.show(4);
    second.show(314);
    expect(first.model.groups.isSorted).toBe(false);
    first.send({ kind: "reset" });
    second.send({ kind: "reset" });
    first.show(20);
    second.show(20);
    expect(bitsOf(first.model)).toEqual(bitsOf(second.model));
  });
});

describe("a group named while it runs", () => {
  it("is called so at once, and its neurons answer so", () => {
    const { model, log, send, show, view } = running();
    show(4);
    const unnamed = view();
    expect(unnamed.decision?.label).toBeUndefined();
    expect(unnamed.decision?.group).toBeTypeOf("number");
    expect(view().learned).toBeUndefined();

    for (const group of [0, 1]) send({ kind: "name", group, name: "Ada" });
    expect(log).toEqual(["named", "named"]);
    const named = view();
    expect(named.classNames).toEqual(["class 0", "class 1", "class 2", "class 3", "Ada"]);
    expect(named.learned?.groups).toMatchObject(new Array(2).fill({ name: "Ada", isGiven: true }));
    show(1);
    expect(view().decision).toMatchObject({ label: 4, shares: [0, 0, 0, 0, 1] });
    expect(model.classNames).toEqual(named.classNames);

    for (const group of [0, 1]) send({ kind: "name", group, name: "" });
    show(1);
    expect(view().decision?.label).toBeUndefined();
  });

  it("is left alone where there is none, and the pipeline goes on", () => {
    const { log, send, show, state, view } = running();
    show(1);
    send({ kind: "name", group: 2, name: "Ada" });
    send({ kind: "name", group: 39, name: "" });
    show(1);
    expect(state()).toBe("running");
    expect(view()).toMatchObject({ frames: 2, classNames: { length: 4 } });
    expect(log).toEqual([]);
  });
});

describe("a stop while it runs", () => {
  it("closes the sensor, presents no half frame and keeps the accounts", () => {
    const { log, send, show, begin, state, view } = running();
    show(2);
    begin();
    send({ kind: "stop" });
    expect(state()).toBe("ended");
    expect(log).toEqual(["closed"]);
    const { frames, stages } = view();
    expect(frames).toBe(2);
    for (const stage of stages) expect(missingOf(stage)).toBe(0);
    expect(stages.find(({ name }) => name === "encoder")).toMatchObject({ received: 1200, held: 400 });
  });

  it("hears nothing any more of what is asked afterwards", () => {
    const log: string[] = [];
    const { send, view } = running({ model: fakeModel(log) });
    send({ kind: "stop" });
    send({ kind: "reset" });
    send({ kind: "name", group: 0, name: "Ada" });
    send({ kind: "learning", on: true });
    expect(log).toEqual([]);
    expect(view().learning).toBe(false);
  });
});

describe("what lookers-on say of answers", () => {
  it("is counted and changes no weight, for votes do not learn from it", () => {
    const { model, show, send, view } = running();
    show(2);
    const weights = bitsOf(model);
    expect(view()).toMatchObject({ rewardable: "count", rewards: { right: 0, wrong: 0 } });
    send({ kind: "reward", decision: 1, outcome: "right" });
    send({ kind: "reward", decision: 0, outcome: "wrong", truth: "a chair" });
    send({ kind: "reward", decision: 0, outcome: "wrong" });
    expect(view().rewards).toEqual({ right: 1, wrong: 2, taught: 0, missed: 0 });
    expect(bitsOf(model)).toEqual(weights);
  });
});
