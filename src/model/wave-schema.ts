/**
 * The description of a wave model: a first-spike convolution that learned by STDP and a linear readout of its feature
 * spikes. The caps are the kernel's (native/kernel/wave_params.cpp, linear_readout.cpp): what passes here it takes.
 */
import { z } from "zod";
import { classNamesSchema, commonFields, type Model, seedSchema } from "./schema.ts";

const between = (least: number, most: number) => z.number().min(least).max(most);
const whole = (least: number, most: number) => z.int().min(least).max(most);
const MAX_UINT32 = 0xffffffff;
/** Feature spikes carry their place in a byte each way. */
const MAX_POSITIONS = 256;
const MAX_READOUT_INPUTS = 2 ** 20;
const MAX_READOUT_WEIGHTS = 2 ** 26;
const MAX_LISTED_INPUTS = 2 ** 24;
/** Classes take whole rows of so many. */
const ROW = 4;

/** ON and OFF spikes of a difference of Gaussians, the strongest first. */
export const waveEncoderSchema = z.strictObject({
  kind: z.literal("dog-rank"),
  /** Pixels. */
  sigmaCentre: between(0.1, 8),
  sigmaSurround: between(0.1, 8),
  /** Least difference that spikes, as a share of full scale. */
  contrast: between(1e-6, 1),
  /** The strongest of a frame; the rest is left out. */
  mostSpikes: whole(1, 4096),
});

/** Thresholds in weights: 1 is one spike over a full synapse. */
export const waveLayerSchema = z.strictObject({
  kind: z.literal("wave"),
  maps: whole(1, 256),
  /** Side of the square that a neuron sees, pixels. */
  window: whole(1, 31),
  /** Positions beyond the image's edge, on each side. */
  pad: whole(0, 30),
  /** Of use, rising: each that a position crosses is a feature of its own. */
  thresholds: z.array(between(1, 255)).min(1).max(4),
  /** Fresh weights are normal, cut to 0 … 1. */
  initialMean: between(0, 1),
  initialStd: between(0, 1),
  learning: z.strictObject({
    threshold: between(1, 255),
    /** Homeostasis: what a win adds to its map's learning threshold. */
    thetaPlus: between(0, 255),
    aPlus: between(0, 1),
    aPlusMax: between(0, 1),
    /** A− ÷ A+. */
    aRatio: between(0, 1),
    /** A+ doubles after so many learned frames. */
    doublingFrames: whole(1, MAX_UINT32),
    /** Neurons that learn from a frame, at most. */
    winners: whole(1, 256),
    inhibitionRadius: whole(0, 4096),
  }),
});

/** readout/linear.ts has the meaning of each. */
export const linearReadoutSchema = z.strictObject({
  kind: z.literal("linear"),
  pooling: z.strictObject({
    features: whole(1, 65536),
    width: whole(1, MAX_POSITIONS),
    height: whole(1, MAX_POSITIONS),
    grid: whole(1, MAX_POSITIONS),
    value: z.enum(["sqrt", "count"]),
    norm: z.enum(["none", "l2"]),
  }),
  augmentation: z.strictObject({
    shiftPx: between(0, 64),
    rotationRad: between(0, 0.5),
    shear: between(0, 0.5),
    scale: between(0, 0.5),
    dropout: between(0, 0.95),
  }),
  rate: z.strictObject({ first: between(0, 1), last: between(0, 1), frames: whole(0, 1e15) }),
  classes: whole(2, 1000),
  seed: seedSchema,
  /** Frames a step of learning. */
  batch: whole(1, 256),
  weightDecay: between(0, 1),
  classNames: classNamesSchema,
});

const waveFields = z.strictObject({
  ...commonFields,
  encoder: waveEncoderSchema,
  layers: z.tuple([waveLayerSchema]),
  readout: linearReadoutSchema,
});

export type WaveDescription = z.infer<typeof waveFields>;
export type WaveLayer = z.infer<typeof waveLayerSchema>;

/** Places of the layer's neurons each way, and the features that each can speak of. */
export function waveMap({ input, layers: [layer] }: Pick<WaveDescription, "input" | "layers">) {
  const positions = (side: number) => side + 2 * layer.pad - layer.window + 1;
  return {
    width: positions(input.width),
    height: positions(input.height),
    features: layer.thresholds.length * layer.maps,
  };
}

type Rule = readonly [path: readonly (string | number)[], isKept: boolean, message: string];

/** What no field can show alone. */
function rulesOf(description: WaveDescription): readonly Rule[] {
  const { layers, readout } = description;
  const { learning, window, pad, thresholds } = layers[0];
  const { pooling, classes, batch, classNames } = readout;
  const map = waveMap(description);
  const isMap = [map.width, map.height].every((side) => side >= 1 && side <= MAX_POSITIONS);
  const isRising = thresholds.every((threshold, k) => threshold >= (thresholds[k - 1] ?? 0));
  const pools = (["width", "height", "features"] as const).every((name) => pooling[name] === map[name]);
  const inputs = pooling.features * pooling.grid ** 2;
  const isHeld =
    inputs <= MAX_READOUT_INPUTS &&
    inputs * Math.ceil(classes / ROW) * ROW <= MAX_READOUT_WEIGHTS &&
    inputs * batch <= MAX_LISTED_INPUTS;
  return [
    [["input"], isMap, `a map of ${map.width} × ${map.height} positions instead of 1 to ${MAX_POSITIONS}`],
    [["layers", 0, "pad"], pad < window, "a pad that is not less than the window"],
    [["layers", 0, "thresholds"], isRising, "thresholds that fall"],
    [["layers", 0, "learning", "aPlusMax"], learning.aPlusMax >= learning.aPlus, "less than aPlus"],
    [["readout", "pooling"], pools, "another map than the layer"],
    [
      ["readout", "pooling", "grid"],
      pooling.grid <= Math.min(map.width, map.height),
      "more cells than places",
    ],
    [["readout", "pooling"], isHeld, `too many inputs (${inputs})`],
    [
      ["readout", "classNames"],
      classNames.length === classes,
      `${classNames.length} names for ${classes} classes`,
    ],
  ];
}

export const waveSchema = waveFields.superRefine((description, context) => {
  for (const [path, isKept, message] of rulesOf(description)) {
    if (!isKept) context.addIssue({ code: "custom", path: [...path], message });
  }
});

/** A model of a wave network: as `Model`, with the other description. */
export type WaveModel = { readonly description: WaveDescription; readonly tensors: Model["tensors"] };

/** What tells the kinds apart. */
type Layered = {
  readonly description: { readonly layers: readonly [{ readonly kind: string }, ...unknown[]] };
};

export const isWaveModel = (model: Layered): model is WaveModel =>
  model.description.layers[0].kind === "wave";
