/**
 * The friendly face of the native network: frames in, output spikes out, learning in one call.
 * Crosses the native border once per call, so hand over batches; it blocks for the whole batch.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { dataError, usageError } from "../core/errors.ts";
import type { Model, ModelDescription, Tensor } from "../model/schema.ts";
import { type NativeClockedNetwork, type NativeState, native } from "../native/binding.ts";
import { nativeParams } from "./native-params.ts";

export type FrameOutputs = {
  readonly frames: number;
  /** frames×neurons output spikes of each frame's last presentation. */
  readonly counts: Uint16Array;
  /** Input spikes of each frame's last presentation. */
  readonly inputSpikes: Uint32Array;
  /** Presentations beyond the first, because too few neurons spoke. */
  readonly repeats: Uint8Array;
};

export type Presented = {
  /** Output spikes per neuron. */
  readonly counts: Uint16Array;
  /** The output spikes in order of time, as many as are listed; `counts` has them all. */
  readonly output: SpikeBatch;
  /** Output spikes beyond the list: counted, not listed. */
  readonly unlisted: number;
  readonly inputSpikes: number;
};

/** Output spikes listed per frame; a frame in which every neuron fired eight times still fits. */
const LISTED_PER_NEURON = 8;

export class SpikingNetwork {
  readonly inputs: number;
  readonly neurons: number;
  readonly #description: ModelDescription;
  readonly #native: NativeClockedNetwork;
  readonly #outOffsetUs: Uint32Array;
  readonly #outNeuron: Uint32Array;

  private constructor(description: ModelDescription, kernel?: string) {
    const [layer] = description.layers;
    this.inputs = layer.inputs;
    this.neurons = layer.neurons;
    this.#description = description;
    this.#native = new native.ClockedNetwork(nativeParams(description), kernel);
    this.#outOffsetUs = new Uint32Array(LISTED_PER_NEURON * layer.neurons);
    this.#outNeuron = new Uint32Array(LISTED_PER_NEURON * layer.neurons);
  }

  /**
   * A network with fresh weights from the description's seed. `kernel` forces an instruction set by name ("base",
   * "avx2", "avx512"); all give the same bits.
   * @throws SpikelineError NETWORK_VOLTAGES, TypeError SPIKELINE_ARGUMENT, Error SPIKELINE_KERNEL
   */
  static create(description: ModelDescription, options: { readonly kernel?: string } = {}): SpikingNetwork {
    return new SpikingNetwork(description, options.kernel);
  }

  /**
   * A network that continues, bit for bit, where the saved one stood.
   * @throws SpikelineError MODEL_TENSOR
   */
  static restore(model: Model): SpikingNetwork {
    const network = new SpikingNetwork(model.description);
    const state = network.#emptyState();
    for (const [name, array] of network.#stateTensors(state)) {
      const tensor = model.tensors.get(name);
      if (tensor?.data.constructor !== array.data.constructor || tensor.data.length !== array.data.length) {
        const found =
          tensor === undefined ? "none" : `${tensor.data.constructor.name} of ${tensor.data.length}`;
        throw dataError(
          "MODEL_TENSOR",
          `Expected ${array.data.constructor.name} of ${array.data.length} for tensor ${name}, but found ${found}.`,
        );
      }
      array.data.set(tensor.data);
    }
    network.#native.writeState(state);
    return network;
  }

  /**
   * Presents images as Poisson spike trains, drawn natively; a frame with too few output spikes is repeated brighter.
   * @param pixels frames×inputs intensities, 0..255
   * @throws SpikelineError NETWORK_FRAMES if the length does not fit, NETWORK_ENCODER if the encoder is not Poisson
   */
  presentImages(
    pixels: Uint8Array,
    options: { readonly frames: number; readonly learn: boolean },
  ): FrameOutputs {
    const { frames, learn } = options;
    if (this.#description.encoder.kind !== "poisson") {
      throw usageError(
        "NETWORK_ENCODER",
        "Expected a network with a Poisson encoder for images, but this one takes events.",
      );
    }
    if (!Number.isSafeInteger(frames) || frames < 0 || pixels.length !== frames * this.inputs) {
      throw usageError(
        "NETWORK_FRAMES",
        `Expected ${frames} frames of ${this.inputs} pixels, but ${pixels.length} pixels came.`,
      );
    }
    const outputs: FrameOutputs = {
      frames,
      counts: new Uint16Array(frames * this.neurons),
      inputSpikes: new Uint32Array(frames),
      repeats: new Uint8Array(frames),
    };
    this.#native.presentImages(pixels, outputs.counts, outputs.inputSpikes, outputs.repeats, learn);
    return outputs;
  }

