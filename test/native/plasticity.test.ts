import { describe, expect, it } from "vitest";
import { type NativeParams, native } from "../../src/native/binding.ts";
import { paramsWith, stateOf } from "./world.ts";

/** Input 0, the teacher, makes the one neuron fire at once; input 1, the probe, is too weak to. Input 2 is silent. */
const TEACHER = 0;
const PROBE = 1;
const SILENT = 2;
const START = [1, 0.1, 0.1];

const oneNeuron = (overrides: Partial<NativeParams>) =>
  paramsWith({
    inputs: 3,
    neurons: 1,
    gain: 1,
    normalisedSum: 0,
    refractoryMs: 0,
    thetaPlus: 0,
    ...overrides,
  });

type Spike = { readonly atMs: number; readonly input: number };

/** The change of the three weights after a frame of 400 ms in which the spikes came. */
function changes(params: NativeParams, spikes: readonly Spike[]): [number, number, number] {
  const network = new native.ClockedNetwork(params);
  const state = stateOf(network, params);
  state.weightsF32.set(START);
  network.writeState(state);
  const sorted = [...spikes].sort((a, b) => a.atMs - b.atMs);
  const offsetUs = Uint32Array.from(sorted, ({ atMs }) => atMs * 1000);
  const input = Uint32Array.from(sorted, (spike) => spike.input);
  const counts = new Uint16Array(1);
  network.presentSpikes(offsetUs, input, 400_000, counts, new Uint32Array(0), new Uint32Array(0), true);
  expect(counts[0]).toBe(spikes.filter((spike) => spike.input === TEACHER).length);
  const { weightsF32 } = stateOf(network, params);
  const change = (input: number) => (weightsF32[input] ?? 0) - Math.fround(START[input] ?? 0);
  return [change(TEACHER), change(PROBE), change(SILENT)];
}

const LAGS_MS = [1, 2, 5, 10, 20, 40, 80];

describe("the pair rule", () => {
  const params = oneNeuron({ rule: 1, etaPre: 0.02, etaPost: 0.03, tauPreMs: 17, tauPostMs: 34 });

  it("strengthens by etaPost·exp(-lag/tauPre) what spiked before the neuron", () => {
    for (const lag of LAGS_MS) {
      const [, probe] = changes(params, [
        { atMs: 100, input: PROBE },
        { atMs: 100 + lag, input: TEACHER },
      ]);
      expect(probe).toBeCloseTo(0.03 * Math.exp(-lag / 17), 7);
    }
  });

  it("weakens by etaPre·exp(-lag/tauPost) what spikes after the neuron", () => {
    for (const lag of LAGS_MS) {
      const [, probe] = changes(params, [
        { atMs: 100, input: TEACHER },
        { atMs: 100 + lag, input: PROBE },
      ]);
      expect(probe).toBeCloseTo(-0.02 * Math.exp(-lag / 34), 7);
    }
  });

  it("takes spikes of the same step as cause and effect, at full strength", () => {
    const [, probe] = changes(params, [
      { atMs: 100, input: PROBE },
      { atMs: 100, input: TEACHER },
    ]);
    expect(probe).toBeCloseTo(0.03, 7);
  });

  it("reads the nearest spike only: an earlier one adds nothing", () => {
    const [, probe] = changes(params, [
      { atMs: 90, input: PROBE },
      { atMs: 100, input: PROBE },
      { atMs: 110, input: TEACHER },
    ]);
    expect(probe).toBeCloseTo(0.03 * Math.exp(-10 / 17), 7);
  });

  it("keeps weights between 0 and wMax and leaves silent inputs alone", () => {
    const strong = oneNeuron({ rule: 1, etaPre: 5, etaPost: 5 });
    const [, up, silent] = changes(strong, [
      { atMs: 100, input: PROBE },
      { atMs: 101, input: TEACHER },
    ]);
    expect([up, silent]).toEqual([1 - Math.fround(0.1), 0]);
    const [, down] = changes(strong, [
      { atMs: 100, input: TEACHER },
      { atMs: 101, input: PROBE },
    ]);
    expect(down).toBe(-Math.fround(0.1));
  });
});

describe("the triplet rule", () => {
  const params = oneNeuron({ rule: 2, etaPre: 0, etaPost: 0.03, tauPreMs: 17, tauPost2Ms: 60 });

  it("does not strengthen on a neuron's first spike", () => {
    const [, probe] = changes(params, [
      { atMs: 100, input: PROBE },
      { atMs: 105, input: TEACHER },
    ]);
    expect(probe).toBe(0);
  });

  it("strengthens by the pair times the slow trace of the neuron's previous spike", () => {
    for (const lag of LAGS_MS) {
      const [, probe] = changes(params, [
        { atMs: 90, input: TEACHER },
        { atMs: 100, input: PROBE },
        { atMs: 100 + lag, input: TEACHER },
      ]);
      expect(probe).toBeCloseTo(0.03 * Math.exp(-lag / 17) * Math.exp(-(10 + lag) / 60), 7);
    }
  });

  it("weakens as the pair rule does", () => {
    const [, probe] = changes(oneNeuron({ rule: 2, etaPre: 0.02, tauPostMs: 34 }), [
      { atMs: 100, input: TEACHER },
      { atMs: 112, input: PROBE },
    ]);
    expect(probe).toBeCloseTo(-0.02 * Math.exp(-12 / 34), 7);
  });
});

describe("the post-target rule", () => {
  const eta = 0.05;
  const xTarget = 0.4;

  it("strengthens what spiked lately and weakens what did not, towards the target trace", () => {
    const params = oneNeuron({ rule: 0, bound: 0, etaPost: eta, xTarget, tauPreMs: 17 });
    for (const lag of [0, ...LAGS_MS]) {
      const [, probe, silent] = changes(params, [
        { atMs: 100, input: PROBE },
        { atMs: 100 + lag, input: TEACHER },
      ]);
      expect(probe).toBeCloseTo(eta * (Math.exp(-lag / 17) - xTarget), 7);
      expect(silent).toBeCloseTo(-eta * xTarget, 7);
    }
  });

  it("with mu 1 changes less the nearer a weight is to wMax", () => {
    const params = oneNeuron({ rule: 0, bound: 1, wMax: 1.5, etaPost: eta, xTarget, tauPreMs: 17 });
    const [teacher, probe, silent] = changes(params, [
      { atMs: 100, input: PROBE },
      { atMs: 110, input: TEACHER },
    ]);
    expect(teacher).toBeCloseTo(eta * (1 - xTarget) * 0.5, 6);
    expect(probe).toBeCloseTo(eta * (Math.exp(-10 / 17) - xTarget) * 1.4, 7);
    expect(silent).toBeCloseTo(-eta * xTarget * 1.4, 7);
  });

  it("learns nothing from inputs that spike after the neuron", () => {
    const params = oneNeuron({ rule: 0, bound: 0, etaPost: eta, xTarget: 0, tauPreMs: 17 });
    const [, probe] = changes(params, [
      { atMs: 100, input: TEACHER },
      { atMs: 101, input: PROBE },
    ]);
    expect(probe).toBe(0);
  });
});
