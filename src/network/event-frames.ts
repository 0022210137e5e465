/** What networks of a camera's events have in common: room for a frame's feature spikes, and tensors to continue from. */
import type { SpikeBatch } from "../core/batches.ts";
import { dataError } from "../core/errors.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Tensor } from "../model/schema.ts";
import type { NativeSurfaceNetwork } from "../native/surface.ts";

export type EventOutputs = FeatureSpikes & {
  /** Of each feature spike, microseconds after the frame's start. */
  readonly offsetUs: Uint32Array;
};

/** The arrays that native code fills with a frame's feature spikes, kept from call to call. */
export class FrameRoom {
  #arrays = roomFor(0);

  /** Runs the native call on a frame and copies what it says. */
  run(call: NativeSurfaceNetwork["present"], { offsetUs, neuron, length }: SpikeBatch): EventOutputs {
    if (this.#arrays.feature.length < length) this.#arrays = roomFor(length);
    const times = this.#arrays.offsetUs.subarray(0, length);
    const feature = this.#arrays.feature.subarray(0, length);
    const x = this.#arrays.x.subarray(0, length);
    const y = this.#arrays.y.subarray(0, length);
    const spikes = call(offsetUs.subarray(0, length), neuron.subarray(0, length), times, feature, x, y);
    return {
      start: Uint32Array.of(0, spikes),
      feature: feature.slice(0, spikes),
      x: x.slice(0, spikes),
      y: y.slice(0, spikes),
      offsetUs: times.slice(0, spikes),
    };
  }

  clear(): void {
    this.#arrays = roomFor(0);
  }
}

const roomFor = (events: number) => ({
  offsetUs: new Uint32Array(events),
  feature: new Uint16Array(events),
  x: new Uint8Array(events),
  y: new Uint8Array(events),
});

/**
 * Copies the saved tensors into a network's own.
 * @throws SpikelineError MODEL_TENSOR if one is missing, or of another type or length
 */
export function copyTensors(
  saved: ReadonlyMap<string, Pick<Tensor, "data">>,
  own: ReadonlyMap<string, Tensor>,
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
