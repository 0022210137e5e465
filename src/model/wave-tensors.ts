/** What a wave model must hold, and the ranges of its values: what the kernel takes over. */
import { checkRanges, type Expected, type Range, refuseFirst } from "./tensor-checks.ts";
import { MAX_POOLED_THRESHOLD, MAX_THRESHOLD, waveChannels } from "./wave-layers.ts";
import type { WaveModel } from "./wave-schema.ts";

/** Frames learned, low and high. */
const NETWORK_COUNTERS = 2;
/** Frames learned, low and high; weights in the mean; 0. */
const READOUT_COUNTERS = 4;
const IN_MEAN = 2;
const UNUSED = 3;
const MOST_WEIGHT = 1e12;
const MOST_IN_MEAN = 2 ** 20;

/** Only a readout that was saved amid its training has a mean that is not its weights yet. */
const hasMean = ({ tensors }: WaveModel) => (tensors.get("readout.counters")?.data[IN_MEAN] ?? 0) !== 0;

export function waveTensors(model: WaveModel): Map<string, Expected> {
  const { layers, readout } = model.description;
  const channels = waveChannels(model.description);
  const { pooling, classes } = readout;
  const weights: Expected = { dtype: "F32", shape: [pooling.features * pooling.grid ** 2, classes] };
  const bias: Expected = { dtype: "F32", shape: [classes] };
  return new Map<string, Expected>([
    ...layers.flatMap(({ maps, window }, at): readonly (readonly [string, Expected])[] => [
      [`layer${at}.weights`, { dtype: "F32", shape: [channels[at] ?? 0, window, window, maps] }],
      [`layer${at}.theta`, { dtype: "F32", shape: [maps] }],
      [`layer${at}.counters`, { dtype: "U32", shape: [NETWORK_COUNTERS] }],
    ]),
    ["readout.weights", weights],
    ["readout.bias", bias],
    ["readout.counters", { dtype: "U32", shape: [READOUT_COUNTERS] }],
    ...(hasMean(model)
      ? ([
          ["readout.meanWeights", weights],
          ["readout.meanBias", bias],
        ] as const)
      : []),
  ]);
}

/** Throws MODEL_TENSOR for values that no network has; the tensors are there in their forms. */
export function checkWaveValues(model: WaveModel, name: string): void {
  const learned = ["weights", "bias", ...(hasMean(model) ? ["meanWeights", "meanBias"] : [])];
  checkRanges(model, name, [
    ...model.description.layers.flatMap(({ kind }, at): readonly Range[] => [
      [`layer${at}.weights`, [0, 1]],
      [`layer${at}.theta`, [1, kind === "wave" ? MAX_THRESHOLD : MAX_POOLED_THRESHOLD]],
    ]),
    ...learned.map((tensor): Range => [`readout.${tensor}`, [-MOST_WEIGHT, MOST_WEIGHT]]),
  ]);
  const most = { [IN_MEAN]: MOST_IN_MEAN, [UNUSED]: 0 };
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
