/**
 * The friendly face of the native event-driven convolution: one frame of a camera's events in, feature spikes out,
 * learning without labels in one call. Has the methods of SurfaceNetwork and can stand in its place. Crosses the native
 * border once a frame and blocks for it.
 */
import type { SpikeBatch } from "../core/batches.ts";
import type { EventConvolutionDescription } from "../model/event-convolution-schema.ts";
import type { Model, Tensor } from "../model/schema.ts";
import { native } from "../native/binding.ts";
import type {
  NativeEventConvolution,
  NativeEventConvolutionParams,
  NativeEventConvolutionState,
} from "../native/event-convolution.ts";
import { copyTensors } from "./copy-tensors.ts";
import { type EventOutputs, FrameRoom } from "./event-frames.ts";

/** OFF and ON. */
const PLANES = 2;

export class EventConvolution {
  readonly maps: number;
  readonly planes = PLANES;
  /** Pixels along the side of a receptive field. */
  readonly side: number;
  readonly #native: NativeEventConvolution;
  readonly #room = new FrameRoom();

  private constructor(description: EventConvolutionDescription, kernel?: string) {
    const params = nativeEventConvolutionParams(description);
    this.maps = params.maps;
    this.side = 2 * params.radius + 1;
    this.#native = new native.EventConvolution(params, kernel);
  }

  /**
   * A network with weights drawn from the seed. `kernel` forces an instruction set by name; all give the same bits.
   * @throws TypeError SPIKELINE_ARGUMENT, Error SPIKELINE_KERNEL
   */
  static create(
    description: EventConvolutionDescription,
    options: { readonly kernel?: string } = {},
  ): EventConvolution {
    return new EventConvolution(description, options.kernel);
  }

  /**
   * A network that continues, bit for bit, where the saved one stood.
   * @throws SpikelineError MODEL_TENSOR, Error SPIKELINE_KERNEL
   */
  static restore({
    description,
    tensors,
  }: Pick<Model, "tensors"> & { readonly description: EventConvolutionDescription }): EventConvolution {
    const network = new EventConvolution(description);
    const state = network.#emptyState();
    copyTensors(tensors, network.#stateTensors(state));
    network.#native.writeState(state);
    return network;
  }

  /**
   * The feature spikes of one frame, at most one an event; nothing is learned.
   * @param spikes of an event-grid encoder with pool 1 and split polarities over this network's sensor
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall
   */
  present(spikes: SpikeBatch): EventOutputs {
    return this.#room.run((...frame) => this.#native.present(...frame), spikes);
  }

  /**
   * As present, and the weights learn from every spike. The features are those at each spike's moment.
   * @throws Error SPIKELINE_KERNEL if a spike names no pixel or the times fall; then nothing was learned
   */
  learn(spikes: SpikeBatch): EventOutputs {
    return this.#room.run((...frame) => this.#native.learn(...frame), spikes);
  }

  /** maps × planes × side × side, 0 to 1; OFF first, then ON. */
  fields(): Float32Array {
    const { weights } = this.#state();
    const taps = weights.length / this.maps;
    return Float32Array.from(weights, (_, i) => weights[(i % taps) * this.maps + Math.floor(i / taps)] ?? 0);
  }

  /** The complete state, as copies: with the description, all that a network needs to continue. */
  tensors(): Map<string, Tensor> {
    return this.#stateTensors(this.#state());
  }

  /** Frees the native memory; idempotent. Any later call throws SPIKELINE_DISPOSED. */
  dispose(): void {
    this.#native.dispose();
    this.#room.clear();
  }

  #state(): NativeEventConvolutionState {
    const state = this.#emptyState();
    this.#native.readState(state);
    return state;
  }

  #emptyState(): NativeEventConvolutionState {
    return {
      weights: new Float32Array(PLANES * this.side ** 2 * this.maps),
      thresholds: new Float32Array(this.maps),
      counters: new Uint32Array(2),
    };
  }

  /** The same arrays, named and shaped as tensors. */
  #stateTensors({ weights, thresholds, counters }: NativeEventConvolutionState): Map<string, Tensor> {
    const { side, maps } = this;
    return new Map<string, Tensor>([
      ["layer0.weights", { shape: [PLANES, side, side, maps], data: weights }],
      ["layer0.thresholds", { shape: [maps], data: thresholds }],
      ["layer0.counters", { shape: [counters.length], data: counters }],
    ]);
  }
}

/** The addon's parameters of a description. */
export function nativeEventConvolutionParams({
  input,
  layers: [layer],
  seed,
}: EventConvolutionDescription): NativeEventConvolutionParams {
  const { maps, radius, neuron, binMs, bins, centre, learning } = layer;
  const { windowMs, ...rule } = learning;
  return {
    width: input.width,
    height: input.height,
    ...{ maps, radius, bins, seed, ...rule },
    lateral: neuron.lateralPx,
    tauUs: neuron.tauMemMs * 1000,
    threshold: neuron.vThreshold,
    reset: neuron.vReset,
    windowUs: Math.round(windowMs * 1000),
    binUs: Math.round(binMs * 1000),
    centre: centre ? 1 : 0,
  };
}
