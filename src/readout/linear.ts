/**
 * The linear readout of feature spikes: multinomial logistic regression on counts in a grid of cells, learned natively
 * from labelled frames, one by one or in passes; native/kernel/linear_readout.hpp has the equations. It never touches
 * the network. All calls block for all their frames.
 */

import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Model, Tensor } from "../model/schema.ts";
import { native } from "../native/binding.ts";
import type { NativeLinearReadout, NativeLinearState } from "../native/readouts.ts";
import {
  type BaseOptions,
  checkOneFrame,
  fillTensor,
  flat,
  framesIn,
  inputsOf,
  type Judged,
  type JudgedEarly,
  joinWords,
  judgeAll,
  judgeAllEarly,
  labelsOf,
  nativeBase,
  type ReadoutBase,
  voteOfShares,
  withDefaults,
} from "./pooling.ts";
import { learnInPasses, type Training } from "./training.ts";
import type { Vote } from "./votes.ts";

/** Everything that describes a linear readout, as plain data. */
export type LinearDescription = ReadoutBase & {
  readonly kind: "linear";
  /** Frames a step of learning. */
  readonly batch: number;
  /** Every 1024 frames weights shrink by rate · weightDecay · 1024. */
  readonly weightDecay: number;
};

export type LinearOptions = BaseOptions & { readonly batch?: number; readonly weightDecay?: number };

export class LinearReadout {
  readonly description: LinearDescription;
  readonly #native: NativeLinearReadout;
  #framesLearned = 0;

  private constructor(description: LinearDescription) {
    const { batch, weightDecay } = description;
    this.description = description;
    this.#native = new native.LinearReadout({ ...nativeBase(description), batch, weightDecay });
  }

  /**
   * A readout that knows nothing yet.
   * @throws Error SPIKELINE_KERNEL if an option is out of range
   */
  static create(options: LinearOptions): LinearReadout {
    const { batch = 1, weightDecay = 0 } = options;
    return new LinearReadout({ kind: "linear", ...withDefaults(options), batch, weightDecay });
  }

  /**
   * The readout as it was saved, bit for bit.
   * @throws SpikelineError READOUT_TENSOR, Error SPIKELINE_KERNEL
   */
  static restore(description: LinearDescription, tensors: Model["tensors"]): LinearReadout {
    const readout = new LinearReadout(description);
    const state = readout.#emptyState();
    fillTensor(state.weights, "readout.weights", tensors);
    fillTensor(state.bias, "readout.bias", tensors);
    fillTensor(state.counters, "readout.counters", tensors);
    if (state.counters[2] !== 0) {
      fillTensor(state.meanWeights, "readout.meanWeights", tensors);
      fillTensor(state.meanBias, "readout.meanBias", tensors);
    }
    readout.#native.writeState(state);
    readout.#framesLearned = joinWords(state.counters[0], state.counters[1]);
    return readout;
  }

  get framesLearned(): number {
    return this.#framesLearned;
  }

  /**
   * Learns labelled frames, in the order given or as they stand; answers how many were judged right before.
   * @throws SpikelineError READOUT_LABEL, Error SPIKELINE_KERNEL if a spike is off the map
   */
  learn(
    spikes: FeatureSpikes,
    labels: ArrayLike<number>,
    order: Uint32Array = Uint32Array.from({ length: labels.length }, (_, frame) => frame),
  ): number {
    const checked = labelsOf(labels, spikes, this.description.classes);
    const right = this.#native.learn(...flat(spikes), checked, order);
    this.#framesLearned += order.length;
    return right;
  }

  /**
   * Learns all frames in several passes, each in an order of its own.
   * @throws SpikelineError READOUT_PASSES, READOUT_LABEL, Error SPIKELINE_KERNEL if a spike is off the map
   */
  train(spikes: FeatureSpikes, labels: ArrayLike<number>, training: Training): void {
    learnInPasses(training, {
      seed: this.description.seed,
      frames: framesIn(spikes),
      learned: () => this.#framesLearned,
      learn: (order) => this.learn(spikes, labels, order),
      keepMean: () => this.#native.keepMean(),
    });
    this.#native.useMean();
  }

  /**
   * The vote on one frame; nobody votes where nothing spoke or nothing was learned.
   * @throws SpikelineError READOUT_SPIKES
   */
  decide(spikes: FeatureSpikes): Vote {
    checkOneFrame(spikes);
    const { labels, shares } = this.judge(spikes);
    const isSilent = spikes.feature.length === 0 || this.#framesLearned === 0;
    return voteOfShares(isSilent ? undefined : labels[0], shares, this.description);
  }

  /** Decides on many frames. */
  judge(spikes: FeatureSpikes): Judged {
    return judgeAll(this.#native, this.description, spikes);
  }

  /**
   * Decides on each frame at the first spike after which the margin of the scores is enough.
   * @throws SpikelineError READOUT_NORM
   */
  judgeEarly(spikes: FeatureSpikes, margin: number): JudgedEarly {
    return judgeAllEarly(this.#native, this.description, { spikes, margin });
  }

  /** inputs × classes, a copy. */
  weights(): Float32Array {
    return this.#state().weights;
  }

  /** The complete state, as copies. */
  tensors(): Map<string, Tensor> {
    const state = this.#state();
    const { classes, pooling } = this.description;
    const shape = [inputsOf(pooling), classes];
    const tensors = new Map<string, Tensor>([
      ["readout.weights", { shape, data: state.weights }],
      ["readout.bias", { shape: [classes], data: state.bias }],
      ["readout.counters", { shape: [state.counters.length], data: state.counters }],
    ]);
    // Only a readout saved amid its training has a mean that is not its weights yet.
    if (state.counters[2] !== 0) {
      tensors.set("readout.meanWeights", { shape, data: state.meanWeights });
      tensors.set("readout.meanBias", { shape: [classes], data: state.meanBias });
    }
    return tensors;
  }

  /** Frees the native memory; idempotent. */
  dispose(): void {
    this.#native.dispose();
  }

  #state(): NativeLinearState {
    const state = this.#emptyState();
    this.#native.readState(state);
    return state;
  }

  #emptyState(): NativeLinearState {
    const { classes, pooling } = this.description;
    const weights = inputsOf(pooling) * classes;
    return {
      weights: new Float32Array(weights),
      bias: new Float32Array(classes),
      meanWeights: new Float32Array(weights),
      meanBias: new Float32Array(classes),
      counters: new Uint32Array(4),
    };
  }
}
