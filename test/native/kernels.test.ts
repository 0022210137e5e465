import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeParams, native } from "../../src/native/binding.ts";
import { firstDifference, paramsWith, stateOf } from "./world.ts";

const FRAMES = 20;
const SIDE = 28;

/** Bright strokes on black, about a fifth of the pixels: what a handwritten digit costs. */
function strokes(random: Random): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let stroke = 0; stroke < 3; stroke++) {
    let x = 4 + random.nextBelow(SIDE - 8);
    let y = 4 + random.nextBelow(SIDE - 8);
    for (let k = 0; k < 40; k++) {
      x = Math.min(Math.max(x + random.nextBelow(3) - 1, 1), SIDE - 2);
      y = Math.min(Math.max(y + random.nextBelow(3) - 1, 1), SIDE - 2);
      pixels[y * SIDE + x] = 255;
      pixels[y * SIDE + x + 1] = 64 + random.nextBelow(192);
    }
  }
  return pixels;
}

const digitParams = (overrides: Partial<NativeParams>) =>
  paramsWith({
    inputs: SIDE * SIDE,
    neurons: 400,
    gain: 0.02,
    normalisedSum: 78.4,
    thetaInitial: 5,
    inhibition: 1,
    durationMs: 350,
    restMs: 150,
    minSpikes: 5,
    maxRepeats: 3,
    ...overrides,
  });

function run(kernel: string, params: NativeParams) {
  const random = Random.fromKey(784);
  const pixels = new Uint8Array(FRAMES * params.inputs);
  for (let frame = 0; frame < FRAMES; frame++) pixels.set(strokes(random), frame * params.inputs);
  const outputs = {
    counts: new Uint16Array(FRAMES * params.neurons),
    inputSpikes: new Uint32Array(FRAMES),
    repeats: new Uint8Array(FRAMES),
  };
  const network = new native.ClockedNetwork(params, kernel);
  expect(network.kernelName()).toBe(kernel);
  network.presentImages(pixels, outputs.counts, outputs.inputSpikes, outputs.repeats, true);
  const state = stateOf(network, params);
  network.dispose();
  return { ...outputs, ...state };
}

const KINDS: readonly (readonly [string, Partial<NativeParams>])[] = [
  ["post-target, float32", { rule: 0, weights: 0 }],
  ["post-target, uint8", { rule: 0, weights: 1 }],
  ["pair, float32", { rule: 1, weights: 0 }],
  ["triplet, uint8", { rule: 2, weights: 1 }],
  ["a number of neurons that fills no vector", { neurons: 397 }],
];

describe("kernels", () => {
  it("are listed fastest first and end with the one every CPU runs", () => {
    const names = native.kernelNames();
    expect(names.at(-1)).toBe("base");
    expect(new native.ClockedNetwork(paramsWith()).kernelName()).toBe(names[0]);
  });

  it.each(KINDS)("all give the bits of the base kernel on digits: %s", (_, overrides) => {
    const params = digitParams(overrides);
    const base = run("base", params);
    expect(base.counts.reduce((total, count) => total + count, 0)).toBeGreaterThan(FRAMES);
    for (const name of native.kernelNames()) expect(firstDifference(run(name, params), base)).toBeUndefined();
  });
});
