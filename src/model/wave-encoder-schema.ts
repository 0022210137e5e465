/**
 * How a wave model makes spikes of an image. The caps are the kernel's (native/kernel/wave_params.cpp): what passes here
 * it takes.
 */
import { z } from "zod";
import { between, whole } from "./readout-fields.ts";
import type { Rule } from "./readout-schema.ts";

/** On and off. */
const CONTRAST_CHANNELS = 2;
const MAX_POOL = 16;

const spikingFields = {
  /** Least difference, or strength, that spikes, as a share of full scale. */
  contrast: between(1e-6, 1),
  /** The strongest of a frame; the rest is left out. */
  mostSpikes: whole(1, 4096),
  /** Equal bins of strength; spikes of one come in order of place. 0, absent: as many as the kernel tells apart. */
  latencyBins: whole(0, 256).optional(),
};

/** ON and OFF spikes of a difference of Gaussians, the strongest first. */
const contrastSchema = z.strictObject({
  kind: z.literal("dog-rank"),
  /** Pixels. */
  sigmaCentre: between(0.1, 8),
  sigmaSurround: between(0.1, 8),
  ...spikingFields,
});

/** Spikes of oriented edges, the strongest first: native/kernel/wave_gabor.hpp, after Mozafari et al. 2018. */
const gaborSchema = z.strictObject({
  kind: z.literal("gabor-rank"),
  /** As many channels, evenly spread over half a turn. */
  orientations: whole(1, 8),
  /** Side of a filter, pixels; odd. */
  size: whole(3, 15),
  /** The strongest of a square of `side` pixels stays; squares lie `stride` apart. */
  pool: z.strictObject({ side: whole(1, MAX_POOL), stride: whole(1, MAX_POOL) }),
  /** Share that each stronger place of the same orientation takes, at distance 1, 2, … */
  inhibition: z.array(between(0, 1)).max(8),
  ...spikingFields,
});

export const waveEncoderSchema = z.discriminatedUnion("kind", [contrastSchema, gaborSchema]);

export type WaveEncoder = z.infer<typeof waveEncoderSchema>;

export const waveChannelsOf = (encoder: WaveEncoder): number =>
  encoder.kind === "dog-rank" ? CONTRAST_CHANNELS : encoder.orientations;

/** Places that the encoder speaks of, on a side of so many pixels. */
export function wavePlaces(side: number, encoder: WaveEncoder): number {
  if (encoder.kind === "dog-rank") return side;
  const { pool } = encoder;
  return Math.floor((side + 2 * Math.floor(pool.side / 2) - pool.side) / pool.stride) + 1;
}

export function encoderRules(description: {
  readonly input: { readonly width: number; readonly height: number };
  readonly encoder: WaveEncoder;
}): readonly Rule[] {
  const { input, encoder } = description;
  if (encoder.kind === "dog-rank") return [];
  const { pool, size } = encoder;
  const isInside = pool.side <= Math.min(input.width, input.height);
  return [
    [["encoder", "size"], size % 2 === 1, "an even side, which has no middle"],
    [["encoder", "pool", "stride"], pool.stride <= pool.side, "squares that leave pixels out"],
    [["encoder", "pool", "side"], isInside, "squares wider than the image"],
  ];
}
