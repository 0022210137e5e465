/**
 * The description of an event-driven convolution: spiking neurons that share their weights and learn from a camera's
 * events. The caps are the kernel's (native/kernel/event_convolution_params.cpp): what passes here it takes.
 */
import { z } from "zod";
import { between, whole } from "./readout-fields.ts";

export const eventConvolutionLayerSchema = z
  .strictObject({
    kind: z.literal("event-convolution"),
    maps: whole(1, 256),
    /** A neuron sees a square of 2 · radius + 1 pixels, OFF and ON. */
    radius: whole(1, 3),
    neuron: z.strictObject({
      tauMemMs: between(0.1, 10_000),
      /** Initial, in weights: so many taps of weight 1 excite a resting neuron. */
      vThreshold: between(0.01, 1000),
      /** To which a spike lowers all maps at its position; below rest it is a refractory time that fades. */
      vReset: between(-1000, 0),
      /** A spike lowers the positions within so many pixels each way too; at most `radius`. */
      lateralPx: whole(0, 3),
    }),
    /** A frame is parted into `bins`, each `binMs` long but the last, which has no end; each has features of its own. */
    binMs: between(0.001, 1_000_000),
    bins: whole(1, 64),
    /** Move each bin so that its events' centroid lies in the middle of the map. */
    centre: z.boolean(),
    learning: z.strictObject({
      /** Weights are drawn between these. */
      initialLow: between(0, 1),
      initialHigh: between(0, 1),
      /** A tap took part in a spike if its last event came at most so long before. */
      windowMs: between(0, 1_000_000),
      /** Of taps that took part: w += rise · w · (1 − w). */
      rise: between(0, 1),
      /** Of the others: w −= fall · w · (1 − w). */
      fall: between(0, 1),
      /** A spike raises its map's threshold by this and lowers all by this ÷ maps. */
      thresholdRate: between(0, 1000),
    }),
  })
  .superRefine(({ radius, neuron, learning }, context) => {
    const rules = [
      [neuron.lateralPx <= radius, ["neuron", "lateralPx"], `more than the radius (${radius})`],
      [
        learning.initialLow <= learning.initialHigh,
        ["learning", "initialHigh"],
        `less than initialLow (${learning.initialLow})`,
      ],
    ] as const;
    for (const [isKept, path, message] of rules) {
      if (!isKept) context.addIssue({ code: "custom", path: [...path], message });
    }
  });

export type EventConvolutionLayer = z.infer<typeof eventConvolutionLayerSchema>;

/** What the network itself is made of. */
export type EventConvolutionDescription = {
  /** Of the sensor, pixels, at most 256 each way. */
  readonly input: { readonly width: number; readonly height: number };
  readonly layers: readonly [EventConvolutionLayer];
  /** Of the initial weights. */
  readonly seed: number;
};
