/** What a system is: data only. The pipeline runs it; nothing here computes. */

import type { FeatureReadoutKind } from "../model/readout-schema.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { SurfaceDescription } from "../model/surface-schema.ts";
import type { WaveDescription } from "../model/wave-schema.ts";

/** A figure a paper gives, to stand beside ours. */
export type PublishedFigure = {
  readonly name: string;
  readonly neurons: number;
  /** 0..1. */
  readonly accuracy: number;
};

export type Recipe = {
  readonly name: string;
  /** One sentence for lists and help. */
  readonly summary: string;
  readonly paper: string;
  readonly dataset: "mnist" | "n-mnist";
  readonly defaultNeurons: number;
  readonly published: readonly PublishedFigure[];
  /**
   * Everything a model needs but its provenance. `neurons` and `seed` are the user's, and `input` is the size of
   * the user's sensor, where it is not the data set's and the system can take others.
   */
  describe(options: {
    readonly neurons: number;
    readonly seed: number;
    readonly input?: { readonly width: number; readonly height: number } | undefined;
  }): Omit<ModelDescription, "provenance" | "accuracy">;
};

/** A system of a wave network: its convolution learns without labels, its readout from them or from right and wrong. */
export type WaveRecipe = {
  readonly name: string;
  /** One sentence for lists and help. */
  readonly summary: string;
  /** What it is made after. */
  readonly paper: string;
  readonly dataset: "mnist";
  /** Images that the convolution learns from. */
  readonly learnedImages: number;
  /** How often each kind of readout learns each image. */
  readonly passes: Readonly<Record<FeatureReadoutKind, number>>;
  /** Everything a model needs but its provenance; `presentations` are those of the readout's learning, all passes. */
  describe(options: {
    readonly seed: number;
    readonly presentations: number;
    /** "linear" when left out. */
    readonly readout?: FeatureReadoutKind | undefined;
  }): Omit<WaveDescription, "provenance" | "accuracy">;
};

/** A system of a surface network: its prototypes learn without labels, its readout from them or from right and wrong. */
export type SurfaceRecipe = {
  readonly name: string;
  /** One sentence for lists and help. */
  readonly summary: string;
  /** What it is made after. */
  readonly paper: string;
  readonly dataset: "n-mnist";
  /** How often each kind of readout learns each recording. */
  readonly passes: Readonly<Record<FeatureReadoutKind, number>>;
  /** Everything a model needs but its provenance; `presentations` are those of the readout's learning, all passes. */
  describe(options: {
    readonly seed: number;
    readonly presentations: number;
    /** "linear" when left out. */
    readonly readout?: FeatureReadoutKind | undefined;
  }): Omit<SurfaceDescription, "provenance" | "accuracy">;
};
