/**
 * The layers of a wave model: what describes them, the maps they make, and what must hold of them. The caps are the
 * kernel's (native/kernel/wave_params.cpp, wave_layer_params.cpp): what passes here it takes.
 */
import { z } from "zod";
import { between, MAX_POSITIONS, whole } from "./readout-fields.ts";
import type { Rule } from "./readout-schema.ts";
import { type WaveEncoder, waveChannelsOf, wavePlaces } from "./wave-encoder-schema.ts";

const MAX_UINT32 = 0xffffffff;
const MAX_WINDOW = 31;
const MAX_MAPS = 256;
const MAX_LAYERS = 4;
export const MAX_THRESHOLD = 255;
/** Of the layers after the first. */
export const MAX_POOLED_THRESHOLD = 4096;
const MAX_POOLED_MAPS = 1024;
const MAX_CHANNELS = 1024;
const MAX_POOLED_WEIGHTS = 2 ** 24;
const MAX_POTENTIALS = 2 ** 24;
/** Maps of the layers after the first take whole rows of so many. */
const MAP_ROW = 16;

/** Thresholds in weights: 1 is one spike over a full synapse. */
const layerFields = (most: { readonly threshold: number; readonly maps: number }) => ({
  maps: whole(1, most.maps),
  /** Side of the square that a neuron sees: pixels, or cells. */
  window: whole(1, MAX_WINDOW),
  /** Positions beyond the edge, on each side. */
  pad: whole(0, MAX_WINDOW - 1),
  /** Of use, rising: each that a position crosses is a feature of its own. */
  thresholds: z.array(between(1, most.threshold)).min(1).max(4),
  /** Fresh weights are normal, cut to 0 … 1. */
  initialMean: between(0, 1),
  initialStd: between(0, 1),
  learning: z.strictObject({
    threshold: between(1, most.threshold),
    /** Homeostasis: what a win adds to its map's learning threshold. */
    thetaPlus: between(0, most.threshold),
    aPlus: between(0, 1),
    aPlusMax: between(0, 1),
    /** A− ÷ A+. */
    aRatio: between(0, 1),
    /** A+ doubles after so many learned frames. */
    doublingFrames: whole(1, MAX_UINT32),
    /** Neurons that learn from a frame, at most. */
    winners: whole(1, most.maps),
    inhibitionRadius: whole(0, 4096),
  }),
});

/** The first layer: takes the encoder's spikes. */
export const waveLayerSchema = z.strictObject({
  kind: z.literal("wave"),
  ...layerFields({ threshold: MAX_THRESHOLD, maps: MAX_MAPS }),
});

/** A further layer: takes the feature spikes of the one before it, pooled in time. */
export const wavePooledLayerSchema = z.strictObject({
  kind: z.literal("wave-pooled"),
  /** A cell passes on the first spike of each feature in a square of `side` positions; squares lie `stride` apart. */
  pool: z.strictObject({ side: whole(1, MAX_POSITIONS), stride: whole(1, MAX_POSITIONS) }),
  /** first-map: the first map to cross at a position silences the others there; none: each speaks for itself. */
  competition: z.enum(["first-map", "none"]),
  ...layerFields({ threshold: MAX_POOLED_THRESHOLD, maps: MAX_POOLED_MAPS }),
});

export const waveLayersSchema = z.tuple([waveLayerSchema], wavePooledLayerSchema);

/**
 * Whose feature spikes the readout has: those of the last layer if left out, or those of all, on the map of the first;
 * their features are then numbered on from layer to layer.
 */
export const waveOutputsSchema = z.enum(["last", "all"]).optional();

export type WaveLayer = z.infer<typeof waveLayerSchema>;
export type WavePooledLayer = z.infer<typeof wavePooledLayerSchema>;

/** What says which maps there are. */
export type WaveLayered = {
  readonly input: { readonly width: number; readonly height: number };
  readonly encoder: WaveEncoder;
  readonly layers: z.infer<typeof waveLayersSchema>;
  readonly outputs?: z.infer<typeof waveOutputsSchema>;
};

