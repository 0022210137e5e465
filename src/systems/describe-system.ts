/** From a system's name to the description of a fresh model of it. */
import { wallClockIso } from "../core/clock.ts";
import { usageError } from "../core/errors.ts";
import { packageVersion } from "../core/version.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { SurfaceDescription } from "../model/surface-schema.ts";
import type { WaveDescription } from "../model/wave-schema.ts";
import type { SurfaceRecipe, WaveRecipe } from "./recipe.ts";
import { findSystem } from "./systems.ts";

/**
 * @param name such as "diehl-cook-2015"
 * @throws SpikelineError SYSTEM_UNKNOWN, SYSTEM_KIND, SYSTEM_INPUT
 */
export function describeSystem(
  name: string,
  options: {
    readonly neurons?: number | undefined;
    /** Seed of weights and spikes. */
    readonly seed?: number;
    readonly weights?: "float32" | "uint8" | undefined;
    /** Size of the sensor; the data set's when left out. */
    readonly input?: { readonly width: number; readonly height: number } | undefined;
  } = {},
): ModelDescription {
  const recipe = findSystem(name);
  const { neurons = recipe.defaultNeurons, seed = 7, weights, input } = options;
  const described = recipe.describe({ neurons, seed, input });
  const { width, height } = described.input;
  if (input !== undefined && (input.width !== width || input.height !== height)) {
    throw usageError(
      "SYSTEM_INPUT",
      `Expected ${width}×${height} pixels for ${name}, which takes no others, found ${input.width}×${input.height}.`,
    );
  }
  const [layer] = described.layers;
  const synapses = { ...layer.synapses, ...(weights === undefined ? {} : { weights }) };
  return {
    ...described,
    layers: [{ ...layer, synapses }],
    ...unlearned(),
  };
}

/** The description of a fresh model of a wave system. */
export function describeWaveSystem(
  recipe: WaveRecipe,
  options: Parameters<WaveRecipe["describe"]>[0],
): WaveDescription {
  return { ...recipe.describe(options), ...unlearned() };
}

/** The description of a fresh model of a surface system. */
export function describeSurfaceSystem(
  recipe: SurfaceRecipe,
  options: Parameters<SurfaceRecipe["describe"]>[0],
): SurfaceDescription {
  return { ...recipe.describe(options), ...unlearned() };
}

const unlearned = () => ({
  provenance: { createdAt: wallClockIso(), spikelineVersion: packageVersion(), dataset: "", framesSeen: 0 },
  accuracy: [],
});
