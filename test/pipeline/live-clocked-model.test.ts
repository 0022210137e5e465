import { afterEach, describe, expect, it } from "vitest";
import { decodeModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import { LiveClockedModel } from "../../src/pipeline/live-clocked-model.ts";
import { bitsOf, frameOf, teach, trainableDescription } from "./trainable-world.ts";

const made: LiveClockedModel[] = [];
const keep = (model: LiveClockedModel) => {
  made.push(model);
  return model;
};
const create = (description: ModelDescription = trainableDescription()) =>
  keep(LiveClockedModel.create(description));
/** What a restart makes of it: to a file's bytes and back. */
const restarted = (model: LiveClockedModel, framesLearned = 0) => {
  const bytes = encodeModel(model.capture({ framesLearned, source: "toys" }));
  return keep(LiveClockedModel.restore(decodeModel(bytes, "again")));
};
afterEach(() => {
  for (const model of made.splice(0)) model.dispose();
});

/** A frame in which the neurons of a group fired once each. */
const voiceOf = (model: LiveClockedModel, group: number) =>
  Uint16Array.from(model.groups.groupOf, (of) => (of === group ? 1 : 0));

describe("a model that is reset", () => {
  it("has, bit for bit, the weights, names and groups of a new one, and learns the same again", () => {
    const model = create();
    const fresh = bitsOf(create());
    expect(bitsOf(model)).toEqual(fresh);
    const spikes = teach(model, 320);
    model.name(1, "Ada");
    expect(spikes.every((count) => count > 0)).toBe(true);
    const learned = bitsOf(model);
    for (const name of ["layer0.weights", "layer0.theta", "readout.response", "readout.group"]) {
      expect(learned[name]).not.toBe(fresh[name]);
    }

    model.reset();
    expect(bitsOf(model)).toEqual(fresh);
    expect(model.classNames).toEqual(trainableDescription().readout.classNames);
    expect(model.groups.isSorted).toBe(false);
    expect(model.readout.assignments().every((label) => label === -1)).toBe(true);
    teach(model, 320);
    model.name(1, "Ada");
    expect(bitsOf(model)).toEqual(learned);
  });

  it("is the same whether it was made new or restored from a file", () => {
    const model = create();
    teach(model, 40);
    const restored = restarted(model, 40);
    expect(bitsOf(restored)).toEqual(bitsOf(model));
    restored.reset();
    expect(bitsOf(restored)).toEqual(bitsOf(create()));
  });

  it("frees the native memory of the network it had", () => {
    const model = create();
    const before = model.network;
    model.reset();
    expect(() => before.present(frameOf(0), { learn: false })).toThrow(
      expect.objectContaining({ code: "SPIKELINE_DISPOSED" }),
    );
    expect(model.network.present(frameOf(0), { learn: false }).inputSpikes).toBe(400);
  });

  it("claims neither frames nor an accuracy that other weights had", () => {
    const described = trainableDescription();
    const model = create({ ...described, provenance: { ...described.provenance, framesSeen: 70 } });
    expect(model.capture({ framesLearned: 5, source: "s" }).description.provenance.framesSeen).toBe(75);
    const untouched = model.capture({ framesLearned: 0, source: "s" }).description;
    expect(untouched.provenance.framesSeen).toBe(70);
    expect(untouched.accuracy).toEqual(described.accuracy);
    model.reset();
    const fresh = model.capture({ framesLearned: 0, source: "s" }).description;
    expect(fresh.provenance.framesSeen).toBe(0);
    expect(fresh.accuracy).toEqual([]);
    expect(model.capture({ framesLearned: 5, source: "s" }).description.provenance.framesSeen).toBe(5);
  });
});

describe("a group that is named", () => {
  it("votes for its name, which is a class where one is called so", () => {
    const model = create();
    model.name(0, "class 3");
    expect(model.classNames).toHaveLength(4);
    expect(model.readout.decide(voiceOf(model, 0)).label).toBe(3);
    expect(model.readout.decide(voiceOf(model, 1)).label).toBeUndefined();
  });

  it("votes for a new class where none is called so, and the others keep theirs", () => {
    const model = create();
    teach(model, 40);
    const before = model.readout.assignments();
    model.name(1, "Ada");
    model.name(0, "Ada");
    expect(model.classNames).toEqual(["class 0", "class 1", "class 2", "class 3", "Ada"]);
    expect([...model.readout.assignments()]).toEqual(new Array(20).fill(4));
    // A name that was taken away gives way to what labelled frames say.
    model.name(1, "");
    expect(model.classNames).toContain("Ada");
    const [other, one] = [model.groups.members(0), model.groups.members(1)];
    for (const neuron of one) expect(model.readout.assignments()[neuron]).toBe(before[neuron]);
    for (const neuron of other) expect(model.readout.assignments()[neuron]).toBe(4);
  });

  it("keeps its name over a restart, and its neurons their groups", () => {
    const model = create();
    teach(model, 320);
    model.name(1, "Bert");
    model.name(0, "Ünï ☕");
    const restored = restarted(model, 320);
    expect(restored.classNames.slice(4)).toEqual(["Bert", "Ünï ☕"]);
    expect(restored.groups.groupOf).toEqual(model.groups.groupOf);
    expect(restored.readout.decide(voiceOf(restored, 1)).label).toBe(4);
    expect(restored.readout.given()).toEqual(model.readout.given());
    const frame = frameOf(7);
    expect(restored.network.present(frame, { learn: false })).toEqual(
      model.network.present(frame, { learn: false }),
    );
    restored.name(1, "Cleo");
    expect(restored.classNames.slice(4)).toEqual(["Bert", "Ünï ☕", "Cleo"]);
  });

  it("is one that is there", () => {
    const model = create();
    const before = bitsOf(model);
    for (const group of [2, -1, 0.5, Number.NaN]) {
      expect(() => model.name(group, "Ada")).toThrow(
        expect.objectContaining({
          code: "GROUP_UNKNOWN",
          message: expect.stringMatching(/^Expected .* below 2/),
        }),
      );
    }
    expect(model.classNames).toHaveLength(4);
    expect(bitsOf(model)).toEqual(before);
  });
});

describe("a captured model", () => {
  it("is a copy that what is learned afterwards does not change", () => {
    const model = create();
    teach(model, 20);
    const captured = model.capture({ framesLearned: 20, source: "toys" });
    const bytes = encodeModel(captured);
    teach(model, 20);
    model.name(0, "Ada");
    expect(Buffer.compare(encodeModel(captured), bytes)).toBe(0);
    expect(captured.description.provenance).toMatchObject({ dataset: "toys", framesSeen: 20 });
    expect(captured.description.accuracy).toEqual([]);
  });
});
