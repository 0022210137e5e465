/** The readouts of feature spikes as the addon has them: types for binding.ts. All calls are synchronous. */

/** native/kernel/feature_pool.hpp in JavaScript. */
export type NativePoolParams = {
  readonly features: number;
  readonly width: number;
  readonly height: number;
  /** Cells along each side of the map. */
  readonly grid: number;
  /** 0 square root of the count, 1 the count. */
  readonly value: 0 | 1;
  /** 0 none, 1 Euclidean length 1. */
  readonly norm: 0 | 1;
};

/** native/kernel/augmentation.hpp and rate_schedule.hpp, beside the pooling. */
export type NativeReadoutParams = NativePoolParams & {
  readonly shiftPx: number;
  readonly rotationRad: number;
  readonly shear: number;
  readonly scale: number;
  readonly dropout: number;
  readonly rateFirst: number;
  readonly rateLast: number;
  /** Frames from the first rate to the last; 0: the last at once. */
  readonly rateFrames: number;
  readonly classes: number;
  readonly seed: number;
};

/** native/kernel/linear_readout.hpp in JavaScript. */
export type NativeLinearParams = NativeReadoutParams & {
  /** Frames a step. */
  readonly batch: number;
  readonly weightDecay: number;
};

/** native/kernel/reward_readout.hpp and reward_rules.hpp in JavaScript. */
export type NativeRewardParams = NativeReadoutParams & {
  /** 0 winner, 1 runner-up, 2 soft. */
  readonly rule: 0 | 1 | 2;
  readonly marginGate: number;
  readonly runnerUpShare: number;
  /** 0: no gate. */
  readonly recencyPenalty: number;
  /** 0: never tired. */
  readonly fatigue: number;
  readonly fatigueKept: number;
  readonly neuronsPerClass: number;
  /** Decisions that can still be rewarded. */
  readonly memory: number;
  readonly initialMax: number;
};

/** The complete state, dense and row-major by input. */
export type NativeLinearState = {
  /** inputs × classes. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly meanWeights: Float32Array;
  readonly meanBias: Float32Array;
  /** 4: frames learned low, high; weights in the mean; 0. */
  readonly counters: Uint32Array;
};

export type NativeRewardState = {
  /** inputs × (classes · neuronsPerClass), neurons of one class side by side. */
  readonly weights: Float32Array;
  /** Per class, by how much its score is lowered for learning, 0 to 1000. */
  readonly behind: Float32Array;
  /** Per class, by how much its score is lowered for deciding, 0 to 1000; empty without fatigue. */
  readonly tired: Float32Array;
  /** 4: decisions low, high; rewards low, high. */
  readonly counters: Uint32Array;
};

/** native/kernel/feature_rows.hpp in JavaScript. */
export type NativeFeatureRows = {
  /** Fills rows frames×inputs, or throws SPIKELINE_* and changes nothing. */
  fill(start: Uint32Array, feature: Uint16Array, x: Uint8Array, y: Uint8Array, rows: Float32Array): void;
  /** Frees the memory; idempotent. */
  dispose(): void;
};

/** What both readouts do; the spikes are those of core/feature-spikes.ts. Throws SPIKELINE_*. */
export type NativeJudge = {
  /** Fills labels, and margins and frames×classes shares unless those are empty. */
  judge(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    margins: Float32Array,
    shares: Float32Array,
  ): void;
  /** Decides each frame at the first spike after which the margin is enough; fills how many it took. */
  judgeEarly(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    enough: number,
    labels: Uint16Array,
    spikes: Uint32Array,
  ): void;
  /** Frees the memory; idempotent. */
  dispose(): void;
};

export type NativeLinearReadout = NativeJudge & {
  /** Learns the frames named by `order`; returns how many were judged right before. */
  learn(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    order: Uint32Array,
  ): number;
  /** Takes the present weights into a mean. */
  keepMean(): void;
  /** Makes the mean the weights and begins it anew; does nothing if it is of none. */
  useMean(): void;
  /** Fills the arrays. */
  readState(state: NativeLinearState): void;
  /** Takes the arrays over, or throws and changes nothing. */
  writeState(state: NativeLinearState): void;
};

export type NativeDecision = {
  readonly id: number;
  readonly label: number;
  readonly neuron: number;
  /** What the best class was decided by, less that of the second. */
  readonly margin: number;
};

export type NativeRewardReadout = NativeJudge & {
  /** Decides on one frame and fills the shares of the classes. */
  present(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    shares: Float32Array,
  ): NativeDecision;
  /** Rewards or punishes a decision; `truth` is the class that was told, or −1. */
  reward(id: number, right: boolean, truth: number): void;
  /** Decides and rewards the frames named by `order`; `told`: wrong ones are told their class. Returns the right ones. */
  learn(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    order: Uint32Array,
    told: boolean,
  ): number;
  /** Fills the arrays. */
  readState(state: NativeRewardState): void;
  /** Takes the arrays over, or throws and changes nothing. No decision waits for a reward afterwards. */
  writeState(state: NativeRewardState): void;
};
