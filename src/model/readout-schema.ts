/**
 * The readout of feature spikes in a model's description, linear or by reward: readout/linear.ts and readout/reward.ts
 * have the meaning of each number. The caps are the kernel's: what passes here it takes.
 */
import { z } from "zod";
import { between, readoutFields, whole } from "./readout-fields.ts";
import { rewardReadoutSchema } from "./reward-schema.ts";

const MAX_INPUTS = 2 ** 20;
const MAX_WEIGHTS = 2 ** 26;
const MAX_LISTED_INPUTS = 2 ** 24;
/** Neurons take whole rows of so many. */
const ROW = 4;

export const linearReadoutSchema = z.strictObject({
  kind: z.literal("linear"),
  ...readoutFields,
  /** Frames a step of learning. */
  batch: whole(1, 256),
  weightDecay: between(0, 1),
});

export const featureReadoutSchema = z.discriminatedUnion("kind", [linearReadoutSchema, rewardReadoutSchema]);

export type FeatureReadoutDescription = z.infer<typeof featureReadoutSchema>;
export type FeatureReadoutKind = FeatureReadoutDescription["kind"];

/** Neurons of the readout: one a class, or as many as it says. */
export const neuronsOf = (readout: FeatureReadoutDescription): number =>
  readout.classes * (readout.kind === "linear" ? 1 : readout.neuronsPerClass);

/** The map that features speak on. */
export type FeatureMap = { readonly width: number; readonly height: number; readonly features: number };

/** What a description must keep: where it is looked for, whether it is kept, and what it is if not. */
export type Rule = readonly [path: readonly (string | number)[], isKept: boolean, message: string];

/** What no field of a readout can show alone. */
export function readoutRules(readout: FeatureReadoutDescription, map: FeatureMap): readonly Rule[] {
  const { pooling, classes, classNames } = readout;
  const pools = (["width", "height", "features"] as const).every((name) => pooling[name] === map[name]);
  const inputs = pooling.features * pooling.grid ** 2;
  const isHeld =
    inputs <= MAX_INPUTS &&
    inputs * Math.ceil(neuronsOf(readout) / ROW) * ROW <= MAX_WEIGHTS &&
    inputs * (readout.kind === "linear" ? readout.batch : readout.memory) <= MAX_LISTED_INPUTS;
  return [
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
