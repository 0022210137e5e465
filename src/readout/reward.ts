/**
 * The readout that learns by reward alone: it decides, is told right or wrong, and its neurons change
 * (reward-modulated STDP; native/kernel/reward_readout.hpp and reward_rules.hpp have the equations). Live by a click on
 * a decision shown a moment ago, or in batches. It never touches the network.
 */

import { systemCode, usageError } from "../core/errors.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Model, Tensor } from "../model/schema.ts";
import { native } from "../native/binding.ts";
import type { NativeRewardParams, NativeRewardReadout, NativeRewardState } from "../native/readouts.ts";
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
import { checkLabels, type Vote } from "./votes.ts";

export type RewardRule = "winner" | "runner-up" | "soft";

/** Everything that describes a reward readout, as plain data. */
export type RewardDescription = ReadoutBase & {
  readonly kind: "reward";
  readonly rule: RewardRule;
  /** Right decisions of at least this margin teach nothing; not for the soft rule. */
  readonly marginGate: number;
  /** How far a wrong decision raises the second, of how far it lowers the winner. */
  readonly runnerUpShare: number;
  /** For learning, a class's score is lowered by this for each reward since it was last known to be there; 0: never. */
  readonly recencyPenalty: number;
  /** A wrong decision tires its class by this instead of teaching, if the right class is not told; 0, absent: never. */
  readonly fatigue?: number | undefined;
  /** Share of it that is left after each decision; 0.99 if absent. */
  readonly fatigueKept?: number | undefined;
  readonly neuronsPerClass: number;
  /** Decisions that can still be rewarded. */
  readonly memory: number;
  readonly initialMax: number;
};

type Own = Omit<RewardDescription, keyof ReadoutBase | "kind">;
export type RewardOptions = BaseOptions & Partial<Own>;

export type RewardDecision = {
  readonly id: number;
  /** The guess; always one, so that it can be rewarded. */
  readonly label: number;
  /** The neuron that spoke for it. */
  readonly neuron: number;
  /** Undefined label where nothing spoke. */
  readonly vote: Vote;
};

export type Outcome = "right" | "wrong";

const RULES = { winner: 0, "runner-up": 1, soft: 2 } as const;

/** From throw-away prototypes on MNIST; 64 decisions: what a person sees at 30 frames a second and clicks in 2 s. */
const USUAL: Own = {
  rule: "runner-up",
  marginGate: 5,
  runnerUpShare: 0.5,
  recencyPenalty: 0,
  neuronsPerClass: 5,
  memory: 64,
  initialMax: 0.01,
};

/** Tired for about a hundred decisions: measured by scripts/measure-continual.mjs on MNIST in two groups of digits. */
const USUAL_KEPT = 0.99;

export class RewardReadout {
  readonly description: RewardDescription;
  readonly #native: NativeRewardReadout;

  private constructor(description: RewardDescription) {
    this.description = description;
    this.#native = new native.RewardReadout(nativeParams(description));
  }

  /**
   * A readout that guesses at random.
   * @throws Error SPIKELINE_KERNEL if an option is out of range
   */
  static create(options: RewardOptions): RewardReadout {
    const { pooling, augmentation, rate, classes, seed, ...own } = options;
    return new RewardReadout({ kind: "reward", ...withDefaults(options), ...USUAL, ...own });
  }

  /**
   * The readout as it was saved, bit for bit; decisions before are forgotten.
   * @throws SpikelineError READOUT_TENSOR, Error SPIKELINE_KERNEL
   */
  static restore(description: RewardDescription, tensors: Model["tensors"]): RewardReadout {
    const readout = new RewardReadout(description);
    const state = readout.#emptyState();
    fillTensor(state.weights, "readout.weights", tensors);
    fillTensor(state.behind, "readout.behind", tensors);
    if (state.tired.length > 0) fillTensor(state.tired, "readout.tired", tensors);
    fillTensor(state.counters, "readout.counters", tensors);
    readout.#native.writeState(state);
    return readout;
  }

