/** Small networks for the native tests: parameters to start from, room for state, and a comparison that explains. */
import { createHash } from "node:crypto";
import type { NativeClockedNetwork, NativeParams, NativeState } from "../../src/native/binding.ts";

/** A small network that speaks: a handful of input spikes in a step bring a neuron over its threshold. */
export function paramsWith(overrides: Partial<NativeParams> = {}): NativeParams {
  return {
    inputs: 16,
    neurons: 8,
    seed: 1,
    weights: 0,
    rule: 0,
    competition: 0,
    bound: 0,
    dtMs: 1,
    tauMemMs: 100,
    vReset: 0,
    vThreshold: 13,
    vExcitatory: 65,
    vInhibitory: -35,
    refractoryMs: 5,
    thetaPlus: 0.05,
    thetaInitial: 0,
    tauThetaMs: 1e7,
    wMax: 1,
    initialMax: 0.3,
    gain: 0.2,
    normalisedSum: 1.6,
    etaPre: 0.01,
    etaPost: 0.02,
    xTarget: 0.1,
    tauPreMs: 20,
    tauPostMs: 20,
    tauPost2Ms: 40,
    inhibition: 0.5,
    durationMs: 50,
    restMs: 20,
    minSpikes: 0,
    maxRepeats: 0,
    maxRateHz: 63.75,
    brighterHz: 31.875,
    ...overrides,
  };
}

export function emptyState({ inputs, neurons, weights }: NativeParams): NativeState {
  return {
    weightsF32: new Float32Array(weights === 1 ? 0 : inputs * neurons),
    weightsU8: new Uint8Array(weights === 1 ? inputs * neurons : 0),
    scale: new Float32Array(neurons),
    sum: new Float64Array(neurons),
    theta: new Float32Array(neurons),
    membrane: new Float32Array(neurons),
    refractory: new Int32Array(neurons),
    preAge: new Int32Array(inputs),
    postAge: new Int32Array(neurons),
    counters: new Uint32Array(8),
  };
}

type Stateful = Pick<NativeClockedNetwork, "readState">;

export function stateOf(network: Stateful, params: NativeParams): NativeState {
  const state = emptyState(params);
  network.readState(state);
  return state;
}

export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | readonly number[];

/** What is compared or hashed: arrays by name. */
export type Named = Readonly<Record<string, NumberArray>>;

/** Bit for bit (0 is not −0): undefined, or the first array that differs, where, and by how much at most. */
export function firstDifference(actual: Named, expected: Named): string | undefined {
  for (const [name, wanted] of Object.entries(expected)) {
    const found = actual[name] ?? [];
    if (found.length !== wanted.length) return `${name} has ${found.length} elements, not ${wanted.length}`;
    const at = [...wanted].findIndex((value, i) => !Object.is(value, found[i]));
    if (at < 0) continue;
    const maxdiff = Math.max(...[...wanted].map((value, i) => Math.abs(value - (found[i] ?? 0))));
    return `${name}[${at}] is ${found[at]}, not ${wanted[at]}; maxdiff ${maxdiff}`;
  }
  return undefined;
}

export function digestOf(named: Named): string {
  const hash = createHash("sha256");
  for (const [name, array] of Object.entries(named)) {
    hash.update(name);
    if (ArrayBuffer.isView(array))
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    else hash.update(JSON.stringify(array));
  }
  return hash.digest("hex");
}
