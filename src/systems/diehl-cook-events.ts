/**
 * The network of diehl-cook-2015 on real event-camera recordings (N-MNIST, Orchard 2015): events pooled to
 * 17 × 17, ON and OFF apart, one recording one frame of about 310 ms. Not a published system: the live path's first network.
 * Constants by random search on train/validation splits of 799 recordings. Thresholds rise and fall fast (thetaPlus,
 * tauTheta), so that 400 neurons take their turns within some hundred frames, and still do so after many passes.
 */
import type { Recipe } from "./recipe.ts";

export const diehlCookEvents: Recipe = {
  name: "diehl-cook-events",
  summary: "The same network learns digits from the events of a moving event camera.",
  paper: "after Diehl & Cook 2015; recordings: Orchard et al. 2015, Front. Neurosci. 9:437",
  dataset: "n-mnist",
  defaultNeurons: 400,
  published: [],
  describe: ({ neurons, seed }) => ({
    format: "spikeline-model",
    version: 1,
    system: "diehl-cook-events",
    seed,
    input: { width: 34, height: 34 },
    encoder: { kind: "event-grid", pool: 2, polarity: "split", window: { by: "episode" } },
    layers: [
      {
        kind: "clocked",
        inputs: 2 * 17 * 17,
        neurons,
        dtMs: 1,
        neuron: {
          tauMemMs: 50,
          vLeakMv: -65,
          vResetMv: -65,
          vThresholdMv: -52,
          vExcitatoryMv: 0,
          vInhibitoryMv: -100,
          refractoryMs: 5,
          thetaPlusMv: 0.7,
          thetaInitialMv: 0,
          tauThetaMs: 6e5,
        },
        synapses: { weights: "float32", wMax: 1, initialMax: 0.3, gain: 0.02, normalisedSum: 78.4 },
        plasticity: { rule: "post-target", eta: 0.03, xTarget: 0.013, mu: 1, tauPreMs: 20 },
        competition: { kind: "hard", inhibition: 1 },
        presentation: { durationMs: 350, restMs: 150, minSpikes: 0, maxRepeats: 0 },
      },
    ],
    readout: {
      kind: "vote",
      vote: "proportion",
      classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
  }),
};
