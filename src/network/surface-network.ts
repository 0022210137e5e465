/**
 * The friendly face of the native network of time-surface prototypes: one frame of a camera's events in, feature spikes
 * out, learning without labels in one call. Crosses the native border once a frame and blocks for it.
 */
import type { SpikeBatch } from "../core/batches.ts";
import type { Tensor } from "../model/schema.ts";
import type { SurfaceModel, SurfaceNetworkDescription } from "../model/surface-schema.ts";
import { native } from "../native/binding.ts";
import type { NativeSurfaceNetwork, NativeSurfaceParams, NativeSurfaceState } from "../native/surface.ts";
import { copyTensors } from "./copy-tensors.ts";
import { type EventOutputs, FrameRoom } from "./event-frames.ts";

export type SurfaceOutputs = EventOutputs;

export class SurfaceNetwork {
  readonly prototypes: number;
  /** Planes of a surface: 1, the event's own polarity, or 2, OFF and ON. */
  readonly planes: 1 | 2;
  /** Pixels along a surface's side. */
  readonly side: number;
  readonly #native: NativeSurfaceNetwork;
  readonly #room = new FrameRoom();

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
    copyTensors(tensors, network.#stateTensors(state));
    network.#native.writeState(state);
    return network;
  }

  /**
   * The feature spikes of one frame; nothing is learned.
   * @param spikes of an event-grid encoder with pool 1 and split polarities over this network's sensor
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall
   */
  present(spikes: SpikeBatch): SurfaceOutputs {
    return this.#room.run((...frame) => this.#native.present(...frame), spikes);
  }

  /**
   * As present, and the prototypes learn from every event. The features are those at each event's moment.
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall; then nothing was learned
   */
  learn(spikes: SpikeBatch): SurfaceOutputs {
    return this.#room.run((...frame) => this.#native.learn(...frame), spikes);
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
    this.#room.clear();
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
