/**
 * The description of a surface model: prototypes of time surfaces that learned from a camera's events, and a readout of
 * their feature spikes. The caps are the kernel's (native/kernel/surface_params.cpp, time_surface.hpp): what passes
 * here it takes.
 */
import { z } from "zod";
import { rewardReadoutSchema } from "./reward-schema.ts";
import { commonFields, encoderSchema, type Model } from "./schema.ts";
import { linearReadoutSchema } from "./wave-schema.ts";

const between = (least: number, most: number) => z.number().min(least).max(most);
const whole = (least: number, most: number) => z.int().min(least).max(most);
/** Feature spikes carry their place in a byte each way. */
const MAX_SIDE = 256;
const MAX_READOUT_INPUTS = 2 ** 20;
const MAX_READOUT_WEIGHTS = 2 ** 26;
const MAX_LISTED_INPUTS = 2 ** 24;
/** Neurons of a readout take whole rows of so many. */
const ROW = 4;

export const surfaceLayerSchema = z.strictObject({
  kind: z.literal("surface"),
  prototypes: whole(1, 256),
  /** A surface is a square of 2 · radius + 1 pixels around the event. */
  radius: whole(1, 7),
  /** What a surface shows: the events of the own polarity, or OFF and ON, each in a plane. */
  polarity: z.enum(["own", "both"]),
  /** What happened fades with this. */
  tauMs: between(0.1, 10_000),
  /** A frame is parted into `bins`, each `binMs` long but the last, which has no end; each has features of its own. */
  binMs: between(0.001, 1_000_000),
  bins: whole(1, 64),
  /** Move each bin so that its events' centroid lies in the middle of the map. */
  centre: z.boolean(),
  learning: z.strictObject({
    /** A surface with less cosine to every prototype than this becomes one, while any are left. */
    vigilance: between(0, 1),
    /** Least share of the way to the surface that the winner moves; before, 1 ÷ its wins. */
    rate: between(0, 1),
  }),
});

export const surfaceReadoutSchema = z.discriminatedUnion("kind", [linearReadoutSchema, rewardReadoutSchema]);

const surfaceFields = z.strictObject({
  ...commonFields,
  encoder: encoderSchema,
  layers: z.tuple([surfaceLayerSchema]),
  readout: surfaceReadoutSchema,
});

export type SurfaceDescription = z.infer<typeof surfaceFields>;
export type SurfaceLayer = z.infer<typeof surfaceLayerSchema>;
/** What the network itself is made of. */
export type SurfaceNetworkDescription = Pick<SurfaceDescription, "input" | "layers">;

/** The map of the feature spikes: the sensor's pixels, and a feature for each prototype in each bin. */
export function surfaceMap({ input, layers: [layer] }: SurfaceNetworkDescription) {
  return { width: input.width, height: input.height, features: layer.bins * layer.prototypes };
}

type Rule = readonly [path: readonly (string | number)[], isKept: boolean, message: string];

/** What no field can show alone. */
function rulesOf(description: SurfaceDescription): readonly Rule[] {
  const { encoder, readout } = description;
  const { pooling, classes, classNames } = readout;
  const map = surfaceMap(description);
  const isMap = [map.width, map.height].every((side) => side <= MAX_SIDE);
  const isWhole = encoder.kind === "event-grid" && encoder.pool === 1 && encoder.polarity === "split";
  const pools = (["width", "height", "features"] as const).every((name) => pooling[name] === map[name]);
  const inputs = pooling.features * pooling.grid ** 2;
  const neurons = classes * (readout.kind === "reward" ? readout.neuronsPerClass : 1);
  const listed = readout.kind === "reward" ? readout.memory : readout.batch;
  const isHeld =
    inputs <= MAX_READOUT_INPUTS &&
    inputs * Math.ceil(neurons / ROW) * ROW <= MAX_READOUT_WEIGHTS &&
    inputs * listed <= MAX_LISTED_INPUTS;
  return [
    [["input"], isMap, `a map of ${map.width} × ${map.height} places instead of 1 to ${MAX_SIDE} each way`],
    [["encoder"], isWhole, "another encoder than an event-grid with pool 1 and split polarities"],
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

export const surfaceSchema = surfaceFields.superRefine((description, context) => {
  for (const [path, isKept, message] of rulesOf(description)) {
    if (!isKept) context.addIssue({ code: "custom", path: [...path], message });
  }
});

/** A model of a surface network: as `Model`, with the other description. */
export type SurfaceModel = {
  readonly description: SurfaceDescription;
  readonly tensors: Model["tensors"];
};
