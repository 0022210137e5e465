/**
 * The friendly face of the native network of time-surface prototypes: one frame of a camera's events in, feature spikes
 * out, learning without labels in one call. Crosses the native border once a frame and blocks for it.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { dataError } from "../core/errors.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Tensor } from "../model/schema.ts";
import type { SurfaceModel, SurfaceNetworkDescription } from "../model/surface-schema.ts";
import { native } from "../native/binding.ts";
import type { NativeSurfaceNetwork, NativeSurfaceParams, NativeSurfaceState } from "../native/surface.ts";

export type SurfaceOutputs = FeatureSpikes & {
  /** Of each feature spike, microseconds after the frame's start. */
  readonly offsetUs: Uint32Array;
};

type Call = "present" | "learn";

export class SurfaceNetwork {
  readonly prototypes: number;
  /** Planes of a surface: 1, the event's own polarity, or 2, OFF and ON. */
  readonly planes: 1 | 2;
  /** Pixels along a surface's side. */
  readonly side: number;
  readonly #native: NativeSurfaceNetwork;
  /** Room for the feature spikes of a frame, kept from call to call. */
  #room = roomFor(0);

  private constructor(description: SurfaceNetworkDescription, kernel?: string) {
    const params = nativeSurfaceParams(description);
    this.prototypes = params.prototypes;
    this.planes = params.planes;
    this.side = 2 * params.radius + 1;
    this.#native = new native.SurfaceNetwork(params, kernel);
  }

  /**
   * A network that has no prototypes yet and so says nothing. `kernel` forces an instruction set by name; all give the
   * same bits.
   * @throws TypeError SPIKELINE_ARGUMENT, Error SPIKELINE_KERNEL
   */
  static create(
    description: SurfaceNetworkDescription,
    options: { readonly kernel?: string } = {},
  ): SurfaceNetwork {
    return new SurfaceNetwork(description, options.kernel);
  }

  /**
   * A network that continues, bit for bit, where the saved one stood.
   * @throws SpikelineError MODEL_TENSOR, Error SPIKELINE_KERNEL
   */
  static restore({
    description,
    tensors,
  }: Pick<SurfaceModel, "tensors"> & { readonly description: SurfaceNetworkDescription }): SurfaceNetwork {
    const network = new SurfaceNetwork(description);
    const state = network.#emptyState();
    for (const [name, { data }] of network.#stateTensors(state)) {
      const found = tensors.get(name)?.data;
      if (found?.constructor !== data.constructor || found.length !== data.length) {
        const came = found === undefined ? "none" : `${found.constructor.name} of ${found.length}`;
        throw dataError(
          "MODEL_TENSOR",
          `Expected ${data.constructor.name} of ${data.length} for tensor ${name}, but found ${came}.`,
        );
      }
      data.set(found);
    }
    network.#native.writeState(state);
    return network;
  }

  /**
   * The feature spikes of one frame; nothing is learned.
   * @param spikes of an event-grid encoder with pool 1 and split polarities over this network's sensor
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall
   */
  present(spikes: SpikeBatch): SurfaceOutputs {
    return this.#run("present", spikes);
  }

  /**
   * As present, and the prototypes learn from every event. The features are those at each event's moment.
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall; then nothing was learned
   */
  learn(spikes: SpikeBatch): SurfaceOutputs {
    return this.#run("learn", spikes);
  }

  /** prototypes × planes × side × side, each of length 1, those that no surface became yet 0; OFF first, then ON. */
  fields(): Float32Array {
    const { weights } = this.#state();
    const taps = weights.length / this.prototypes;
    return Float32Array.from(
      weights,
      (_, i) => weights[(i % taps) * this.prototypes + Math.floor(i / taps)] ?? 0,
    );
  }

  /** The complete state, as copies: with the description, all that a model file needs of the network. */
  tensors(): Map<string, Tensor> {
    return this.#stateTensors(this.#state());
  }

  /** Frees the native memory; idempotent. Any later call throws SPIKELINE_DISPOSED. */
  dispose(): void {
    this.#native.dispose();
    this.#room = roomFor(0);
  }

  #run(call: Call, { offsetUs, neuron, length }: SpikeBatch): SurfaceOutputs {
    if (this.#room.feature.length < length) this.#room = roomFor(length);
    const [times, feature, x, y] = [
      this.#room.offsetUs.subarray(0, length),
      this.#room.feature.subarray(0, length),
      this.#room.x.subarray(0, length),
      this.#room.y.subarray(0, length),
    ] as const;
    const inputs = [offsetUs.subarray(0, length), neuron.subarray(0, length)] as const;
    const spikes = this.#native[call](...inputs, times, feature, x, y);
    return {
      start: Uint32Array.of(0, spikes),
      feature: feature.slice(0, spikes),
      x: x.slice(0, spikes),
      y: y.slice(0, spikes),
      offsetUs: times.slice(0, spikes),
    };
  }

  #state(): NativeSurfaceState {
    const state = this.#emptyState();
    this.#native.readState(state);
    return state;
  }

  #emptyState(): NativeSurfaceState {
    const { prototypes } = this;
    return {
      weights: new Float32Array(this.planes * this.side ** 2 * prototypes),
      wins: new Uint32Array(prototypes),
      counters: new Uint32Array(2),
    };
  }

  /** The same arrays, named and shaped as tensors of the model file. */
  #stateTensors({ weights, wins, counters }: NativeSurfaceState): Map<string, Tensor> {
    const { planes, side, prototypes } = this;
    return new Map<string, Tensor>([
      ["layer0.weights", { shape: [planes, side, side, prototypes], data: weights }],
      ["layer0.wins", { shape: [prototypes], data: wins }],
      ["layer0.counters", { shape: [counters.length], data: counters }],
    ]);
  }
}

const roomFor = (events: number) => ({
  offsetUs: new Uint32Array(events),
  feature: new Uint16Array(events),
  x: new Uint8Array(events),
  y: new Uint8Array(events),
});

/** The addon's parameters of a description. */
export function nativeSurfaceParams({
  input,
  layers: [layer],
}: SurfaceNetworkDescription): NativeSurfaceParams {
  const { prototypes, radius, polarity, tauMs, binMs, bins, centre, learning } = layer;
  return {
    width: input.width,
    height: input.height,
    ...{ prototypes, radius, bins, ...learning },
    planes: polarity === "both" ? 2 : 1,
    tauUs: tauMs * 1000,
    binUs: Math.round(binMs * 1000),
    centre: centre ? 1 : 0,
  };
}
