/**
 * The description of a wave model: first-spike convolutions that learned by STDP (wave-layers.ts) and a linear readout of
 * their feature spikes. The caps are the kernel's (native/kernel/wave_params.cpp, linear_readout.cpp): what passes here it takes.
 */
import { z } from "zod";
import { classNamesSchema, commonFields, type Model, seedSchema } from "./schema.ts";
import { encoderRules, waveEncoderSchema } from "./wave-encoder-schema.ts";
import { layerRules, waveLayersSchema, waveMap, waveOutputsSchema } from "./wave-layers.ts";
import { between, MAX_POSITIONS, type Rule, whole } from "./wave-ranges.ts";

const MAX_READOUT_INPUTS = 2 ** 20;
const MAX_READOUT_WEIGHTS = 2 ** 26;
const MAX_LISTED_INPUTS = 2 ** 24;
/** Classes take whole rows of so many. */
const ROW = 4;

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
  layers: waveLayersSchema,
  outputs: waveOutputsSchema,
  readout: linearReadoutSchema,
});

export type WaveDescription = z.infer<typeof waveFields>;

/** What no field can show alone. */
function rulesOf(description: WaveDescription): readonly Rule[] {
  const { pooling, classes, batch, classNames } = description.readout;
  const map = waveMap(description);
  const pools = (["width", "height", "features"] as const).every((name) => pooling[name] === map[name]);
  const inputs = pooling.features * pooling.grid ** 2;
  const isHeld =
    inputs <= MAX_READOUT_INPUTS &&
    inputs * Math.ceil(classes / ROW) * ROW <= MAX_READOUT_WEIGHTS &&
    inputs * batch <= MAX_LISTED_INPUTS;
  return [
    ...encoderRules(description),
    ...layerRules(description),
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

export type AnyModel = Model | WaveModel;

export const isWaveModel = (model: AnyModel): model is WaveModel =>
  model.description.layers[0].kind === "wave";