/** Places of neurons each way, and the features that each can speak of. */
export type WaveMap = { readonly width: number; readonly height: number; readonly features: number };

const featuresOf = ({ thresholds, maps }: WaveLayer | WavePooledLayer) => thresholds.length * maps;

/** The map of each layer. */
export function waveMaps({ input, encoder, layers }: WaveLayered): readonly WaveMap[] {
  const maps: WaveMap[] = [];
  let [width, height] = [wavePlaces(input.width, encoder), wavePlaces(input.height, encoder)];
  for (const layer of layers) {
    const cells = (side: number) => (layer.kind === "wave" ? side : cellsOf(side, layer.pool));
    const positions = (side: number) => cells(side) + 2 * layer.pad - layer.window + 1;
    [width, height] = [positions(width), positions(height)];
    maps.push({ width, height, features: featuresOf(layer) });
  }
  return maps;
}

/** Cells cover the whole side; the last may reach beyond it. */
function cellsOf(side: number, pool: WavePooledLayer["pool"]): number {
  return side <= pool.side ? 1 : Math.ceil((side - pool.side) / pool.stride) + 1;
}

/** The map that the readout sees. */
export function waveMap(description: WaveLayered): WaveMap {
  const maps = waveMaps(description);
  const [first, last] = [maps[0], maps.at(-1)];
  const none = { width: 0, height: 0, features: 0 };
  if (description.outputs !== "all") return last ?? none;
  return { ...(first ?? none), features: maps.reduce((sum, { features }) => sum + features, 0) };
}

/** Input features of each layer: those of the one before, or the encoder's channels. */
export const waveChannels = ({
  encoder,
  layers,
}: Pick<WaveLayered, "encoder" | "layers">): readonly number[] => [
  waveChannelsOf(encoder),
  ...layers.slice(0, -1).map(featuresOf),
];

export function layerRules(description: WaveLayered): readonly Rule[] {
  const { layers } = description;
  const maps = waveMaps(description);
  const channels = waveChannels(description);
  return [
    [["layers"], layers.length <= MAX_LAYERS, `more than ${MAX_LAYERS} layers`],
    ...layers.flatMap((layer, at): readonly Rule[] => {
      const map = maps[at] ?? { width: 0, height: 0 };
      const { learning, window, pad, thresholds } = layer;
      const isMap = [map.width, map.height].every((side) => side >= 1 && side <= MAX_POSITIONS);
      const isRising = thresholds.every((threshold, k) => threshold >= (thresholds[k - 1] ?? 0));
      const place = at === 0 ? ["input"] : ["layers", at];
      return [
        [place, isMap, `a map of ${map.width} × ${map.height} positions instead of 1 to ${MAX_POSITIONS}`],
        [["layers", at, "pad"], pad < window, "a pad that is not less than the window"],
        [["layers", at, "thresholds"], isRising, "thresholds that fall"],
        [["layers", at, "learning", "aPlusMax"], learning.aPlusMax >= learning.aPlus, "less than aPlus"],
        ...(layer.kind === "wave" ? [] : pooledRules(layer, { at, map, channels: channels[at] ?? 0 })),
      ];
    }),
  ];
}

function pooledRules(
  { pool, maps, window }: WavePooledLayer,
  place: { readonly at: number; readonly map: Omit<WaveMap, "features">; readonly channels: number },
): readonly Rule[] {
  const { at, map, channels } = place;
  const row = Math.ceil(maps / MAP_ROW) * MAP_ROW;
  const weights = channels * window * window * row;
  const isHeld = weights <= MAX_POOLED_WEIGHTS && map.width * map.height * row <= MAX_POTENTIALS;
  return [
    [["layers", at, "pool", "stride"], pool.stride <= pool.side, "cells that leave positions out"],
    [["layers", at], channels <= MAX_CHANNELS, `${channels} features of the layer before`],
    [["layers", at], isHeld, `too many weights or potentials (${weights} weights)`],
  ];
}
