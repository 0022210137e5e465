/** Saved tensors become a network's state. */
import { dataError } from "../core/errors.ts";
import type { Tensor } from "../model/schema.ts";

/**
 * Copies the saved tensors into a network's own.
 * @throws SpikelineError MODEL_TENSOR if one is missing, or of another type or length
 */
export function copyTensors(
  saved: ReadonlyMap<string, Pick<Tensor, "data">>,
  own: Iterable<readonly [name: string, Tensor]>,
): void {
  for (const [name, { data }] of own) {
    const found = saved.get(name)?.data;
    if (found?.constructor !== data.constructor || found.length !== data.length) {
      const came = found === undefined ? "none" : `${found.constructor.name} of ${found.length}`;
      throw dataError(
        "MODEL_TENSOR",
        `Expected ${data.constructor.name} of ${data.length} for tensor ${name}, but found ${came}.`,
      );
    }
    data.set(found);
  }
}
