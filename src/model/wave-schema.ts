/**
 * The description of a wave model: first-spike convolutions that learned by STDP (wave-layers.ts) and a readout of their
 * feature spikes. The caps are the kernel's (native/kernel/wave_params.cpp, linear_readout.cpp): what passes here it takes.
 */
import { z } from "zod";
import { featureReadoutSchema, type Rule, readoutRules } from "./readout-schema.ts";
import { commonFields, type Model } from "./schema.ts";
import { encoderRules, waveEncoderSchema } from "./wave-encoder-schema.ts";
import { layerRules, waveLayersSchema, waveMap, waveOutputsSchema } from "./wave-layers.ts";

const waveFields = z.strictObject({
  ...commonFields,
  encoder: waveEncoderSchema,
  layers: waveLayersSchema,
  outputs: waveOutputsSchema,
  readout: featureReadoutSchema,
});

export type WaveDescription = z.infer<typeof waveFields>;

/** What no field can show alone. */
const rulesOf = (description: WaveDescription): readonly Rule[] => [
  ...encoderRules(description),
  ...layerRules(description),
  ...readoutRules(description.readout, waveMap(description)),
];

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
