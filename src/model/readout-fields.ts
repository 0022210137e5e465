/**
 * What either readout of feature spikes is described by; readout/pooling.ts has the meaning of each. The caps are the
 * kernel's (native/kernel/feature_pool.cpp, augmentation.cpp, rate_schedule.hpp).
 */
import { z } from "zod";
import { classNamesSchema, seedSchema } from "./schema.ts";

export const between = (least: number, most: number) => z.number().min(least).max(most);
export const whole = (least: number, most: number) => z.int().min(least).max(most);

/** Feature spikes carry their place in a byte each way. */
export const MAX_POSITIONS = 256;

export const readoutFields = {
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
  classNames: classNamesSchema,
  temperature: between(0.01, 100).optional(),
};
