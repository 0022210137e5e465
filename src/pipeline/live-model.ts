/**
 * What the live pipeline asks of whatever learns in it: judge frames, tell what was learned, be named, rewarded,
 * forgotten and captured. Types only; which network is behind it is the business of each that implements this.
 */
import type { SpikeBatch } from "../core/batches.ts";
import type { Reward } from "../core/control.ts";
import type { FrameWave, Learned, MarginTrace, NeuronGroup, Snapshot } from "../core/telemetry.ts";
import type { AnyModel } from "../model/any-model.ts";
import type { EncoderDescription } from "../model/schema.ts";
import type { Vote } from "../readout/votes.ts";

/** Books the time of a frame's two parts. */
export type Measure = <T>(part: "network" | "readout", work: () => T) => T;

export type FrameOptions = {
  /** `Decision.id` of what will be answered. */
  readonly id: number;
  readonly learn: boolean;
  /** Frames shown with learning on before this one, since the weights were fresh or loaded. */
  readonly framesLearned: number;
  readonly measure: Measure;
};

export type JudgedFrame = {
  readonly vote: Vote;
  /** The group that spoke most, or the class that was answered; undefined when nothing spoke. */
  readonly group: number | undefined;
  /** Per group: its spikes; of classes: 1 for the one that was answered. */
  readonly said: ArrayLike<number>;
  /** Spikes per feature, where there are features. */
  readonly features: ArrayLike<number> | undefined;
  /** Spikes of the raster's units. */
  readonly output: SpikeBatch;
  /** Output spikes, listed or not. */
  readonly spikes: number;
};

/** What was learned, as it stands; all arrays are the receiver's own. */
export type LearnedState = Pick<Learned, "kind" | "planes" | "width" | "height"> & {
  readonly groups: readonly Omit<NeuronGroup, "share">[];
  /** Group of each unit; undefined with classes. */
  readonly groupOf: Uint16Array | undefined;
  /** groups × planes × height × width, of any scale. */
  readonly fields: Float32Array;
  /** Receptive fields of features, count × planes × height × width. */
  readonly features:
    | (Pick<Learned, "planes" | "width" | "height"> & { readonly fields: Float32Array })
    | undefined;
  /** What learning moves: how fast is measured on it. */
  readonly weights: Float32Array;
};

/** What became of a reward: the readout learned from it, it was only counted, or its frame was no longer kept. */
export type Rewarded = "taught" | "counted" | "missed";

export type LiveModel = {
  readonly system: string;
  /** The sensor it was made for. */
  readonly input: { readonly width: number; readonly height: number };
  readonly encoder: EncoderDescription;
  /** Lines that the encoder must have. */
  readonly inputs: number;
  /** What speaks in the raster: neurons or features. */
  readonly units: number;
  readonly groupCount: number;
  /** Classes by label: those it was made with, and those named by hand since. */
  readonly classNames: readonly string[];
  readonly rewardable: Snapshot["rewardable"];
  /** The lead of the best class over the second that is enough for an answer, 0..1. */
  readonly enough: number;
  /** One sentence for who switches learning on where nothing can be learned. */
  readonly whyStill?: string | undefined;
  /** Presents a frame, decides, and only then learns from it. */
  judge(frame: SpikeBatch, options: FrameOptions): JudgedFrame;
  /** What is due between two frames and is none of their time. True when the groups are others now. */
  follow(options: { readonly learn: boolean }): boolean;
  /** A decision goes out to whoever looks on, who may come back to it. */
  show(id: number): void;
  /** The lead within the newest frame, where the readout can tell. */
  margins(): MarginTrace | undefined;
  /** The newest frame's feature spikes, where there are some. Said once. */
  takeWave(): FrameWave | undefined;
  learned(): LearnedState;
  /** Fresh weights, no names. */
  reset(): void;
  /** Names a group by hand; an empty name takes the given one away. False where it may not be called so. */
  name(group: number, name: string): boolean;
  reward(reward: Reward, options: { readonly learn: boolean }): Rewarded;
  /** The model as it stands, ready to be written. `framesLearned` counts this run's, since the last reset. */
  capture(run: { readonly framesLearned: number; readonly source: string }): AnyModel;
  /** Frees the native memory; idempotent. */
  dispose(): void;
};
