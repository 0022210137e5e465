/**
 * Oracle of native/kernel/synapses.hpp: dense weights with a lazy scale per neuron.
 *
 *   W_ij = scale_j · w_ij                     normalising: scale_j = normalisedSum / Σ_i w_ij
 *   float32: w >= 0                           uint8: w = floor(value + u), u uniform in [0, 1) of 16 bits
 *   stored weights are clipped to [0, wMax / scale_j], uint8 also to 255
 */
import type { Random } from "../../src/core/random.ts";
import type { NativeParams } from "../../src/native/binding.ts";

const f = Math.fround;

/** Outside this band of scale·255/wMax a neuron's uint8 weights are written anew at the scale wMax/255. */
const BAND_LOW = 0.75;
const BAND_HIGH = 1.5;
/** Outside 1/FAR_SCALE..FAR_SCALE the scale of float32 weights moves into the weights. */
const FAR_SCALE = 2 ** 20;
/** Weights that would have to be scaled up by this much are as good as none: they stay as they are. */
const LARGEST_SCALE = 1e18;

const clip = (value: number, cap: number) => Math.min(Math.max(value, 0), cap);

export const roundStochastically = (value: number, unit: number, cap: number) =>
  Math.floor(clip(f(value + unit), cap));

/** Uniform numbers of 16 bits, two of each random word, low half first. */
function halves(random: Random): () => number {
  let high: number | undefined;
  return () => {
    const word = high ?? random.nextUint32();
    const isFirst = high === undefined;
    high = isFirst ? word >>> 16 : undefined;
    return (isFirst ? word & 0xffff : word) / 65536;
  };
}

/** The change of a stored weight `w`, in stored units; `inverse` is 1/scale, `cap` is wMax/scale. */
type StepOf = (input: number, w: number, inverse: number, cap: number) => number;

export class ReferenceSynapses {
  readonly #p: NativeParams;
  readonly #isU8: boolean;
  /** Shared with the network, whose state it is part of. */
  random: Random;
  /** Stored weights, inputs×neurons. */
  readonly stored: Float32Array | Uint8Array;
  readonly scale: Float32Array;
  /** Σ_i of the stored weights of each neuron. */
  readonly sum: Float64Array;
  /** Neurons with a weight that changed since the sum was taken. */
  readonly #stale = new Set<number>();

  constructor(params: NativeParams, random: Random) {
    const { inputs, neurons } = params;
    this.#p = params;
    this.random = random;
    this.#isU8 = params.weights === 1;
    this.stored = this.#isU8 ? new Uint8Array(inputs * neurons) : new Float32Array(inputs * neurons);
    this.scale = new Float32Array(neurons).fill(this.#isU8 ? this.#freshScale() : 1);
    this.sum = new Float64Array(neurons);
    this.#initialise();
  }

  weight(input: number, neuron: number): number {
    return this.stored[input * this.#p.neurons + neuron] ?? 0;
  }

  /** Conductance per unit of stored weight. */
  gain(neuron: number): number {
    return f(f(this.#p.gain) * this.#scaleOf(neuron));
  }

  /** Δw for every input of a neuron. */
  updateColumn(neuron: number, stepOf: StepOf): void {
    const { inverse, cap } = this.#limits(neuron);
    const unit = halves(this.random);
    for (let i = 0; i < this.#p.inputs; i++) {
      const w = this.weight(i, neuron);
      const value = f(w + f(stepOf(i, w, inverse, cap)));
      const next = this.#isU8 ? roundStochastically(value, unit(), Math.min(cap, 255)) : clip(value, cap);
      this.#set(i, neuron, next);
    }
    this.#sumColumn(neuron);
  }

  /** W += delta for one synapse. The sum is taken anew when the neuron is normalised. */
  updateOne(input: number, neuron: number, delta: number): void {
    const { inverse, cap } = this.#limits(neuron);
    const value = f(this.weight(input, neuron) + f(delta * inverse));
    const next = this.#isU8
      ? roundStochastically(value, (this.random.nextUint32() >>> 16) / 65536, Math.min(cap, 255))
      : clip(value, cap);
    this.#set(input, neuron, next);
    this.#stale.add(neuron);
  }

  normalise(neuron: number): void {
    if (this.#stale.has(neuron)) this.#sumColumn(neuron);
    const { normalisedSum, wMax } = this.#p;
    const sum = this.sum[neuron] ?? 0;
    if (normalisedSum <= 0 || normalisedSum >= LARGEST_SCALE * sum) return;
    this.scale[neuron] = normalisedSum / sum;
    const scale = this.#scaleOf(neuron);
    if (this.#isU8) {
      const full = f(scale * 255);
      if (full < f(BAND_LOW * f(wMax)) || full > f(BAND_HIGH * f(wMax))) this.#requantise(neuron);
    } else if (scale < 1 / FAR_SCALE || scale > FAR_SCALE) {
      this.#rebase(neuron);
    }
  }

  /** In four interleaved parts. */
  #sumColumn(neuron: number): void {
    const part = [0, 0, 0, 0];
    for (let i = 0; i < this.#p.inputs; i++) part[i & 3] = (part[i & 3] ?? 0) + this.weight(i, neuron);
    const [a = 0, b = 0, c = 0, d = 0] = part;
    this.sum[neuron] = a + b + (c + d);
    this.#stale.delete(neuron);
  }

  /** Moves the scale of a neuron's float32 weights into them, by the power of two that leaves it in [1, 2). */
  #rebase(neuron: number): void {
    let factor = 1;
    while (this.#scaleOf(neuron) / factor >= 2) factor *= 2;
    while (this.#scaleOf(neuron) / factor < 1) factor /= 2;
    for (let i = 0; i < this.#p.inputs; i++) this.#set(i, neuron, this.weight(i, neuron) * factor);
    this.scale[neuron] = this.#scaleOf(neuron) / factor;
    this.sum[neuron] = (this.sum[neuron] ?? 0) * factor;
  }

  /** The neuron's uint8 weights at the fresh scale; the scale makes the real sum exact again. */
  #requantise(neuron: number): void {
    const ratio = f(this.#scaleOf(neuron) / this.#freshScale());
    const unit = halves(this.random);
    let sum = 0;
    for (let i = 0; i < this.#p.inputs; i++) {
      const next = roundStochastically(f(this.weight(i, neuron) * ratio), unit(), 255);
      this.#set(i, neuron, next);
      sum += next;
    }
    this.sum[neuron] = sum;
    if (sum > 0) this.scale[neuron] = this.#p.normalisedSum / sum;
  }

  /** Uniform in [0, initialMax), input by input. */
  #initialise(): void {
    const { inputs, neurons, initialMax } = this.#p;
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < neurons; j++) {
        const real = f(this.random.nextUnit() * f(initialMax));
        const stored = this.#isU8
          ? roundStochastically(f(real / this.#scaleOf(j)), this.random.nextUnit(), 255)
          : real;
        this.#set(i, j, stored);
        this.sum[j] = (this.sum[j] ?? 0) + stored;
      }
    }
    for (let j = 0; j < neurons; j++) this.normalise(j);
  }

  #limits(neuron: number): { readonly inverse: number; readonly cap: number } {
    const inverse = f(1 / this.#scaleOf(neuron));
    return { inverse, cap: f(f(this.#p.wMax) * inverse) };
  }

  #freshScale(): number {
    return f(f(this.#p.wMax) / 255);
  }

  #scaleOf(neuron: number): number {
    return this.scale[neuron] ?? 0;
  }

  #set(input: number, neuron: number, stored: number): void {
    this.stored[input * this.#p.neurons + neuron] = stored;
  }
}
