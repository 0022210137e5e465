/**
 * Diehl & Cook 2015, "Unsupervised learning of digit recognition using spike-timing-dependent plasticity",
 * Front. Comput. Neurosci. 9:99: one layer of competing neurons learns digits from Poisson spikes.
 *
 * As published: 784 Poisson inputs of at most 63.75 Hz, 350 ms and 150 ms rest, brighter until five output spikes,
 * membranes of 100 ms, adaptive thresholds, weights normalised to a constant sum, neurons named by their best class.
 * Ours instead of theirs: no inhibitory population (a spike pulls the other neurons towards the inhibitory reversal),
 * no delays, one-step conductances, 1 ms steps, the paper's post-only rule with target trace, and constants of our own
 * where the simplification needs them (gain, inhibition, thetaPlus, eta, xTarget, tauPre), found by random search and
 * compared on the last 10,000 training digits; no value was picked by its test accuracy, though a first test result
 * (100 neurons: 83.5 %) was the reason to search once more. One neuron fires a step, the one furthest over its
 * threshold: in that search, at 20,000 digits, the best settings without this rule stayed about 2 points behind.
 */
import type { Recipe } from "./recipe.ts";

/**
 * More neurons share the wins, so each must raise its threshold faster to keep its part. The power is our
 * own, drawn by eye between values that did well at 100, 400 and 1600 neurons; it was not searched for.
 */
const thetaPlusMv = (neurons: number) => Number((0.04 * (neurons / 400) ** 0.75).toPrecision(3));

export const diehlCook2015: Recipe = {
  name: "diehl-cook-2015",
  summary: "One layer of competing neurons learns handwritten digits from Poisson spikes.",
  paper: "Diehl & Cook 2015, Front. Comput. Neurosci. 9:99",
  dataset: "mnist",
  defaultNeurons: 400,
  published: [
    { name: "100 neurons", neurons: 100, accuracy: 0.829 },
    { name: "400 neurons", neurons: 400, accuracy: 0.87 },
    { name: "1600 neurons", neurons: 1600, accuracy: 0.919 },
    { name: "6400 neurons", neurons: 6400, accuracy: 0.95 },
  ],
  describe: ({ neurons, seed }) => ({
    format: "spikeline-model",
    version: 1,
    system: "diehl-cook-2015",
    seed,
    input: { width: 28, height: 28 },
    encoder: { kind: "poisson", maxRateHz: 63.75, brighterHz: 31.875 },
    layers: [
      {
        kind: "clocked",
        inputs: 784,
        neurons,
        dtMs: 1,
        neuron: {
          tauMemMs: 100,
          vLeakMv: -65,
          vResetMv: -65,
          vThresholdMv: -52,
          vExcitatoryMv: 0,
          vInhibitoryMv: -100,
          refractoryMs: 5,
          thetaPlusMv: thetaPlusMv(neurons),
          thetaInitialMv: 0,
          tauThetaMs: 1e7,
        },
        synapses: { weights: "float32", wMax: 1, initialMax: 0.3, gain: 0.024, normalisedSum: 78.4 },
        plasticity: { rule: "post-target", eta: 0.012, xTarget: 0.04, mu: 1, tauPreMs: 10 },
        competition: { kind: "hard", inhibition: 0.85 },
        presentation: { durationMs: 350, restMs: 150, minSpikes: 5, maxRepeats: 20 },
      },
    ],
    readout: {
      kind: "vote",
      vote: "majority",
      classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
  }),
};
