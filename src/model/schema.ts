/**
 * The description of a model: plain, schema-checked data that stands as JSON in the model file's metadata.
 * A network is described by data, not by code. Units are in the names; voltages are absolute millivolts.
 * Parameter names follow NIR (tau_mem, v_threshold, v_reset, v_leak) in camel case with units.
 */
import { z } from "zod";

const positive = z.number().positive().finite();
const fraction = z.number().min(0).max(1);
const count = z.int().min(1);
/** Caps that keep a hostile file from asking for memory: far above what this machine class can run. */
const MAX_INPUTS = 1 << 20;
const MAX_NEURONS = 1 << 16;

export const neuronSchema = z.strictObject({
  tauMemMs: positive,
  vLeakMv: z.number().finite(),
  vResetMv: z.number().finite(),
  vThresholdMv: z.number().finite(),
  /** Reversal potential of excitatory input: drive pulls the membrane towards it. */
  vExcitatoryMv: z.number().finite(),
  /** Reversal potential of inhibition by competing neurons. */
  vInhibitoryMv: z.number().finite(),
  refractoryMs: z.number().min(0).max(1000),
  /** Adaptive threshold: added on each own spike while learning, decaying with tauThetaMs. */
  thetaPlusMv: z.number().min(0).finite(),
  thetaInitialMv: z.number().min(0).finite(),
  tauThetaMs: positive,
});

export const synapsesSchema = z.strictObject({
  weights: z.enum(["float32", "uint8"]),
  wMax: positive,
  /** Initial weights are uniform in [0, initialMax). */
  initialMax: positive,
  /** Conductance per unit of weight and input spike, as the share of the way to vExcitatoryMv gone in one step. */
  gain: positive,
  /** Sum to which each neuron's weights are scaled after a frame in which they changed; null leaves them. */
  normalisedSum: positive.nullable(),
});

export const plasticitySchema = z.discriminatedUnion("rule", [
  /** Post-only with target trace: on a post spike Δw = eta·(x_pre − xTarget)·(wMax − w)^mu, mu 0 or 1. */
  z.strictObject({
    rule: z.literal("post-target"),
    eta: positive,
    xTarget: fraction,
    mu: z.union([z.literal(0), z.literal(1)]),
    tauPreMs: positive,
  }),
  /** Pair, nearest spikes: pre spike Δw = −etaPre·y_post; post spike Δw = +etaPost·x_pre. */
  z.strictObject({
    rule: z.literal("pair"),
    etaPre: z.number().min(0).finite(),
    etaPost: positive,
    tauPreMs: positive,
    tauPostMs: positive,
  }),
  /** Minimal triplet, nearest spikes: as pair, and the post update times a second, slower post trace. */
  z.strictObject({
    rule: z.literal("triplet"),
    etaPre: z.number().min(0).finite(),
    etaPost: positive,
    tauPreMs: positive,
    tauPostMs: positive,
    tauPost2Ms: positive,
  }),
]);

export const competitionSchema = z.strictObject({
  /** soft: every neuron over its threshold fires; hard: only the one furthest over it. */
  kind: z.enum(["soft", "hard"]),
  /** Share of the way to vInhibitoryMv that each spike pulls every other neuron. */
  inhibition: fraction,
});

export const presentationSchema = z.strictObject({
  durationMs: positive.max(600_000),
  /** Silence after each presentation, applied analytically. */
  restMs: z.number().min(0).max(600_000),
  /** Fewer output spikes than this repeat an image frame brighter. 0 never repeats. */
  minSpikes: z.int().min(0),
  maxRepeats: z.int().min(0).max(100),
});

export const clockedLayerSchema = z.strictObject({
  kind: z.literal("clocked"),
  inputs: count.max(MAX_INPUTS),
  neurons: count.max(MAX_NEURONS),
  dtMs: positive.max(100),
  neuron: neuronSchema,
  synapses: synapsesSchema,
  plasticity: plasticitySchema,
  competition: competitionSchema,
  presentation: presentationSchema,
});

export const encoderSchema = z.discriminatedUnion("kind", [
  /** Poisson spikes, rate proportional to the pixel (0..255); brighterHz is added to maxRateHz at each repeat. */
  z.strictObject({ kind: z.literal("poisson"), maxRateHz: positive, brighterHz: z.number().min(0).finite() }),
  /** Events on a grid: input = (polarity·rows + y/pool)·columns + x/pool; a window is one frame. */
  z.strictObject({
    kind: z.literal("event-grid"),
    pool: count.max(64),
    polarity: z.enum(["split", "merge"]),
    window: z.discriminatedUnion("by", [
      z.strictObject({ by: z.literal("episode") }),
      z.strictObject({ by: z.literal("time"), durationMs: positive.max(60_000) }),
      z.strictObject({ by: z.literal("count"), events: count.max(10_000_000) }),
    ]),
    /** At most one spike per input in that time; 0, as when left out, filters none. */
    refractoryUs: z.int().min(0).max(60_000_000).optional(),
  }),
]);

export const inputSchema = z.strictObject({
  width: count.max(8192),
  height: count.max(8192),
});

export const classNamesSchema = z.array(z.string().min(1).max(24)).max(1000);

export const readoutSchema = z.strictObject({
  kind: z.literal("vote"),
  vote: z.enum(["majority", "proportion"]),
  classNames: classNamesSchema,
});

export const seedSchema = z.int().min(0).max(0xffffffff);

/** What the descriptions of all kinds of models say alike. */
export const commonFields = {
  format: z.literal("spikeline-model"),
  version: z.literal(1),
  system: z.string().min(1).max(100),
  seed: seedSchema,
  input: inputSchema,
  provenance: z.strictObject({
    createdAt: z.string().max(40),
    spikelineVersion: z.string().max(40),
    dataset: z.string().max(200),
    framesSeen: z.int().min(0),
  }),
  accuracy: z.array(z.strictObject({ dataset: z.string().max(200), accuracy: fraction, frames: count })),
};

/** A model of a clocked network. */
export const modelSchema = z.strictObject({
  ...commonFields,
  encoder: encoderSchema,
  layers: z.tuple([clockedLayerSchema]),
  readout: readoutSchema,
});

export type EncoderDescription = z.infer<typeof encoderSchema>;
export type ClockedLayer = z.infer<typeof clockedLayerSchema>;
export type Plasticity = z.infer<typeof plasticitySchema>;
export type ReadoutDescription = z.infer<typeof readoutSchema>;
export type ModelDescription = z.infer<typeof modelSchema>;

/** A named tensor, row-major. The array's type is the tensor's type. */
export type Tensor = {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array;
};

/**
 * A model of a clocked network as it is in memory and in a file: one description and the tensors it needs.
 * The other kind is wave-schema.ts's.
 */
export type Model = {
  readonly description: ModelDescription;
  readonly tensors: ReadonlyMap<string, Tensor>;
};
