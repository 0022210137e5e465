import { describe, expect, it } from "vitest";
import { decodeAnyModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { SurfaceModel } from "../../src/model/surface-schema.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { LiveSurfaceModel } from "../../src/pipeline/live-surface-model.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { barOf, bitsOf, capture, judge, labelledModel, surfaceModels } from "./surface-world.ts";

const { keep } = surfaceModels();
const open = (model: SurfaceModel = labelledModel()) => keep(LiveSurfaceModel.restore(model));
const on = { learn: true };
/** All that answers: without what is only to be looked at. */
function weightsOf(model: LiveSurfaceModel) {
  const { "readout.meanFrames": _, ...weights } = bitsOf(model);
  return weights;
}

describe("a live model whose readout was told labels when it was trained", () => {
  it("answers as its network and readout do elsewhere, and right", () => {
    const model = labelledModel();
    const { readout: described } = model.description;
    if (described.kind !== "linear") throw new Error("Expected a linear readout.");
    const network = SurfaceNetwork.restore(model);
    const readout = LinearReadout.restore(described, model.tensors);
    const live = open(model);
    for (let i = 100; i < 120; i++) {
      const { vote } = judge(live, i, { learn: i % 3 === 0 });
      expect(vote).toEqual(readout.decide(network.present(barOf(i))));
      expect(vote.label).toBe(i % 2);
    }
    network.dispose();
    readout.dispose();
  });

  it("learns nothing, whatever is said of its answers, and says so", () => {
    const model = open();
    const before = weightsOf(model);
    for (let i = 0; i < 20; i++) judge(model, i);
    expect(model.reward({ kind: "reward", decision: 19, outcome: "right" }, on)).toBe("counted");
    const wrong = { kind: "reward", decision: 18, outcome: "wrong", truth: "a chair" } as const;
    expect(model.reward(wrong, on)).toBe("counted");
    expect(weightsOf(model)).toEqual(before);
    expect(model.classNames).toEqual(["right", "down"]);
    expect(model.rewardable).toBe("count");
    expect(model.whyStill).toMatch(/^Learning is on but changes nothing: .*\.$/);
  });

  it("is written back as it came, with what was measured and learned, and goes on bit for bit", () => {
    const model = open();
    for (let i = 0; i < 11; i++) judge(model, i);
    const written = capture(model);
    const { accuracy, provenance, readout } = labelledModel().description;
    expect(written.description).toMatchObject({ accuracy, provenance, readout });
    const again = open(decodeAnyModel(encodeModel(written), "again") as SurfaceModel);
    expect(bitsOf(again)).toEqual(bitsOf(model));
    for (let i = 20; i < 30; i++) expect(judge(again, i)).toEqual(judge(model, i));
  });

  it("forgets with a reset the names and pictures of the run, but can still answer", () => {
    const model = open();
    const fresh = bitsOf(model);
    judge(model, 0);
    expect(model.name(0, "east")).toBe(true);
    expect(model.name(1, "east")).toBe(false);
    expect(model.classNames).toEqual(["east", "down"]);
    model.reset();
    expect(bitsOf(model)).toEqual(fresh);
    expect(model.classNames).toEqual(["right", "down"]);
    expect(model.margins()).toBeUndefined();
    expect(capture(model).description.accuracy).toEqual(labelledModel().description.accuracy);
    for (let i = 0; i < 10; i++) expect(judge(model, i).vote.label).toBe(i % 2);
  });

  it("tells of margins, waves and classes as one that learns by reward does", () => {
    const model = open();
    const { vote } = judge(model, 30);
    const trace = model.margins();
    expect(trace).toMatchObject({ decision: 30, spikes: 48, spikesSoFar: { length: 48 } });
    expect(trace?.margin.at(-1)).toBeCloseTo(vote.margin, 6);
    expect(model.takeWave()).toMatchObject({ decision: 30, features: 4 });
    const { groups, weights, fields } = model.learned();
    expect(groups).toEqual([
      { name: "right", isGiven: false, neurons: 0, isForming: false },
      { name: "down", isGiven: false, neurons: 0, isForming: false },
    ]);
    expect(weights).toHaveLength(32 * 2);
    expect(fields.subarray(0, 48).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });
});
