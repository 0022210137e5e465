/**
 * Oracle of native/kernel/clocked_network.hpp: one neuron after another, one step after another, in the order that
 * header numbers. Slow on purpose. It has the native class's face but checks no arguments.
 *
 * Floats are rounded after every operation, so this is part of the definition too:
 * - a step without input spikes in which no neuron is held at reset or stands over its threshold is skipped; the k
 *   skipped steps and the next one decay by exp(−(k+1)·dt/tau) at once, at most 1023 steps at a time, what is left at the presentation's end;
 * - a neuron that was depressed or that fired while learning is normalised after the frame, in ascending order.
 */
import type { SpikeBatch } from "../../src/core/batches.ts";
import { hashWords, Random } from "../../src/core/random.ts";
import { encodePoisson } from "../../src/encoders/poisson.ts";
import type { NativeClockedNetwork, NativeParams, NativeState } from "../../src/native/binding.ts";
import { compete, inhibit } from "./competition.ts";
import { driveMembrane, restMembrane, sumRows } from "./drive.ts";
import { expNonPositive } from "./exponential.ts";
import { depressPair } from "./pair.ts";
import { learnPost } from "./plasticity.ts";
import { ReferenceSynapses } from "./synapses.ts";
import { ReferenceTrace } from "./traces.ts";

const f = Math.fround;

const MOST_STEPS_AT_ONCE = 1023;
const MOST_SPIKES_A_FRAME = 65535;
const TWO_TO_32 = 2 ** 32;

