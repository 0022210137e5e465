/** What a wave model must hold, and the ranges of its values: what the kernel takes over. */
import { checkRanges, type Expected, type Range, refuseFirst } from "./tensor-checks.ts";
import { neuronsOf, type WaveModel } from "./wave-schema.ts";

const CHANNELS = 2;
/** Frames learned, low and high. */
const NETWORK_COUNTERS = 2;
/** Linear: frames learned, low and high; weights in the mean; 0. Reward: decisions low, high; rewards low, high. */
const READOUT_COUNTERS = 4;
const IN_MEAN = 2;
const UNUSED = 3;
const DECISIONS_HIGH = 1;
const MOST_THETA = 255;
const MOST_WEIGHT = 1e12;
const MOST_IN_MEAN = 2 ** 20;
/** native/kernel/reward_readout.hpp, reward_rules.hpp. */
const MOST_REWARDED_WEIGHT = 0.9990234375;
const FURTHEST_BEHIND = 1000;
/** Numbers of decisions stay whole in JavaScript. */
const MOST_DECISIONS_HIGH = 2 ** 20 - 1;

/** Only a linear readout that was saved amid its training has a mean that is not its weights yet. */
const hasMean = ({ description, tensors }: WaveModel) =>
  description.readout.kind === "linear" && (tensors.get("readout.counters")?.data[IN_MEAN] ?? 0) !== 0;

export function waveTensors(model: WaveModel): Map<string, Expected> {
  const [{ maps, window }] = model.description.layers;
  return new Map<string, Expected>([
    ["layer0.weights", { dtype: "F32", shape: [CHANNELS, window, window, maps] }],
    ["layer0.theta", { dtype: "F32", shape: [maps] }],
    ["layer0.counters", { dtype: "U32", shape: [NETWORK_COUNTERS] }],
    ["readout.counters", { dtype: "U32", shape: [READOUT_COUNTERS] }],
    ...readoutTensors(model),
  ]);
}

function readoutTensors(model: WaveModel): (readonly [name: string, Expected])[] {
  const { readout } = model.description;
  const { pooling, classes } = readout;
  const weights: Expected = {
    dtype: "F32",
    shape: [pooling.features * pooling.grid ** 2, neuronsOf(readout)],
  };
  const perClass: Expected = { dtype: "F32", shape: [classes] };
  if (readout.kind === "reward") {
    return [
      ["readout.weights", weights],
      ["readout.behind", perClass],
    ];
  }
  const mean = [
    ["readout.meanWeights", weights],
    ["readout.meanBias", perClass],
  ] as const;
  return [["readout.weights", weights], ["readout.bias", perClass], ...(hasMean(model) ? mean : [])];
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkWaveValues(model: WaveModel, name: string): void {
  checkRanges(model, name, [
    ["layer0.weights", [0, 1]],
    ["layer0.theta", [1, MOST_THETA]],
    ...readoutRanges(model),
  ]);
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

function readoutRanges(model: WaveModel): Range[] {
  if (model.description.readout.kind === "reward") {
    return [
      ["readout.weights", [-MOST_REWARDED_WEIGHT, MOST_REWARDED_WEIGHT]],
      ["readout.behind", [0, FURTHEST_BEHIND]],
    ];
  }
  const learned = ["weights", "bias", ...(hasMean(model) ? ["meanWeights", "meanBias"] : [])];
  return learned.map((tensor) => [`readout.${tensor}`, [-MOST_WEIGHT, MOST_WEIGHT]]);
}