  /**
   * Presents one frame of spikes.
   * @throws Error SPIKELINE_KERNEL if spikes are not sorted, reach past the frame, or name no input
   */
  present(spikes: SpikeBatch, options: { readonly learn: boolean }): Presented {
    const { length, startUs, durationUs, episode } = spikes;
    const counts = new Uint16Array(this.neurons);
    const total = this.#native.presentSpikes(
      spikes.offsetUs.subarray(0, length),
      spikes.neuron.subarray(0, length),
      durationUs,
      counts,
      this.#outOffsetUs,
      this.#outNeuron,
      options.learn,
    );
    const listed = Math.min(total, this.#outNeuron.length);
    const output: SpikeBatch = {
      startUs,
      durationUs,
      offsetUs: this.#outOffsetUs.slice(0, listed),
      neuron: this.#outNeuron.slice(0, listed),
      length: listed,
      ...(episode === undefined ? {} : { episode }),
    };
    return { counts, output, unlisted: total - listed, inputSpikes: length };
  }

  /** The complete state: with the description, all that a model file needs of the network. */
  tensors(): Map<string, Tensor> {
    const state = this.#emptyState();
    this.#native.readState(state);
    return this.#stateTensors(state);
  }

  /** Receptive fields: neurons×inputs real weights (stored weight × scale). */
  fields(): Float32Array {
    const state = this.#emptyState();
    this.#native.readState(state);
    const stored = state.weightsU8.length > 0 ? state.weightsU8 : state.weightsF32;
    const fields = new Float32Array(this.neurons * this.inputs);
    for (let i = 0; i < this.inputs; i++) {
      for (let j = 0; j < this.neurons; j++) {
        fields[j * this.inputs + i] = (stored[i * this.neurons + j] ?? 0) * (state.scale[j] ?? 0);
      }
    }
    return fields;
  }

  /** Weight reads of the synaptic drive so far (input spikes × neurons). */
  synapticEvents(): number {
    return this.#native.synapticEvents();
  }

  kernelName(): string {
    return this.#native.kernelName();
  }

  /** Frees the native memory; idempotent. Any later call throws SPIKELINE_DISPOSED. */
  dispose(): void {
    this.#native.dispose();
  }

  #emptyState(): NativeState {
    const { inputs, neurons } = this;
    const isU8 = this.#description.layers[0].synapses.weights === "uint8";
    return {
      weightsF32: new Float32Array(isU8 ? 0 : inputs * neurons),
      weightsU8: new Uint8Array(isU8 ? inputs * neurons : 0),
      scale: new Float32Array(neurons),
      sum: new Float64Array(neurons),
      theta: new Float32Array(neurons),
      membrane: new Float32Array(neurons),
      refractory: new Int32Array(neurons),
      preAge: new Int32Array(inputs),
      postAge: new Int32Array(neurons),
      counters: new Uint32Array(8),
    };
  }

  /** The same arrays, named and shaped as tensors of the model file. */
  #stateTensors(state: NativeState): Map<string, Tensor> {
    const { inputs, neurons } = this;
    const weights = state.weightsU8.length > 0 ? state.weightsU8 : state.weightsF32;
    return new Map<string, Tensor>([
      ["layer0.weights", { shape: [inputs, neurons], data: weights }],
      ["layer0.scale", { shape: [neurons], data: state.scale }],
      ["layer0.sum", { shape: [neurons], data: state.sum }],
      ["layer0.theta", { shape: [neurons], data: state.theta }],
      ["layer0.membrane", { shape: [neurons], data: state.membrane }],
      ["layer0.refractory", { shape: [neurons], data: state.refractory }],
      ["layer0.preAge", { shape: [inputs], data: state.preAge }],
      ["layer0.postAge", { shape: [neurons], data: state.postAge }],
      ["layer0.counters", { shape: [8], data: state.counters }],
    ]);
  }
}
