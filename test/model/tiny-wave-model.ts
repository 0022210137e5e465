/** A small valid wave model with values that differ everywhere, for tests that need one. */
import { Random } from "../../src/core/random.ts";
import type { FeatureReadoutKind } from "../../src/model/readout-schema.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { type WavePooledLayer, waveMap } from "../../src/model/wave-layers.ts";
import type { WaveDescription, WaveModel } from "../../src/model/wave-schema.ts";

const TINY_READOUTS = {
  linear: { kind: "linear", batch: 1, weightDecay: 0 },
  reward: {
    kind: "reward",
    rule: "runner-up",
    marginGate: 1,
    runnerUpShare: 0.5,
    recencyPenalty: 0.5,
    neuronsPerClass: 2,
    memory: 4,
    initialMax: 0.01,
  },
} as const;

/** Two maps of 3 × 3 pixels over 6 × 5 pixels with a pad of 1, two thresholds, three classes over 2 × 2 cells. */
export function tinyWaveDescription(
  options: { readonly seed?: number; readonly readout?: FeatureReadoutKind } = {},
): WaveDescription {
  const { seed = 1, readout = "linear" } = options;
  return {
    format: "spikeline-model",
    version: 1,
    system: "tiny-wave",
    seed,
    input: { width: 6, height: 5 },
    encoder: { kind: "dog-rank", sigmaCentre: 1, sigmaSurround: 2, contrast: 0.02, mostSpikes: 20 },
    layers: [
      {
        kind: "wave",
        maps: 2,
        window: 3,
        pad: 1,
        thresholds: [1.5, 2.5],
        initialMean: 0.8,
        initialStd: 0.05,
        learning: {
          threshold: 2,
          thetaPlus: 0.1,
          aPlus: 0.01,
          aPlusMax: 0.15,
          aRatio: 0.75,
          doublingFrames: 4,
          winners: 2,
          inhibitionRadius: 1,
        },
      },
    ],
    readout: {
      ...TINY_READOUTS[readout],
      pooling: { features: 4, width: 6, height: 5, grid: 2, value: "sqrt", norm: "none" },
      augmentation: { shiftPx: 1, rotationRad: 0.1, shear: 0, scale: 0.1, dropout: 0.1 },
      rate: { first: 0.05, last: 0.01, frames: 100 },
      classes: 3,
      seed,
      classNames: ["a", "b", "c"],
    },
    provenance: {
      createdAt: "2026-01-01T00:00:00.000Z",
      spikelineVersion: "0.1.0",
      dataset: "made up",
      framesSeen: 12,
    },
    accuracy: [{ dataset: "made up", accuracy: 0.5, frames: 10 }],
  };
}

/** The same with a second layer of three maps over pools of 2 × 2, and a readout of that layer or of both. */
export function tinyDeepDescription(options: { readonly outputs?: "last" | "all" } = {}): WaveDescription {
  const { outputs = "last" } = options;
  const plain = tinyWaveDescription();
  const [first] = plain.layers;
  const second: WavePooledLayer = {
    ...first,
    kind: "wave-pooled",
    pool: { side: 2, stride: 2 },
    competition: "first-map",
    maps: 3,
    thresholds: [1.5],
  };
  const described: WaveDescription = { ...plain, layers: [first, second], outputs };
  const { pooling } = plain.readout;
  return { ...described, readout: { ...plain.readout, pooling: { ...pooling, ...waveMap(described) } } };
}

/** @param options isAmidTraining: with a mean that is not the weights yet */
export function tinyWaveModel(options: { readonly isAmidTraining?: boolean } = {}): WaveModel {
  const { isAmidTraining = false } = options;
  const random = Random.fromKey(3);
  const units = (length: number, least = 0) =>
    Float32Array.from({ length }, () => least + (1 - least) * random.nextUnit());
  const tensors = new Map<string, Tensor>([
    ["layer0.weights", { shape: [2, 3, 3, 2], data: units(36) }],
    ["layer0.theta", { shape: [2], data: units(2).map((unit) => 1 + unit) }],
    ["layer0.counters", { shape: [2], data: Uint32Array.of(12, 0) }],
    ["readout.weights", { shape: [16, 3], data: units(48, -1) }],
    ["readout.bias", { shape: [3], data: units(3, -1) }],
    ["readout.counters", { shape: [4], data: Uint32Array.of(24, 0, isAmidTraining ? 2 : 0, 0) }],
  ]);
  if (isAmidTraining) {
    tensors.set("readout.meanWeights", { shape: [16, 3], data: units(48, -1) });
    tensors.set("readout.meanBias", { shape: [3], data: units(3, -1) });
  }
  return { description: tinyWaveDescription(), tensors };
}

/**
 * The same with a readout that learned by reward, of two neurons a class.
 * @param options isTired: its wrong guesses tire
 */
export function tinyRewardModel(options: { readonly isTired?: boolean } = {}): WaveModel {
  const { isTired = false } = options;
  const { tensors } = tinyWaveModel();
  const random = Random.fromKey(5);
  const readout = new Map<string, Tensor>([
    [
      "readout.weights",
      { shape: [16, 6], data: Float32Array.from({ length: 96 }, () => random.nextUnit() - 0.5) },
    ],
    ["readout.behind", { shape: [3], data: Float32Array.of(0, 0.5, 1000) }],
    ["readout.counters", { shape: [4], data: Uint32Array.of(25, 0, 24, 0) }],
  ]);
  if (isTired) readout.set("readout.tired", { shape: [3], data: Float32Array.of(0, 0.5, 1000) });
  const layer = [...tensors].filter(([name]) => name.startsWith("layer0."));
  const plain = tinyWaveDescription({ readout: "reward" });
  return {
    description: isTired ? { ...plain, readout: tiring(plain.readout) } : plain,
    tensors: new Map([...layer, ...readout]),
  };
}

const tiring = (readout: WaveDescription["readout"]): WaveDescription["readout"] =>
  readout.kind === "reward" ? { ...readout, fatigue: 2, fatigueKept: 0.99 } : readout;

/** A few soft strokes on grey for each of three classes. */
export function drawStrokes(
  frames: number,
  random: Random,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const [width, height] = [6, 5];
  const images = new Uint8Array(frames * width * height).fill(60);
  const labels = Uint8Array.from({ length: frames }, () => random.nextBelow(3));
  for (const [frame, label] of labels.entries()) {
    const at = frame * width * height;
    const place = 1 + random.nextBelow(3);
    for (let k = 0; k < height; k++) {
      const column = label === 0 ? place : k;
      const row = label === 1 ? place : k;
      images[at + row * width + (label === 2 ? width - 1 - column : column)] = 200 + random.nextBelow(50);
    }
  }
  return { images, labels };
}
