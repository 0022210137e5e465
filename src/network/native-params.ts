/** Translates a layer's description (absolute mV, names) to the kernel's parameters (relative mV, numbers). */
import { usageError } from "../core/errors.ts";
import type { ClockedLayer, ModelDescription, Plasticity } from "../model/schema.ts";
import type { NativeParams } from "../native/binding.ts";

type RuleParams = Pick<
  NativeParams,
  "rule" | "bound" | "etaPre" | "etaPost" | "xTarget" | "tauPreMs" | "tauPostMs" | "tauPost2Ms"
>;

/** What a rule does not have is given a harmless value: the kernel reads only what the rule needs. */
function ruleParams(plasticity: Plasticity): RuleParams {
  const base = { bound: 0, xTarget: 0, tauPostMs: 1, tauPost2Ms: 1 } as const;
  switch (plasticity.rule) {
    case "post-target": {
      const { eta, xTarget, mu, tauPreMs } = plasticity;
      return { ...base, rule: 0, bound: mu, etaPre: 0, etaPost: eta, xTarget, tauPreMs };
    }
    case "pair": {
      const { etaPre, etaPost, tauPreMs, tauPostMs } = plasticity;
      return { ...base, rule: 1, etaPre, etaPost, tauPreMs, tauPostMs };
    }
    case "triplet": {
      const { etaPre, etaPost, tauPreMs, tauPostMs, tauPost2Ms } = plasticity;
      return { ...base, rule: 2, etaPre, etaPost, tauPreMs, tauPostMs, tauPost2Ms };
    }
  }
}

function neuronParams(layer: ClockedLayer) {
  const { neuron } = layer;
  const relative = (voltMv: number) => voltMv - neuron.vLeakMv;
  return {
    tauMemMs: neuron.tauMemMs,
    vReset: relative(neuron.vResetMv),
    vThreshold: relative(neuron.vThresholdMv),
    vExcitatory: relative(neuron.vExcitatoryMv),
    vInhibitory: relative(neuron.vInhibitoryMv),
    refractoryMs: neuron.refractoryMs,
    thetaPlus: neuron.thetaPlusMv,
    thetaInitial: neuron.thetaInitialMv,
    tauThetaMs: neuron.tauThetaMs,
  };
}

/**
 * Every potential must lie the right way of the leak potential, or a neuron would fire for ever or never.
 * @throws SpikelineError NETWORK_VOLTAGES
 */
function checkVoltages(params: ReturnType<typeof neuronParams>): void {
  const sound =
    params.vThreshold > 0 &&
    params.vReset < params.vThreshold &&
    params.vExcitatory > 0 &&
    params.vInhibitory <= 0;
  if (sound) return;
  throw usageError(
    "NETWORK_VOLTAGES",
    "Expected vInhibitoryMv <= vLeakMv < vThresholdMv, vLeakMv < vExcitatoryMv and vResetMv < vThresholdMv for a " +
      `clocked layer, but relative to the leak they are ${params.vInhibitory}, ${params.vThreshold}, ` +
      `${params.vExcitatory} and ${params.vReset} mV.`,
  );
}

export function nativeParams({ layers: [layer], encoder, seed }: ModelDescription): NativeParams {
  const { synapses, competition, presentation } = layer;
  const neuron = neuronParams(layer);
  checkVoltages(neuron);
  return {
    inputs: layer.inputs,
    neurons: layer.neurons,
    seed,
    weights: synapses.weights === "uint8" ? 1 : 0,
    competition: competition.kind === "hard" ? 1 : 0,
    ...ruleParams(layer.plasticity),
    ...neuron,
    dtMs: layer.dtMs,
    wMax: synapses.wMax,
    initialMax: synapses.initialMax,
    gain: synapses.gain,
    normalisedSum: synapses.normalisedSum ?? 0,
    inhibition: competition.inhibition,
    ...presentation,
    maxRateHz: encoder.kind === "poisson" ? encoder.maxRateHz : 0,
    brighterHz: encoder.kind === "poisson" ? encoder.brighterHz : 0,
  };
}
