import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeParams, native } from "../../src/native/binding.ts";
import { paramsWith, stateOf } from "./world.ts";

const SIGMAS = 4;

function sumsOf(params: NativeParams, frames: number): number[] {
  const network = new native.ClockedNetwork(params);
  const random = Random.fromKey(9);
  const pixels = Uint8Array.from({ length: frames * params.inputs }, () => random.nextBelow(256));
  const counts = new Uint16Array(frames * params.neurons);
  network.presentImages(pixels, counts, new Uint32Array(frames), new Uint8Array(frames), true);
  expect(counts.reduce((total, count) => total + count, 0)).toBeGreaterThan(frames);
  const { weightsF32, weightsU8, scale } = stateOf(network, params);
  const stored = params.weights === 1 ? weightsU8 : weightsF32;
  return Array.from(scale, (factor, j) => {
    let sum = 0;
    for (let i = 0; i < params.inputs; i++) sum += (stored[i * params.neurons + j] ?? 0) * factor;
    return sum;
  });
}

describe("normalisation", () => {
  it.each([
    { rule: 0, weights: 0 },
    { rule: 0, weights: 1 },
    { rule: 1, weights: 0 },
    { rule: 1, weights: 1 },
    { rule: 2, weights: 0 },
    { rule: 2, weights: 1 },
  ] as const)(
    "gives every neuron its sum within one part in 100,000: rule $rule, weights $weights",
    (kind) => {
      const params = paramsWith({ ...kind, inputs: 60, neurons: 9, normalisedSum: 7.3, gain: 0.05 });
      for (const frames of [1, 40]) {
        for (const sum of sumsOf(params, frames)) expect(Math.abs(sum / 7.3 - 1)).toBeLessThan(1e-5);
      }
    },
  );

  it("holds over growth that would run out of floats if the scale alone took it", () => {
    const params = paramsWith({
      inputs: 60,
      neurons: 2,
      normalisedSum: 7.3,
      gain: 0.05,
      etaPost: 5,
      xTarget: 0,
      wMax: 50,
    });
    for (const sum of sumsOf(params, 300)) expect(Math.abs(sum / 7.3 - 1)).toBeLessThan(1e-5);
  });
});

/** 200 inputs that spike in every step, and a neuron that fires in every step: 60 equal updates of each weight. */
const INPUTS = 200;
const STEPS = 60;
const UNITS_PER_WEIGHT = 255;

function meanOfStored(overrides: Partial<NativeParams>, start: number): number {
  const params = paramsWith({
    inputs: INPUTS,
    neurons: 1,
    weights: 1,
    normalisedSum: 0,
    gain: 1,
    refractoryMs: 0,
    tauPreMs: 20,
    ...overrides,
  });
  const network = new native.ClockedNetwork(params);
  const state = stateOf(network, params);
  state.weightsU8.fill(start);
  network.writeState(state);
  const length = INPUTS * STEPS;
  const offsetUs = Uint32Array.from({ length }, (_, k) => Math.floor(k / INPUTS) * 1000);
  const input = Uint32Array.from({ length }, (_, k) => k % INPUTS);
  const counts = new Uint16Array(1);
  const none = new Uint32Array(0);
  network.presentSpikes(offsetUs, input, STEPS * 1000, counts, none, none, true);
  expect(counts[0]).toBe(STEPS);
  return stateOf(network, params).weightsU8.reduce((sum, w) => sum + w, 0) / INPUTS;
}

describe("uint8 weights", () => {
  it.each([
    { name: "whole columns", overrides: { rule: 0, etaPost: 0.0005, xTarget: 0 }, step: 0.0005 },
    {
      name: "whole columns, down",
      overrides: { rule: 0, etaPost: 0.001, xTarget: 1, tauPreMs: 1e-3 },
      step: 0,
    },
    { name: "single synapses", overrides: { rule: 1, etaPre: 0, etaPost: 0.0003 }, step: 0.0003 },
    { name: "single synapses, slowly", overrides: { rule: 1, etaPre: 0, etaPost: 0.00002 }, step: 0.00002 },
  ] as const)("round stochastically without a bias, within 4 sigma: $name", ({ overrides, step }) => {
    const share = step * UNITS_PER_WEIGHT;
    const sigma = Math.sqrt((STEPS * share * (1 - share)) / INPUTS);
    for (const seed of [1, 2, 3]) {
      const moved = meanOfStored({ ...overrides, seed }, 120) - 120;
      expect(Math.abs(moved - STEPS * share)).toBeLessThanOrEqual(SIGMAS * sigma);
    }
  });

  it("go down as they go up: silent inputs lose what the rule says, on average", () => {
    // xTarget 1, and inputs that never spike but for one that makes the neuron fire: x − xTarget = −1.
    const params = paramsWith({
      inputs: INPUTS,
      neurons: 1,
      weights: 1,
      rule: 0,
      normalisedSum: 0,
      gain: 1,
      refractoryMs: 0,
      etaPost: 0.0005,
      xTarget: 1,
    });
    const network = new native.ClockedNetwork(params);
    const state = stateOf(network, params);
    state.weightsU8.fill(120);
    network.writeState(state);
    const offsetUs = Uint32Array.from({ length: STEPS }, (_, k) => k * 1000);
    const none = new Uint32Array(0);
    network.presentSpikes(
      offsetUs,
      new Uint32Array(STEPS),
      STEPS * 1000,
      new Uint16Array(1),
      none,
      none,
      true,
    );
    const silent = stateOf(network, params).weightsU8.subarray(1);
    const moved = silent.reduce((sum, w) => sum + w, 0) / silent.length - 120;
    const share = 0.0005 * UNITS_PER_WEIGHT;
    expect(Math.abs(moved + STEPS * share)).toBeLessThan(
      SIGMAS * Math.sqrt((STEPS * share * (1 - share)) / INPUTS),
    );
  });
});
