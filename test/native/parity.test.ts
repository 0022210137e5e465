import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type NativeClockedNetwork, type NativeParams, native } from "../../src/native/binding.ts";
import { ReferenceNetwork } from "../reference/clocked-network.ts";
import { firstDifference, type Named, paramsWith, stateOf } from "./world.ts";

type Network = Pick<NativeClockedNetwork, "presentImages" | "presentSpikes" | "readState" | "writeState">;

/** One call of the network, with input made from `seed`. */
type Call =
  | {
      readonly kind: "images";
      readonly frames: number;
      readonly blank: number;
      readonly seed: number;
      readonly learn: boolean;
    }
  | {
      readonly kind: "spikes";
      readonly steps: number;
      readonly spikes: number;
      readonly seed: number;
      readonly learn: boolean;
    };

function presentImages(network: Network, params: NativeParams, call: Call & { kind: "images" }): Named {
  const random = Random.fromKey(call.seed);
  const pixel = () => (random.nextUnit() < call.blank ? 0 : random.nextBelow(256));
  const pixels = Uint8Array.from({ length: call.frames * params.inputs }, pixel);
  const counts = new Uint16Array(call.frames * params.neurons);
  const inputSpikes = new Uint32Array(call.frames);
  const repeats = new Uint8Array(call.frames);
  network.presentImages(pixels, counts, inputSpikes, repeats, call.learn);
  return { counts, inputSpikes, repeats };
}

function presentSpikes(network: Network, params: NativeParams, call: Call & { kind: "spikes" }): Named {
  const random = Random.fromKey(call.seed);
  const durationUs = call.steps * params.dtMs * 1000;
  const offsetUs = Uint32Array.from({ length: call.spikes }, () => random.nextBelow(durationUs)).sort();
  const input = Uint32Array.from({ length: call.spikes }, () => random.nextBelow(params.inputs));
  const counts = new Uint16Array(params.neurons);
  // Room for few, so that the list runs over now and then.
  const outOffsetUs = new Uint32Array(40);
  const outNeuron = new Uint32Array(40);
  const total = network.presentSpikes(
    offsetUs,
    input,
    durationUs,
    counts,
    outOffsetUs,
    outNeuron,
    call.learn,
  );
  return { counts, outOffsetUs, outNeuron, total: [total] };
}

const present = (network: Network, params: NativeParams, call: Call): Named =>
  call.kind === "images" ? presentImages(network, params, call) : presentSpikes(network, params, call);

/** Spread evenly: fc.double spreads over bit patterns, so most of its values are next to 0. */
const real = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_003 }).map((k) => min + ((max - min) * k) / 1_000_003);
const key = fc.integer({ min: 0, max: 0xffffffff });

const calls = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("images" as const),
        frames: fc.integer({ min: 1, max: 3 }),
        blank: real(0, 1),
        seed: key,
        learn: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("spikes" as const),
        steps: fc.integer({ min: 1, max: 60 }),
        spikes: fc.integer({ min: 0, max: 600 }),
        seed: key,
        learn: fc.boolean(),
      }),
    },
    // Mostly silence: long skips.
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("spikes" as const),
        steps: fc.integer({ min: 1000, max: 4000 }),
        spikes: fc.integer({ min: 0, max: 12 }),
        seed: key,
        learn: fc.boolean(),
      }),
    },
  ),
  { minLength: 1, maxLength: 5 },
);

const shapes = fc.record({
  inputs: fc.integer({ min: 1, max: 70 }),
  neurons: fc.integer({ min: 1, max: 70 }),
  seed: key,
  weights: fc.constantFrom(0, 1),
  rule: fc.constantFrom(0, 1, 2),
  competition: fc.constantFrom(0, 1),
  bound: fc.constantFrom(0, 1),
  dtMs: fc.constantFrom(0.5, 1),
  inhibition: fc.oneof(fc.constantFrom(0, 1), real(0, 1)),
  minSpikes: fc.integer({ min: 0, max: 5 }),
  maxRepeats: fc.integer({ min: 0, max: 2 }),
});

const neurons = fc.record({
  tauMemMs: real(0.7, 200),
  vReset: fc.oneof(fc.constant(0), real(-30, 4)),
  vThreshold: real(4.5, 15),
  vInhibitory: fc.oneof(fc.constant(0), real(-60, 0)),
  refractoryMs: fc.constantFrom(0, 0.5, 1, 5, 23),
  thetaPlus: fc.oneof(fc.constant(0), real(0, 2)),
  thetaInitial: fc.oneof(fc.constant(0), real(0, 3)),
  tauThetaMs: real(50, 1e7),
  durationMs: fc.integer({ min: 1, max: 40 }),
  restMs: fc.oneof(fc.constant(0), real(0, 200)),
  maxRateHz: real(1, 400),
  brighterHz: real(0, 200),
});

const learning = fc.record({
  wMax: fc.oneof(fc.constant(1), real(0.05, 20)),
  // As shares of wMax.
  initialMax: real(0.05, 1),
  normalisedSum: fc.oneof(fc.constant(0), real(0.01, 0.9)),
  /** How far an average input spike moves the membrane towards vExcitatory. */
  strength: real(0.01, 0.5),
  etaPre: fc.oneof(fc.constant(0), real(0, 0.2)),
  etaPost: fc.oneof(fc.constant(0), real(0, 0.5)),
  xTarget: real(0, 1),
  tauPreMs: real(0.3, 50),
  tauPostMs: real(0.3, 50),
  tauPost2Ms: real(0.3, 90),
});

const networks = fc.tuple(shapes, neurons, learning).map(([shape, neuron, learn]): NativeParams => {
  const { strength, ...rest } = learn;
  const share = learn.normalisedSum > 0 ? learn.normalisedSum : learn.initialMax / 2;
  return paramsWith({
    ...shape,
    ...neuron,
    ...rest,
    initialMax: learn.initialMax * learn.wMax,
    normalisedSum: learn.normalisedSum * learn.wMax * shape.inputs,
    gain: strength / (share * learn.wMax),
  } as Partial<NativeParams>);
});

const kernels = fc.constantFrom(...native.kernelNames());

describe("native network", () => {
  it("gives the oracle's spikes and state bit for bit, for any network and any mix of calls", () => {
    /** Networks whose weights moved, by rule and storage. */
    const moved = [0, 0, 0, 0, 0, 0];
    const property = fc.property(networks, calls, kernels, (params, script, kernel) => {
      const network = new native.ClockedNetwork(params, kernel);
      const oracle = new ReferenceNetwork(params);
      const fresh = stateOf(network, params);
      expect(firstDifference(fresh, stateOf(oracle, params))).toBeUndefined();
      for (const call of script) {
        const outputs = present(network, params, call);
        expect(firstDifference(outputs, present(oracle, params, call))).toBeUndefined();
        expect(firstDifference(stateOf(network, params), stateOf(oracle, params))).toBeUndefined();
      }
      if (firstDifference(stateOf(network, params), fresh)?.startsWith("weights")) {
        const which = params.rule * 2 + params.weights;
        moved[which] = (moved[which] ?? 0) + 1;
      }
      network.dispose();
    });
    // The limit ends a long shrinking, so that a failure is told before the test times out.
    fc.assert(property, { numRuns: 1500, interruptAfterTimeLimit: 25_000 });
    // The equality is worth something only where neurons fire and learn.
    expect(Math.min(...moved)).toBeGreaterThan(20);
  });
});
