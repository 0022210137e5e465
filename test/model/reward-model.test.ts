/** Wave models whose readout learned by reward: what differs from those of a linear one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnyModel } from "../../src/model/load.ts";
import { rewardReadoutSchema } from "../../src/model/reward-schema.ts";
import { encodeSafetensors } from "../../src/model/safetensors.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { type WaveDescription, waveSchema } from "../../src/model/wave-schema.ts";
import { RewardReadout } from "../../src/readout/reward.ts";
import { errorOf } from "./model-error.ts";
import { tinyRewardModel, tinyWaveDescription, tinyWaveModel } from "./tiny-wave-model.ts";

const NAME = "r.safetensors";
const plain = tinyWaveDescription({ readout: "reward" });
const readout = rewardReadoutSchema.parse(plain.readout);

const refusal = (description: unknown, tensors: ReadonlyMap<string, Tensor> = tinyRewardModel().tensors) =>
  errorOf(() =>
    decodeAnyModel(encodeSafetensors({ tensors, description: JSON.stringify(description) }, NAME), NAME),
  );

function withElement(name: string, at: number, value: number, from = tinyRewardModel()): Map<string, Tensor> {
  const tensors = new Map(from.tensors);
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const data = tensor.data.slice();
  data[at] = value;
  return tensors.set(name, { ...tensor, data });
}

describe("a model with a reward readout", () => {
  test.each([
    ["readout.weights", 3, 1],
    ["readout.weights", 3, -1],
    ["readout.behind", 1, -0.5],
    ["readout.behind", 1, 1001],
    ["readout.counters", 1, 2 ** 20],
  ])("is refused when %s has at %d the value %d", (name, at, value) => {
    const error = refusal(plain, withElement(name, at, value));
    expect(error).toMatchObject({ code: "MODEL_TENSOR", exitCode: 65 });
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).toContain(`element ${at} is`);
  });

  test("holds tired classes if its wrong guesses tire, and only then", () => {
    const tired = tinyRewardModel({ isTired: true });
    const text = JSON.stringify(tired.description);
    const bytes = encodeSafetensors({ tensors: tired.tensors, description: text }, NAME);
    expect(decodeAnyModel(bytes, NAME).tensors.get("readout.tired")).toEqual(
      tired.tensors.get("readout.tired"),
    );
    expect(refusal(tired.description).message).toContain('"readout.tired"');
    expect(refusal(plain, tired.tensors).code).toBe("MODEL_TENSOR");
    for (const wrong of [-0.5, 1001]) {
      const error = refusal(tired.description, withElement("readout.tired", 1, wrong, tired));
      expect(error.message).toContain("element 1 is");
    }
  });

  test("is refused with the tensors of a linear readout, and a linear one with its", () => {
    expect(refusal(plain, tinyWaveModel().tensors).code).toBe("MODEL_TENSOR");
    expect(refusal(tinyWaveDescription()).code).toBe("MODEL_TENSOR");
  });

  test.each([
    ["readout.rule", { rule: "teacher" }],
    ["readout.marginGate", { marginGate: -1 }],
    ["readout.neuronsPerClass", { neuronsPerClass: 0 }],
    ["readout.memory", { memory: 4097 }],
    ["readout.fatigue", { fatigue: 1001 }],
    ["readout.fatigueKept", { fatigue: 1, fatigueKept: 1.1 }],
    ["readout.initialMax", { initialMax: 0.6 }],
    ["readout", { batch: 1 }],
  ])("is refused with the place of what is wrong: %s", (place, change) => {
    const error = refusal({ ...plain, readout: { ...readout, ...change } });
    expect(error).toMatchObject({ code: "MODEL_SCHEMA", exitCode: 65 });
    expect(error.message).toContain(`at ${place} it has`);
  });

  test("is refused where its weights or its memory would be more than the kernel holds", () => {
    const [layer] = plain.layers;
    const wide = { ...plain, input: { width: 64, height: 64 }, layers: [{ ...layer, maps: 256 }] };
    const pooling = { ...readout.pooling, features: 512, width: 64, height: 64, grid: 32 };
    for (const change of [{ neuronsPerClass: 200 }, { memory: 4096 }]) {
      const error = refusal({ ...wide, readout: { ...readout, pooling, ...change } });
      expect(error.message).toContain("at readout.pooling it has");
    }
  });

  test("makes a readout whenever its description is valid", () => {
    const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const arbitrary = fc.record({
      rule: fc.constantFrom("winner" as const, "runner-up" as const, "soft" as const),
      marginGate: within(0, 1e12),
      runnerUpShare: within(0, 1),
      recencyPenalty: within(0, 1000),
      neuronsPerClass: fc.integer({ min: 1, max: 256 }),
      memory: fc.integer({ min: 1, max: 4096 }),
      initialMax: within(0, 0.5),
      fatigue: fc.option(within(0, 1000), { nil: undefined }),
      fatigueKept: fc.option(within(0, 1), { nil: undefined }),
      classes: fc.integer({ min: 2, max: 1000 }),
    });
    fc.assert(
      fc.property(arbitrary, (own) => {
        const classNames = Array.from({ length: own.classes }, (_, label) => `${label}`);
        const description: WaveDescription = { ...plain, readout: { ...readout, ...own, classNames } };
        expect(waveSchema.safeParse(description).error).toBeUndefined();
        RewardReadout.create({ ...readout, ...own }).dispose();
      }),
      { numRuns: 100 },
    );
  });
});
