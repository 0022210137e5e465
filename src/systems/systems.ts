/** The table of systems: one line each. */
import { usageError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { diehlCook2015 } from "./diehl-cook-2015.ts";
import { diehlCookEvents } from "./diehl-cook-events.ts";
import type { Recipe } from "./recipe.ts";

export const systems: readonly Recipe[] = [diehlCook2015, diehlCookEvents];

/** @throws SpikelineError SYSTEM_UNKNOWN, with the nearest known name */
export function findSystem(name: string): Recipe {
  const recipe = systems.find((system) => system.name === name);
  if (recipe !== undefined) return recipe;
  const known = systems.map((system) => system.name);
  const hint = suggestion(name, known) || `; known are ${known.join(", ")}.`;
  throw usageError("SYSTEM_UNKNOWN", `Expected the name of a system, but "${name}" is none${hint}`);
}
