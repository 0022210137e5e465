/** What networks of a camera's events have in common: room for a frame's feature spikes. */
import type { SpikeBatch } from "../core/batches.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
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
