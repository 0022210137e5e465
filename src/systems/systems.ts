/** The tables of systems: one line each. */
import { usageError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { diehlCook2015 } from "./diehl-cook-2015.ts";
import { diehlCookEvents } from "./diehl-cook-events.ts";
import { flagshipEvents } from "./flagship-events.ts";
import { flagshipImages } from "./flagship-images.ts";
import type { Recipe, SurfaceRecipe, WaveRecipe } from "./recipe.ts";

export const systems: readonly Recipe[] = [diehlCook2015, diehlCookEvents];

export const waveSystems: readonly WaveRecipe[] = [flagshipImages];

export const findWaveSystem = (name: string | undefined): WaveRecipe | undefined =>
  waveSystems.find((system) => system.name === name);

export const surfaceSystems: readonly SurfaceRecipe[] = [flagshipEvents];

export const findSurfaceSystem = (name: string | undefined): SurfaceRecipe | undefined =>
  surfaceSystems.find((system) => system.name === name);

/**
 * A system of a clocked network.
 * @throws SpikelineError SYSTEM_KIND, SYSTEM_UNKNOWN with the nearest known name
 */
export function findSystem(name: string): Recipe {
  const recipe = systems.find((system) => system.name === name);
  if (recipe !== undefined) return recipe;
  if (findWaveSystem(name) !== undefined) {
    throw usageError(
      "SYSTEM_KIND",
      `Expected a system of a clocked network, found ${name}, one of a wave network.`,
    );
  }
  if (findSurfaceSystem(name) !== undefined) {
    throw usageError(
      "SYSTEM_KIND",
      `Expected a system of a clocked network, found ${name}, one of a surface network.`,
    );
  }
  const known = [...systems, ...waveSystems, ...surfaceSystems].map((system) => system.name);
  const hint = suggestion(name, known) || `; known are ${known.join(", ")}.`;
  throw usageError("SYSTEM_UNKNOWN", `Expected the name of a system, but "${name}" is none${hint}`);
}
