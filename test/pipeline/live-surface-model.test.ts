import { describe, expect, it } from "vitest";
import { decodeAnyModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { SurfaceModel } from "../../src/model/surface-schema.ts";
import { LiveSurfaceModel } from "../../src/pipeline/live-surface-model.ts";
import { linear, tinySurfaceDescription } from "../model/tiny-surface-model.ts";
import { barOf, bitsOf, capture, judge, surfaceModels } from "./surface-world.ts";

const { create, keep } = surfaceModels();
const on = { learn: true };
/** What a restart makes of it: to a file's bytes and back. */
const restarted = (model: LiveSurfaceModel) =>
  keep(LiveSurfaceModel.restore(decodeAnyModel(encodeModel(capture(model)), "again") as SurfaceModel));
const shareRight = (model: LiveSurfaceModel, from: number) => {
  const frames = Array.from({ length: 20 }, (_, k) => from + k);
  return frames.filter((i) => judge(model, i, { learn: false }).vote.label === i % 2).length / 20;
};

describe("a live model of surfaces", () => {
  it("learns classes from nothing but a source that says right or wrong", () => {
    const model = create();
    for (let i = 0; i < 60; i++) judge(model, i);
    expect(shareRight(model, 100)).toBe(1);
  });

  it("learns nothing from a source without truth, nor with learning off", () => {
    const model = create();
    for (let i = 0; i < 4; i++) judge(model, i);
    const weights = bitsOf(model)["readout.weights"];
    for (let i = 4; i < 20; i++) judge(model, i, { isLabelled: false });
    for (let i = 20; i < 40; i++) judge(model, i, { learn: false });
    expect(bitsOf(model)["readout.weights"]).toBe(weights);
  });

  it("tells of a frame what it answered, which features spoke, and their spikes on one line each", () => {
    const model = create();
    judge(model, 0);
    const { vote, group, said, features, output, spikes } = judge(model, 1, { learn: false });
    expect(vote.label).toBeTypeOf("number");
    expect(group).toBe(vote.label);
    expect([...Array.from(said)]).toEqual([0, 1].map((label) => (label === group ? 1 : 0)));
    expect(spikes).toBe(48);
    expect(Array.from(features ?? []).reduce((a, b) => a + b, 0)).toBe(48);
    expect(output).toMatchObject({ startUs: 20_000, durationUs: 10_000, length: 48 });
    expect(output.neuron.every((line) => line < model.units)).toBe(true);
  });

  it("answers nothing to a frame without events, and takes no reward for it", () => {
    const model = create();
    judge(model, 0);
    const silence = { ...barOf(1), offsetUs: new Uint32Array(0), neuron: new Uint32Array(0), length: 0 };
    const options = {
      id: 1,
      learn: true,
      framesLearned: 1,
      measure: <T>(_: string, work: () => T) => work(),
    };
    expect(model.judge(silence, options)).toMatchObject({ vote: { label: undefined }, group: undefined });
    expect(model.margins()).toBeUndefined();
    expect(model.reward({ kind: "reward", decision: 1, outcome: "right" }, on)).toBe("missed");
  });

  it("goes on, bit for bit, as the one it was saved from", () => {
    const model = create();
    for (let i = 0; i < 11; i++) judge(model, i);
    model.reward({ kind: "reward", decision: 9, outcome: "wrong", truth: "a chair" }, on);
    const again = restarted(model);
    expect(again.classNames).toEqual(["right", "down", "a chair"]);
    expect(bitsOf(again)).toEqual(bitsOf(model));
    for (let i = 20; i < 30; i++) expect(judge(again, i)).toEqual(judge(model, i));
    expect(bitsOf(again)).toEqual(bitsOf(model));
  });

  it("has after a reset, bit for bit, what a new one has, and claims no frames and no accuracy", () => {
    const model = create();
    const fresh = bitsOf(model);
    for (let i = 0; i < 8; i++) judge(model, i);
    model.reward({ kind: "reward", decision: 7, outcome: "wrong", truth: "a chair" }, on);
    expect(bitsOf(model)).not.toEqual(fresh);
    model.reset();
    expect(bitsOf(model)).toEqual(fresh);
    expect(model.classNames).toEqual(["right", "down"]);
    const { description } = model.capture({ framesLearned: 0, source: "bars" });
    expect(description).toMatchObject({ accuracy: [], provenance: { framesSeen: 0 } });
    expect(model.reward({ kind: "reward", decision: 7, outcome: "right" }, on)).toBe("missed");
  });

  it("keeps what was measured and counted while nothing is learned, and only then", () => {
    const model = create();
    const { accuracy } = tinySurfaceDescription();
    const still = model.capture({ framesLearned: 0, source: "bars" }).description;
    expect(still).toMatchObject({ accuracy, provenance: { framesSeen: 12, dataset: "made up" } });
    const learned = model.capture({ framesLearned: 5, source: "bars" }).description;
    expect(learned).toMatchObject({ accuracy: [], provenance: { framesSeen: 17, dataset: "bars" } });
  });

  it("refuses a readout that does not learn by reward", () => {
    expect(() => LiveSurfaceModel.create(tinySurfaceDescription(linear))).toThrow(
      expect.objectContaining({ code: "MODEL_KIND", message: expect.stringMatching(/^Expected .*linear/) }),
    );
  });
});

describe("the names of its classes", () => {
  it("are changed by hand, given back with an empty name, and never given twice", () => {
    const model = create();
    expect(model.name(1, "under")).toBe(true);
    expect(model.classNames).toEqual(["right", "under"]);
    expect(model.learned().groups.map(({ isGiven }) => isGiven)).toEqual([false, true]);
    expect(model.name(0, "under")).toBe(false);
    expect(model.name(1, "")).toBe(true);
    expect(model.classNames).toEqual(["right", "down"]);
  });
});

describe("what it has learned", () => {
  it("is shown as the mean frame of each class, and as prototypes, and forming until it has", () => {
    const model = create();
    expect(model.learned().groups.map(({ isForming }) => isForming)).toEqual([true, true]);
    for (let i = 0; i < 60; i++) judge(model, i);
    const { kind, planes, width, height, groups, groupOf, fields, features } = model.learned();
    expect({ kind, planes, width, height, groupOf }).toEqual({
      kind: "classes",
      planes: 1,
      width: 8,
      height: 6,
      groupOf: undefined,
    });
    expect(groups.map(({ isForming }) => isForming)).toEqual([false, false]);
    for (const label of [0, 1]) {
      const field = fields.subarray(label * 48, (label + 1) * 48);
      expect(field.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
    expect(features?.fields).toHaveLength(4 * 2 * 9);
  });

  it("is told as a wave once for each frame", () => {
    const model = create();
    judge(model, 0);
    const wave = model.takeWave();
    expect(wave).toMatchObject({ decision: 0, features: 4, width: 8, height: 6, shownOneIn: 1 });
    expect(wave?.feature).toHaveLength(wave?.offsetUs.length ?? 0);
    expect(wave?.feature.every((feature) => feature < 4)).toBe(true);
    expect(model.takeWave()).toBeUndefined();
    judge(model, 1);
    expect(model.takeWave()?.decision).toBe(1);
  });
});

describe("the margins of a decision", () => {
  it("are those of the frame's beginnings, and end with the decision's own", () => {
    const model = create();
    for (let i = 0; i < 30; i++) judge(model, i);
    const { vote } = judge(model, 30, { learn: false });
    const trace = model.margins();
    if (trace === undefined) throw new Error("Expected a trace.");
    const { margin, spikesSoFar, offsetUs, spikes, decision, decidedAt, enough } = trace;
    expect({ decision, spikes }).toEqual({ decision: 30, spikes: 48 });
    expect(margin).toHaveLength(48);
    expect(spikesSoFar.at(-1)).toBe(48);
    expect(margin.at(-1)).toBeCloseTo(vote.margin, 6);
    expect([...offsetUs].sort((a, b) => a - b)).toEqual(offsetUs);
    expect(decidedAt).toBe(
      margin.findIndex((lead) => lead >= enough) < 0 ? undefined : margin.findIndex((lead) => lead >= enough),
    );
    // Nothing of later events is in a beginning: cut there, the frame would have been answered with that margin.
    const at = 20;
    const cut = { ...barOf(30), length: at + 1, episode: { index: 30, name: "cut", label: undefined } };
    const measure = <T>(_: string, work: () => T) => work();
    const half = model.judge(cut, { id: 31, learn: false, framesLearned: 30, measure });
    expect(half.vote.margin).toBeCloseTo(margin[at] ?? -1, 6);
  });

  it("are told with the weights that decided, though the source rewards the decision", () => {
    const model = create();
    for (let i = 0; i < 7; i++) judge(model, i);
    const { vote } = judge(model, 7);
    expect(model.margins()?.margin.at(-1)).toBeCloseTo(vote.margin, 2);
  });
});
