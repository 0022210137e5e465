/**
 * The description of a readout that learns by reward alone; readout/reward.ts has the meaning of each. The caps are the
 * kernel's (native/kernel/reward_readout.cpp, reward_rules.cpp): what passes here it takes.
 */
import { z } from "zod";
import { linearReadoutSchema } from "./wave-schema.ts";

const { pooling, augmentation, rate, classes, seed, classNames } = linearReadoutSchema.shape;

export const rewardReadoutSchema = z.strictObject({
  kind: z.literal("reward"),
  ...{ pooling, augmentation, rate, classes, seed, classNames },
  rule: z.enum(["winner", "runner-up", "soft"]),
  marginGate: z.number().min(0).max(1e12),
  runnerUpShare: z.number().min(0).max(1),
  recencyPenalty: z.number().min(0).max(1000),
  neuronsPerClass: z.int().min(1).max(256),
  memory: z.int().min(1).max(4096),
  initialMax: z.number().min(0).max(0.5),
});
