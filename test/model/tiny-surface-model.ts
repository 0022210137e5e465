/** A small valid surface model, and recordings that teach one: bars that move across 8 × 6 pixels, a class a direction. */
import type { SpikeBatch } from "../../src/core/batches.ts";
import type { Random } from "../../src/core/random.ts";
import type { Tensor } from "../../src/model/schema.ts";
import type { SurfaceDescription, SurfaceModel } from "../../src/model/surface-schema.ts";

const [WIDTH, HEIGHT] = [8, 6];
const INPUTS = 32;

type Readout = SurfaceDescription["readout"];

const common = {
  pooling: { features: 8, width: WIDTH, height: HEIGHT, grid: 2, value: "sqrt", norm: "none" },
  augmentation: { shiftPx: 0, rotationRad: 0, shear: 0, scale: 0, dropout: 0 },
  rate: { first: 0.02, last: 0.01, frames: 100 },
  classes: 2,
  seed: 1,
  classNames: ["right", "down"],
} as const;

export const linear: Readout = {
  kind: "linear",
  ...common,
  classNames: [...common.classNames],
  batch: 1,
  weightDecay: 0,
};

export const reward: Readout = {
  kind: "reward",
  ...common,
  classNames: [...common.classNames],
  rule: "runner-up",
  marginGate: 5,
  runnerUpShare: 0.5,
  recencyPenalty: 0,
  neuronsPerClass: 3,
  memory: 8,
  initialMax: 0.01,
};

/** Four prototypes of 3 × 3 pixels, OFF and ON, two bins. */
export function tinySurfaceDescription(readout: Readout = linear): SurfaceDescription {
  return {
    format: "spikeline-model",
    version: 1,
    system: "tiny-surface",
    seed: 1,
    input: { width: WIDTH, height: HEIGHT },
    encoder: { kind: "event-grid", pool: 1, polarity: "split", window: { by: "episode" } },
    layers: [
      {
        kind: "surface",
        prototypes: 4,
        radius: 1,
        polarity: "both",
        tauMs: 5,
        binMs: 4,
        bins: 2,
        centre: false,
        learning: { vigilance: 0.9, rate: 0.01 },
      },
    ],
    readout,
    provenance: {
      createdAt: "2026-01-01T00:00:00.000Z",
      spikelineVersion: "0.1.0",
      dataset: "made up",
      framesSeen: 12,
    },
    accuracy: [{ dataset: "made up", accuracy: 0.5, frames: 10 }],
  };
}

/** Three prototypes, the last unused. */
export function tinySurfaceModel(readout: Readout = linear): SurfaceModel {
  const weights = Float32Array.from({ length: 72 }, (_, i) => (i % 4 === 3 ? 0 : 0.1 + i / 200));
  const neurons = readout.kind === "reward" ? 6 : 2;
  const learned = Float32Array.from({ length: INPUTS * neurons }, (_, i) => (i % 19) / 20 - 0.5);
  const perClass = Float32Array.of(0.25, 0.5);
  return {
    description: tinySurfaceDescription(readout),
    tensors: new Map<string, Tensor>([
      ["layer0.weights", { shape: [2, 3, 3, 4], data: weights }],
      ["layer0.wins", { shape: [4], data: Uint32Array.of(9, 8, 1, 0) }],
      ["layer0.counters", { shape: [2], data: Uint32Array.of(18, 0) }],
      ["readout.weights", { shape: [INPUTS, neurons], data: learned }],
      [readout.kind === "reward" ? "readout.behind" : "readout.bias", { shape: [2], data: perClass }],
      ["readout.counters", { shape: [4], data: Uint32Array.of(24, 0, 0, 0) }],
    ]),
  };
}

/** A bar that moves right (class 0) or down (class 1), a pixel a millisecond, with some jitter. */
export function movingBar(label: 0 | 1, random: Random): SpikeBatch {
  const [steps, across] = label === 0 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
  const events: { readonly us: number; readonly neuron: number }[] = [];
  for (let step = 0; step < steps; step++) {
    for (let k = 0; k < across; k++) {
      const [x, y] = label === 0 ? [step, k] : [k, step];
      events.push({ us: step * 1000 + random.nextBelow(400), neuron: (HEIGHT + y) * WIDTH + x });
    }
  }
  events.sort((a, b) => a.us - b.us);
  return {
    startUs: 0,
    durationUs: 10_000,
    offsetUs: Uint32Array.from(events, ({ us }) => us),
    neuron: Uint32Array.from(events, ({ neuron }) => neuron),
    length: events.length,
    episode: { index: 0, name: "bar", label },
  };
}
