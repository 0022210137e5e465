import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeParams, native } from "../../src/native/binding.ts";
import { paramsWith, stateOf } from "./world.ts";

/** Every input spikes in every step; returns what fired when. */
function presentAlways(params: NativeParams, options: { readonly steps: number; readonly learn?: boolean }) {
  const { steps, learn = false } = options;
  const dtUs = params.dtMs * 1000;
  const length = steps * params.inputs;
  const offsetUs = Uint32Array.from({ length }, (_, k) => Math.floor(k / params.inputs) * dtUs);
  const input = Uint32Array.from({ length }, (_, k) => k % params.inputs);
  const counts = new Uint16Array(params.neurons);
  const outOffsetUs = new Uint32Array(steps * params.neurons);
  const outNeuron = new Uint32Array(steps * params.neurons);
  const network = new native.ClockedNetwork(params);
  const total = network.presentSpikes(offsetUs, input, steps * dtUs, counts, outOffsetUs, outNeuron, learn);
  const spikes = Array.from({ length: total }, (_, k) => ({
    step: (outOffsetUs[k] ?? 0) / dtUs,
    neuron: outNeuron[k] ?? 0,
  }));
  return { spikes, counts, state: stateOf(network, params) };
}

describe("the membrane", () => {
  it("leaks by exp(-t/tau) towards rest and is driven a share of the way to the excitatory potential", () => {
    const params = paramsWith({
      inputs: 1,
      neurons: 1,
      normalisedSum: 0,
      gain: 0.1,
      tauMemMs: 30,
      restMs: 0,
    });
    const network = new native.ClockedNetwork(params);
    const fresh = stateOf(network, params);
    fresh.weightsF32[0] = 0.5;
    fresh.membrane[0] = 4;
    network.writeState(fresh);
    const present = (offsets: number[], steps: number) =>
      network.presentSpikes(
        Uint32Array.from(offsets, (step) => step * 1000),
        new Uint32Array(offsets.length),
        steps * 1000,
        new Uint16Array(1),
        new Uint32Array(0),
        new Uint32Array(0),
        false,
      );
    present([], 45);
    expect(stateOf(network, params).membrane[0]).toBeCloseTo(4 * Math.exp(-45 / 30), 6);
    network.writeState(fresh);
    present([9], 20);
    const before = 4 * Math.exp(-10 / 30);
    const driven = before + 0.1 * 0.5 * (65 - before);
    expect(stateOf(network, params).membrane[0]).toBeCloseTo(driven * Math.exp(-10 / 30), 6);
  });

  it("goes to reset on a spike, and the others the share `inhibition` of the way to the inhibitory potential", () => {
    const params = paramsWith({
      inputs: 1,
      neurons: 3,
      normalisedSum: 0,
      gain: 1,
      vReset: -2,
      inhibition: 0.25,
      restMs: 0,
      durationMs: 1,
    });
    const network = new native.ClockedNetwork(params);
    const fresh = stateOf(network, params);
    fresh.weightsF32.set([0.5, 0.1, 0.5]);
    network.writeState(fresh);
    const none = new Uint32Array(0);
    network.presentSpikes(
      new Uint32Array(1),
      new Uint32Array(1),
      1000,
      new Uint16Array(3),
      none,
      none,
      false,
    );
    const { membrane } = stateOf(network, params);
    expect([membrane[0], membrane[2]]).toEqual([-2, -2]);
    // Two neurons fired, so the pull comes twice.
    expect(membrane[1]).toBeCloseTo(-35 + (6.5 + 35) * 0.75 ** 2, 5);
  });

  it("never passes the excitatory potential, however strong the drive", () => {
    const params = paramsWith({ gain: 1e6, vThreshold: 70 });
    expect(presentAlways(params, { steps: 20 }).spikes).toEqual([]);
  });
});

describe("the refractory period", () => {
  it.each([
    { refractoryMs: 0, dtMs: 1, silentSteps: 0 },
    { refractoryMs: 1, dtMs: 1, silentSteps: 1 },
    { refractoryMs: 5, dtMs: 1, silentSteps: 5 },
    { refractoryMs: 5, dtMs: 0.5, silentSteps: 10 },
    { refractoryMs: 7.3, dtMs: 1, silentSteps: 7 },
  ])("of $refractoryMs ms at steps of $dtMs ms silences exactly $silentSteps steps", (time) => {
    const { silentSteps, ...overrides } = time;
    const params = paramsWith({ ...overrides, neurons: 1, gain: 10, normalisedSum: 0 });
    const steps = presentAlways(params, { steps: 100 }).spikes.map(({ step }) => step);
    const expected = Array.from(
      { length: Math.ceil(100 / (silentSteps + 1)) },
      (_, k) => k * (silentSteps + 1),
    );
    expect(steps).toEqual(expected);
  });
});

describe("the adaptive threshold", () => {
  const adaptive = paramsWith({
    thetaPlus: 0.25,
    thetaInitial: 1,
    tauThetaMs: 5000,
    restMs: 150,
    neurons: 1,
  });

  it("rises by thetaPlus with each spike and decays with tauTheta over frame and rest", () => {
    const { counts, state } = presentAlways(adaptive, { steps: 350, learn: true });
    expect(counts[0]).toBeGreaterThan(10);
    const risen = 1 + 0.25 * (counts[0] ?? 0);
    expect(state.theta[0]).toBeCloseTo(risen * Math.exp(-500 / 5000), 4);
  });

  it("stands still while the network does not learn", () => {
    const { counts, state } = presentAlways(adaptive, { steps: 350 });
    expect(counts[0]).toBeGreaterThan(10);
    expect(state.theta[0]).toBe(1);
  });

  it("makes a neuron fire less", () => {
    const steep = paramsWith({ ...adaptive, thetaPlus: 3, gain: 0.01 });
    const rising = presentAlways(steep, { steps: 350, learn: true }).counts[0] ?? 0;
    expect(rising).toBeLessThan(presentAlways(steep, { steps: 350 }).counts[0] ?? 0);
  });
});

