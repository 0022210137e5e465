/**
 * The description of a readout that learns by reward alone; readout/reward.ts has the meaning of each. The caps are the
 * kernel's (native/kernel/reward_readout.cpp, reward_rules.cpp): what passes here it takes.
 */
import { z } from "zod";
import { between, readoutFields, whole } from "./readout-fields.ts";

export const rewardReadoutSchema = z.strictObject({
  kind: z.literal("reward"),
  ...readoutFields,
  rule: z.enum(["winner", "runner-up", "soft"]),
  marginGate: between(0, 1e12),
  runnerUpShare: between(0, 1),
  recencyPenalty: between(0, 1000),
  fatigue: between(0, 1000).optional(),
  fatigueKept: between(0, 1).optional(),
  neuronsPerClass: whole(1, 256),
  memory: whole(1, 4096),
  initialMax: between(0, 0.5),
});