  /**
   * The same readout with room for more classes. Their neurons begin as the mean of those there are, beside the fresh
   * weights of a new readout: a score of 0 would beat classes that have learned mostly by being wrong.
   */
  withClasses(classes: number): RewardReadout {
    const wider = new RewardReadout({ ...this.description, classes });
    const [from, to] = [this.#state(), wider.#state()];
    const [narrow, wide] = [from.weights.length, to.weights.length].map((n) => n / this.#inputs);
    for (let input = 0; input < this.#inputs; input++) {
      const row = from.weights.subarray(input * (narrow ?? 0), (input + 1) * (narrow ?? 0));
      const at = input * (wide ?? 0);
      to.weights.set(row, at);
      const mean = row.reduce((sum, weight) => sum + weight, 0) / row.length;
      for (let n = at + row.length; n < at + (wide ?? 0); n++)
        to.weights[n] = bounded((to.weights[n] ?? 0) + mean);
    }
    to.behind.set(from.behind);
    to.tired.set(from.tired);
    to.counters.set(from.counters);
    wider.#native.writeState(to);
    return wider;
  }

  /** Rewards and punishments so far. */
  get rewards(): number {
    const { counters } = this.#state();
    return joinWords(counters[2], counters[3]);
  }

  /**
   * Decides on one frame. Nothing is learned until it is rewarded.
   * @throws SpikelineError READOUT_SPIKES, Error SPIKELINE_KERNEL if a spike is off the map
   */
  present(spikes: FeatureSpikes): RewardDecision {
    checkOneFrame(spikes);
    const shares = new Float32Array(this.description.classes);
    const { id, label, neuron } = this.#native.present(...flat(spikes), shares);
    return {
      id,
      label,
      neuron,
      vote: voteOfShares(spikes.feature.length === 0 ? undefined : label, shares, this.description),
    };
  }

  /**
   * Rewards or punishes a decision, once. `truth`: the right class, if it was told as well.
   * @throws SpikelineError READOUT_DECISION if the decision is none that waits or the truth contradicts the outcome
   */
  reward(id: number, outcome: Outcome, truth?: number): void {
    if (truth !== undefined) checkLabels([truth], this.description.classes);
    try {
      this.#native.reward(id, outcome === "right", truth ?? -1);
    } catch (error) {
      const code = systemCode(error);
      if (code !== "SPIKELINE_KERNEL" && code !== "SPIKELINE_ARGUMENT") throw error;
      throw usageError(
        "READOUT_DECISION",
        `Expected one of the last ${this.description.memory} decisions, not rewarded yet, and a class that is its ` +
          `own only if it was right, found decision ${id}, ${outcome}, class ${truth ?? "not told"}.`,
      );
    }
  }

  /**
   * Decides and rewards labelled frames, in the order given or as they stand; answers how many were right.
   * `told`: after a wrong decision the right class is told as well.
   * @throws SpikelineError READOUT_LABEL, Error SPIKELINE_KERNEL if a spike is off the map
   */
  learn(
    spikes: FeatureSpikes,
    labels: ArrayLike<number>,
    options: { readonly order?: Uint32Array; readonly told?: boolean } = {},
  ): number {
    const { order = Uint32Array.from({ length: labels.length }, (_, frame) => frame), told = false } =
      options;
    const checked = labelsOf(labels, spikes, this.description.classes);
    return this.#native.learn(...flat(spikes), checked, order, told);
  }

  /**
   * Learns all frames in several passes, each in an order of its own, told only right and wrong. With a mean, no
   * decision waits for its reward afterwards.
   * @throws SpikelineError READOUT_PASSES, READOUT_LABEL, Error SPIKELINE_KERNEL if a spike is off the map
   */
  train(spikes: FeatureSpikes, labels: ArrayLike<number>, training: Training): void {
    const sum = new Float64Array(training.average ? this.#emptyState().weights.length : 0);
    let summed = 0;
    learnInPasses(training, {
      seed: this.description.seed,
      frames: framesIn(spikes),
      learned: () => this.rewards,
      learn: (order) => this.learn(spikes, labels, { order }),
      keepMean: () => {
        const { weights } = this.#state();
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (weights[i] ?? 0);
        summed++;
      },
    });
    if (summed === 0) return;
    this.#native.writeState({ ...this.#state(), weights: Float32Array.from(sum, (total) => total / summed) });
  }

  /** Decides on many frames; these decisions cannot be rewarded. */
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

  /** inputs × (classes · neuronsPerClass), a copy. */
  weights(): Float32Array {
    return this.#state().weights;
  }

  /** The complete state, as copies. */
  tensors(): Map<string, Tensor> {
    const { weights, behind, tired, counters } = this.#state();
    const perClass = (data: Float32Array) => ({ shape: [data.length], data });
    return new Map<string, Tensor>([
      ["readout.weights", { shape: [this.#inputs, weights.length / this.#inputs], data: weights }],
      ["readout.behind", perClass(behind)],
      ...(tired.length > 0 ? [["readout.tired", perClass(tired)] as const] : []),
      ["readout.counters", { shape: [counters.length], data: counters }],
    ]);
  }

  /** Frees the native memory; idempotent. */
  dispose(): void {
    this.#native.dispose();
  }

  get #inputs(): number {
    return inputsOf(this.description.pooling);
  }

  #state(): NativeRewardState {
    const state = this.#emptyState();
    this.#native.readState(state);
    return state;
  }

  #emptyState(): NativeRewardState {
    const { classes, neuronsPerClass, fatigue = 0 } = this.description;
    return {
      weights: new Float32Array(this.#inputs * classes * neuronsPerClass),
      behind: new Float32Array(classes),
      tired: new Float32Array(fatigue > 0 ? classes : 0),
      counters: new Uint32Array(4),
    };
  }
}

/** native/kernel/reward_readout.hpp: kMostWeight. */
const MOST_WEIGHT = 0.9990234375;
const bounded = (weight: number) => Math.min(MOST_WEIGHT, Math.max(-MOST_WEIGHT, weight));

function nativeParams(description: RewardDescription): NativeRewardParams {
  const { rule, marginGate, runnerUpShare, recencyPenalty, neuronsPerClass, memory, initialMax } =
    description;
  const { fatigue = 0, fatigueKept = USUAL_KEPT } = description;
  const own = { marginGate, runnerUpShare, recencyPenalty, neuronsPerClass, memory, initialMax };
  return { ...nativeBase(description), rule: RULES[rule], ...own, fatigue, fatigueKept };
}
