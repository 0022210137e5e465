/** What the parts of a wave model's description are checked with. */
import { z } from "zod";

export const between = (least: number, most: number) => z.number().min(least).max(most);
export const whole = (least: number, most: number) => z.int().min(least).max(most);

/** Feature spikes carry their place in a byte each way. */
export const MAX_POSITIONS = 256;

/** What no field can show alone. */
export type Rule = readonly [path: readonly (string | number)[], isKept: boolean, message: string];
