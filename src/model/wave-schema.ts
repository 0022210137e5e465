/**
 * The description of a wave model: a first-spike convolution that learned by STDP and a readout of its feature spikes.
 * The caps are the kernel's (native/kernel/wave_params.cpp, linear_readout.cpp): what passes here it takes.
 */
import { z } from "zod";
import { between, MAX_POSITIONS, whole } from "./readout-fields.ts";
import { featureReadoutSchema, type Rule, readoutRules } from "./readout-schema.ts";
import { commonFields, type Model } from "./schema.ts";

const MAX_UINT32 = 0xffffffff;

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

const waveFields = z.strictObject({
  ...commonFields,
  encoder: waveEncoderSchema,
  layers: z.tuple([waveLayerSchema]),
  readout: featureReadoutSchema,
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

/** What no field can show alone. */
function rulesOf(description: WaveDescription): readonly Rule[] {
  const { layers, readout } = description;
  const { learning, window, pad, thresholds } = layers[0];
  const map = waveMap(description);
  const isMap = [map.width, map.height].every((side) => side >= 1 && side <= MAX_POSITIONS);
  const isRising = thresholds.every((threshold, k) => threshold >= (thresholds[k - 1] ?? 0));
  return [
    [["input"], isMap, `a map of ${map.width} × ${map.height} positions instead of 1 to ${MAX_POSITIONS}`],
    [["layers", 0, "pad"], pad < window, "a pad that is not less than the window"],
    [["layers", 0, "thresholds"], isRising, "thresholds that fall"],
    [["layers", 0, "learning", "aPlusMax"], learning.aPlusMax >= learning.aPlus, "less than aPlus"],
    ...readoutRules(readout, map),
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