export class ReferenceNetwork
  implements Pick<NativeClockedNetwork, "presentImages" | "presentSpikes" | "readState" | "writeState">
{
  readonly #p: NativeParams;
  readonly #synapses: ReferenceSynapses;
  readonly #pre: ReferenceTrace;
  readonly #post: ReferenceTrace;
  readonly #post2: ReferenceTrace;

  #membrane: Float32Array;
  #theta: Float32Array;
  /** Step numbers count on for ever; a frame begins at #began. */
  #now = 0;
  #began = 0;
  readonly #lastPre: number[];
  readonly #lastPost: number[];
  /** The last step of the refractory period. */
  readonly #release: number[];
  #skipped = 0;
  #spikes = 0;
  #counts: number[] = [];
  readonly #touched = new Set<number>();
  #frames = 0;

  constructor(params: NativeParams) {
    const { inputs, neurons, dtMs } = params;
    this.#p = params;
    this.#synapses = new ReferenceSynapses(params, Random.fromKey(hashWords(params.seed, 1)));
    this.#pre = new ReferenceTrace(params.tauPreMs / dtMs);
    this.#post = new ReferenceTrace(params.tauPostMs / dtMs);
    this.#post2 = new ReferenceTrace(params.tauPost2Ms / dtMs);
    this.#membrane = new Float32Array(neurons);
    this.#theta = new Float32Array(neurons).fill(params.thetaInitial);
    this.#lastPre = Array.from({ length: inputs }, () => -Infinity);
    this.#lastPost = Array.from({ length: neurons }, () => -Infinity);
    this.#release = Array.from({ length: neurons }, () => -Infinity);
  }

  presentImages(
    pixels: Uint8Array,
    counts: Uint16Array,
    inputSpikes: Uint32Array,
    repeats: Uint8Array,
    learn: boolean,
  ): void {
    const { inputs, neurons, minSpikes, maxRepeats } = this.#p;
    for (let frame = 0; frame < repeats.length; frame++) {
      const image = pixels.subarray(frame * inputs, (frame + 1) * inputs);
      let attempt = 0;
      let drawn = this.#presentImage(image, attempt, learn);
      while (this.#spikes < minSpikes && attempt < maxRepeats) {
        attempt++;
        drawn = this.#presentImage(image, attempt, learn);
      }
      repeats[frame] = Math.min(attempt, 255);
      inputSpikes[frame] = drawn;
      counts.set(this.#counts, frame * neurons);
      this.#endFrame();
    }
  }

  presentSpikes(
    offsetUs: Uint32Array,
    input: Uint32Array,
    durationUs: number,
    counts: Uint16Array,
    outOffsetUs: Uint32Array,
    outNeuron: Uint32Array,
    learn: boolean,
  ): number {
    const dtUs = this.#p.dtMs * 1000;
    const output = this.#presentBatch({ offsetUs, neuron: input }, Math.ceil(durationUs / dtUs), learn);
    output.forEach(([step, neuron], k) => {
      // Writing past a typed array's end is ignored: what does not fit is counted only.
      outOffsetUs[k] = Math.trunc(step * dtUs);
      outNeuron[k] = neuron;
    });
    counts.set(this.#counts);
    this.#endFrame();
    return output.length;
  }

  readState(state: NativeState): void {
    const { inputs, neurons } = this.#p;
    const ageOf = (last: number, horizon: number) => (this.#now - last < horizon ? this.#now - last : -1);
    const postHorizon = Math.max(this.#post.horizon, this.#post2.horizon);
    (this.#p.weights === 1 ? state.weightsU8 : state.weightsF32).set(this.#synapses.stored);
    state.scale.set(this.#synapses.scale);
    state.sum.set(this.#synapses.sum);
    state.theta.set(this.#theta);
    state.membrane.set(this.#membrane);
    for (let j = 0; j < neurons; j++) {
      state.refractory[j] = Math.max((this.#release[j] ?? 0) - this.#now + 1, 0);
      state.postAge[j] = ageOf(this.#lastPost[j] ?? 0, postHorizon);
    }
    for (let i = 0; i < inputs; i++) state.preAge[i] = ageOf(this.#lastPre[i] ?? 0, this.#pre.horizon);
    state.counters.set([
      ...this.#synapses.random.state(),
      this.#frames % TWO_TO_32,
      this.#frames / TWO_TO_32,
      0,
      0,
    ]);
  }

  writeState(state: NativeState): void {
    const { inputs, neurons } = this.#p;
    const [a = 0, b = 0, c = 0, d = 0, low = 0, high = 0] = state.counters;
    const lastOf = (age = -1) => (age < 0 ? -Infinity : this.#now - age);
    this.#synapses.random = new Random([a, b, c, d]);
    this.#synapses.stored.set(this.#p.weights === 1 ? state.weightsU8 : state.weightsF32);
    this.#synapses.scale.set(state.scale);
    this.#synapses.sum.set(state.sum);
    this.#theta = state.theta.slice();
    this.#membrane = state.membrane.slice();
    for (let j = 0; j < neurons; j++) {
      const left = state.refractory[j] ?? 0;
      this.#release[j] = left > 0 ? this.#now + left - 1 : -Infinity;
      this.#lastPost[j] = lastOf(state.postAge[j]);
    }
    for (let i = 0; i < inputs; i++) this.#lastPre[i] = lastOf(state.preAge[i]);
    this.#frames = high * TWO_TO_32 + low;
  }

  /** The Poisson spikes are those of the separate encoder; returns how many there were. */
  #presentImage(pixels: Uint8Array, attempt: number, learn: boolean): number {
    const { seed, maxRateHz, brighterHz, dtMs, durationMs } = this.#p;
    const spikes = encodePoisson({
      pixels,
      maxRateHz: maxRateHz + attempt * brighterHz,
      dtMs,
      durationMs,
      seed,
      frameIndex: this.#frames,
      attempt,
    });
    this.#presentBatch(spikes, this.#steps(durationMs), learn);
    return spikes.length;
  }

  /** Returns the output spikes as pairs of step and neuron. */
  #presentBatch(
    spikes: Pick<SpikeBatch, "offsetUs" | "neuron">,
    steps: number,
    learn: boolean,
  ): [number, number][] {
    const dtUs = this.#p.dtMs * 1000;
    const output: [number, number][] = [];
    this.#began = this.#now;
    this.#spikes = 0;
    this.#counts = new Array<number>(this.#p.neurons).fill(0);
    for (let s = 0; s < steps; s++) {
      const rows = spikes.neuron.filter((_, k) => Math.floor((spikes.offsetUs[k] ?? 0) / dtUs) === s);
      for (const neuron of this.#step(rows, learn)) output.push([s, neuron]);
    }
    this.#rest(learn);
    return output;
  }

  /** Returns the neurons that fired, ascending. */
  #step(rows: ArrayLike<number>, learn: boolean): number[] {
    const isHeld = this.#release.some((last) => last >= this.#now);
    const thresholds = this.#thresholds();
    const isOver = this.#membrane.some((v, j) => v > (thresholds[j] ?? 0));
    if (rows.length === 0 && !isHeld && !isOver) {
      this.#skipped++;
      this.#now++;
      return [];
    }
    this.#drive(rows); // 1
    if (learn) this.#depress(rows); // 2
    for (const i of Array.from(rows)) this.#lastPre[i] = this.#now;
    const fired = compete(this.#membrane, this.#thresholds(), this.#p.competition === 1 ? "hard" : "soft"); // 3
    if (fired.length > 0) this.#fire(fired, learn); // 4, 5
    this.#now++;
    return fired;
  }

  #drive(rows: ArrayLike<number>): void {
    if (this.#skipped >= MOST_STEPS_AT_ONCE) this.#flushDecay();
    const decay = this.#decayOver(this.#skipped + 1);
    this.#skipped = 0;
    const { vExcitatory } = this.#p;
    const kind = this.#p.weights === 1 ? "uint8" : "float32";
    this.#membrane = this.#membrane.map((v, j) => {
      const weights = Array.from(rows, (i) => this.#synapses.weight(i, j));
      return driveMembrane(v, {
        drive: sumRows(weights, kind),
        gain: this.#synapses.gain(j),
        decay,
        vExcitatory,
      });
    });
    this.#holdRefractory();
  }

  #holdRefractory(): void {
    const vReset = f(this.#p.vReset);
    this.#membrane = this.#membrane.map((v, j) => ((this.#release[j] ?? 0) >= this.#now ? vReset : v));
  }

  #depress(rows: ArrayLike<number>): void {
    const { rule, etaPre } = this.#p;
    if (rule === 0 || etaPre === 0 || rows.length === 0) return;
    this.#lastPost.forEach((last, j) => {
      const y = this.#post.at(this.#now - last);
      if (y === 0) return;
      depressPair(this.#synapses, j, { rows, y, etaPre });
      this.#touched.add(j);
    });
  }

  #fire(fired: readonly number[], learn: boolean): void {
    const { vInhibitory, inhibition, refractoryMs } = this.#p;
    const refractorySteps = this.#steps(refractoryMs);
    this.#membrane = inhibit(this.#membrane, { spikes: fired.length, vInhibitory, inhibition });
    this.#spikes += fired.length;
    const x = Float32Array.from(this.#lastPre, (last) => this.#pre.at(this.#now - last));
    for (const j of fired) {
      this.#membrane[j] = this.#p.vReset;
      this.#counts[j] = Math.min((this.#counts[j] ?? 0) + 1, MOST_SPIKES_A_FRAME);
      if (learn) {
        const y2 = this.#post2.at(this.#now - (this.#lastPost[j] ?? 0));
        learnPost(this.#synapses, this.#p, { neuron: j, x, y2 });
        this.#touched.add(j);
        this.#theta[j] = (this.#theta[j] ?? 0) + f(this.#p.thetaPlus);
      }
      this.#lastPost[j] = this.#now;
      if (refractorySteps > 0) this.#release[j] = this.#now + refractorySteps;
    }
    this.#holdRefractory();
  }

  /** The silence after a presentation, in one go. Only learning moves theta. */
  #rest(learn: boolean): void {
    const { restMs, tauMemMs, tauThetaMs, dtMs } = this.#p;
    this.#flushDecay();
    this.#now += this.#steps(restMs);
    const decay = f(expNonPositive(-restMs / tauMemMs));
    this.#membrane = this.#membrane.map((v) => restMembrane(v, decay));
    if (!learn) return;
    const thetaDecay = f(expNonPositive((-(this.#now - this.#began) * dtMs) / tauThetaMs));
    this.#theta = this.#theta.map((theta) => theta * thetaDecay);
  }

  #flushDecay(): void {
    while (this.#skipped > 0) {
      const steps = Math.min(this.#skipped, MOST_STEPS_AT_ONCE);
      const decay = this.#decayOver(steps);
      this.#membrane = this.#membrane.map((v) => v * decay);
      this.#skipped -= steps;
    }
  }

  #endFrame(): void {
    this.#frames++;
    for (const j of [...this.#touched].sort((a, b) => a - b)) this.#synapses.normalise(j);
    this.#touched.clear();
  }

  #thresholds(): Float32Array {
    return this.#theta.map((theta) => f(this.#p.vThreshold) + theta);
  }

  #decayOver(steps: number): number {
    return f(expNonPositive((-this.#p.dtMs / this.#p.tauMemMs) * steps));
  }

  #steps(ms: number): number {
    return Math.trunc(ms / this.#p.dtMs + 0.5);
  }
}