describe("competition", () => {
  const crowd = { inputs: 20, neurons: 30, gain: 0.5, refractoryMs: 0, inhibition: 0 } as const;

  it("when hard lets at most one neuron fire in a step, when soft several", () => {
    const perStep = (competition: 0 | 1) => {
      const { spikes } = presentAlways(paramsWith({ ...crowd, competition }), { steps: 50 });
      return Array.from({ length: 50 }, (_, step) => spikes.filter((spike) => spike.step === step).length);
    };
    expect(Math.max(...perStep(1))).toBe(1);
    expect(Math.max(...perStep(0))).toBeGreaterThan(1);
  });

  it("when hard is won by the neuron furthest over its threshold, of equals by the lowest", () => {
    const params = paramsWith({ inputs: 1, neurons: 4, competition: 1, normalisedSum: 0, gain: 1 });
    const winnerOf = (weights: number[], theta: number[]) => {
      const network = new native.ClockedNetwork(params);
      const state = stateOf(network, params);
      state.weightsF32.set(weights);
      state.theta.set(theta);
      network.writeState(state);
      const counts = new Uint16Array(4);
      const none = new Uint32Array(0);
      network.presentSpikes(new Uint32Array(1), new Uint32Array(1), 1000, counts, none, none, false);
      return [...counts];
    };
    expect(winnerOf([0.5, 0.6, 0.8, 0.7], [0, 0, 0, 0])).toEqual([0, 0, 1, 0]);
    expect(winnerOf([0.5, 0.6, 0.8, 0.7], [0, 0, 20, 0])).toEqual([0, 0, 0, 1]);
    expect(winnerOf([0.5, 0.7, 0.6, 0.7], [0, 0, 0, 0])).toEqual([0, 1, 0, 0]);
    expect(winnerOf([0.1, 0.1, 0.1, 0.1], [0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
  });

  it("when hard lets a loser that nothing pulls down fire in the next step, though no input comes", () => {
    const lone = {
      inputs: 1,
      neurons: 2,
      refractoryMs: 0,
      inhibition: 0,
      normalisedSum: 0,
      gain: 1,
    } as const;
    const params = paramsWith({ ...lone, competition: 1 });
    const network = new native.ClockedNetwork(params);
    const state = stateOf(network, params);
    state.weightsF32.set([0.8, 0.7]);
    network.writeState(state);
    const [offsetUs, neuron] = [new Uint32Array(4), new Uint32Array(4)];
    const one = new Uint32Array(1);
    const spikes = network.presentSpikes(one, one, 20_000, new Uint16Array(2), offsetUs, neuron, false);
    expect({ spikes, neuron: [...neuron.slice(0, 2)], offsetUs: [...offsetUs.slice(0, 2)] }).toEqual({
      spikes: 2,
      neuron: [0, 1],
      offsetUs: [0, 1000],
    });
  });
});

describe("Poisson encoding", () => {
  const frames = 40;

  it.each([
    { pixel: 1, dtMs: 1 },
    { pixel: 40, dtMs: 0.5 },
    { pixel: 128, dtMs: 1 },
    { pixel: 255, dtMs: 0.5 },
    { pixel: 255, dtMs: 1 },
  ])("gives a pixel of $pixel its rate within 5 sigma at steps of $dtMs ms", ({ pixel, dtMs }) => {
    const params = paramsWith({ inputs: 70, dtMs, durationMs: 350, vThreshold: 1e6 });
    const inputSpikes = new Uint32Array(frames);
    const network = new native.ClockedNetwork(params);
    const pixels = new Uint8Array(frames * 70).fill(pixel);
    network.presentImages(pixels, new Uint16Array(frames * 8), inputSpikes, new Uint8Array(frames), false);
    const chance = Math.round((((pixel / 255) * 63.75 * dtMs) / 1000) * 65536) / 65536;
    const trials = (frames * 70 * 350) / dtMs;
    const total = inputSpikes.reduce((sum, spikes) => sum + spikes, 0);
    const sigma = Math.sqrt(trials * chance * (1 - chance));
    expect(Math.abs(total - trials * chance)).toBeLessThan(5 * sigma);
    // Draws that repeat would spread less, draws that hang together more.
    const mean = total / frames;
    const variance = inputSpikes.reduce((sum, spikes) => sum + (spikes - mean) ** 2, 0) / (frames - 1);
    expect(variance / (mean * (1 - chance))).toBeGreaterThan(0.4);
    expect(variance / (mean * (1 - chance))).toBeLessThan(2);
  });

  it("draws another train for every frame, repeat and seed, and the same one again", () => {
    const trainOf = (seed: number) => {
      const params = paramsWith({ seed, inputs: 70, neurons: 5, vThreshold: 1e6, restMs: 0 });
      const network = new native.ClockedNetwork(params);
      const trains: string[] = [];
      for (let frame = 0; frame < 3; frame++) {
        network.presentImages(
          new Uint8Array(70).fill(200),
          new Uint16Array(5),
          new Uint32Array(1),
          new Uint8Array(1),
          false,
        );
        trains.push(stateOf(network, params).preAge.join());
      }
      return trains;
    };
    const seeds = Array.from({ length: 3 }, (_, k) => Random.fromKey(k).nextUint32());
    const all = seeds.flatMap(trainOf);
    expect(new Set(all).size).toBe(9);
    expect(seeds.flatMap(trainOf)).toEqual(all);
  });
});
