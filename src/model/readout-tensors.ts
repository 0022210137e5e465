/** What a model must hold of a readout of feature spikes, and the ranges of its values: what the kernel takes over. */
import { type FeatureReadoutDescription, neuronsOf } from "./readout-schema.ts";
import type { Model } from "./schema.ts";
import { checkRanges, type Expected, type Range, refuseFirst } from "./tensor-checks.ts";

/** A model whose readout takes feature spikes. */
export type FeatureModel = {
  readonly description: { readonly readout: FeatureReadoutDescription };
  readonly tensors: Model["tensors"];
};

/** Linear: frames learned, low and high; weights in the mean; 0. Reward: decisions low, high; rewards low, high. */
const COUNTERS = 4;
const IN_MEAN = 2;
const UNUSED = 3;
const DECISIONS_HIGH = 1;
const MOST_WEIGHT = 1e12;
const MOST_IN_MEAN = 2 ** 20;
/** native/kernel/reward_readout.hpp, reward_rules.hpp. */
const MOST_REWARDED_WEIGHT = 0.9990234375;
const FURTHEST_BEHIND = 1000;
const MOST_TIRED = 1000;
/** Numbers of decisions stay whole in JavaScript. */
const MOST_DECISIONS_HIGH = 2 ** 20 - 1;

/** Only a linear readout that was saved amid its training has a mean that is not its weights yet. */
const hasMean = ({ description, tensors }: FeatureModel) =>
  description.readout.kind === "linear" && (tensors.get("readout.counters")?.data[IN_MEAN] ?? 0) !== 0;

/** Only a reward readout whose wrong guesses tire has classes that are tired. */
const isTired = ({ description: { readout } }: FeatureModel) =>
  readout.kind === "reward" && (readout.fatigue ?? 0) > 0;

export function readoutTensors(model: FeatureModel): readonly (readonly [name: string, Expected])[] {
  const { readout } = model.description;
  const { pooling, classes } = readout;
  const weights: Expected = {
    dtype: "F32",
    shape: [pooling.features * pooling.grid ** 2, neuronsOf(readout)],
  };
  const perClass: Expected = { dtype: "F32", shape: [classes] };
  const counters: Expected = { dtype: "U32", shape: [COUNTERS] };
  const mean = [
    ["readout.meanWeights", weights],
    ["readout.meanBias", perClass],
  ] as const;
  return [
    ["readout.weights", weights],
    [readout.kind === "reward" ? "readout.behind" : "readout.bias", perClass],
    ...(isTired(model) ? [["readout.tired", perClass] as const] : []),
    ["readout.counters", counters],
    ...(hasMean(model) ? mean : []),
  ];
}

/** Throws MODEL_TENSOR for values that no readout has; the tensors are there in their forms. */
export function checkReadoutValues(model: FeatureModel, name: string): void {
  checkRanges(model, name, rangesOf(model));
  const isLinear = model.description.readout.kind === "linear";
  const most = isLinear
    ? { [IN_MEAN]: MOST_IN_MEAN, [UNUSED]: 0 }
    : { [DECISIONS_HIGH]: MOST_DECISIONS_HIGH };
  const counters = model.tensors.get("readout.counters")?.data ?? [];
  for (const [index, limit] of Object.entries(most)) {
    const at = Number(index);
    const isOutside = (counters[at] ?? 0) > limit;
    refuseFirst(model, name, {
      tensorName: "readout.counters",
      range: `at ${at} from 0 to ${limit}`,
      at: isOutside ? at : -1,
    });
  }
}

function rangesOf(model: FeatureModel): Range[] {
  if (model.description.readout.kind === "reward") {
    return [
      ["readout.weights", [-MOST_REWARDED_WEIGHT, MOST_REWARDED_WEIGHT]],
      ["readout.behind", [0, FURTHEST_BEHIND]],
      ...(isTired(model) ? [["readout.tired", [0, MOST_TIRED]] as const] : []),
    ];
  }
  const learned = ["weights", "bias", ...(hasMean(model) ? ["meanWeights", "meanBias"] : [])];
  return learned.map((tensor) => [`readout.${tensor}`, [-MOST_WEIGHT, MOST_WEIGHT]]);
}
