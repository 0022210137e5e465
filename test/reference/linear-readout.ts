/** Oracle of native/kernel/linear_readout.hpp: multinomial logistic regression on pooled feature spikes. */
import type { FeatureSpikes } from "../../src/core/feature-spikes.ts";
import type {
  NativeLinearParams,
  NativeLinearReadout,
  NativeLinearState,
} from "../../src/native/readouts.ts";
import {
  addRow,
  bestTwo,
  framesOf,
  inputsOf,
  moved,
  pool,
  rateAt,
  softmax,
  spikesOf,
  stepsOf,
  sumRows,
} from "./feature-pool.ts";

const f = Math.fround;
const DECAY_FRAMES = 1024;

export class ReferenceLinear implements Omit<NativeLinearReadout, "dispose" | "writeState"> {
  readonly #params: NativeLinearParams;
  readonly #weights: Float32Array;
  readonly #bias: Float32Array;
  readonly #meanWeights: Float32Array;
  readonly #meanBias: Float32Array;
  #frames = 0;
  #inMean = 0;

  constructor(params: NativeLinearParams) {
    this.#params = params;
    this.#weights = new Float32Array(inputsOf(params) * params.classes);
    this.#bias = new Float32Array(params.classes);
    this.#meanWeights = this.#weights.slice();
    this.#meanBias = this.#bias.slice();
  }

  learn(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    order: Uint32Array,
  ): number {
    const params = this.#params;
    const spikes = { start, feature, x, y };
    let right = 0;
    for (let k = 0; k < order.length; k += params.batch) {
      const named = order.slice(k, k + params.batch);
      const rate = rateAt(params, this.#frames);
      const changes = [...named].map((frame, i) => {
        const list = pool(params, moved(params, spikesOf(spikes, frame), this.#frames + i));
        const scores = sumRows(this.#weights, this.#bias, list);
        const truth = labels[frame] ?? 0;
        if (bestTwo(scores).best === truth) right++;
        const share = softmax(scores);
        return { list, delta: share.map((p, c) => f((rate / named.length) * ((c === truth ? 1 : 0) - p))) };
      });
      for (const { list, delta } of changes) {
        delta.forEach((d, c) => {
          for (const { input, value } of list) {
            const at = input * params.classes + c;
            this.#weights[at] = f((this.#weights[at] ?? 0) + f(value * d));
          }
          this.#bias[c] = f((this.#bias[c] ?? 0) + d);
        });
      }
      const after = this.#frames + named.length;
      if (Math.floor(after / DECAY_FRAMES) !== Math.floor(this.#frames / DECAY_FRAMES)) this.#decay(rate);
      this.#frames = after;
    }
    return right;
  }

  judge(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    margins: Float32Array,
    shares: Float32Array,
  ): void {
    const spikes = { start, feature, x, y };
    for (let frame = 0; frame < framesOf(spikes); frame++) {
      const scores = sumRows(this.#weights, this.#bias, pool(this.#params, spikesOf(spikes, frame)));
      const said = bestTwo(scores);
      labels[frame] = said.best;
      margins[frame] = said.margin;
      shares.set(softmax(scores), frame * this.#params.classes);
    }
  }

  judgeEarly(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    enough: number,
    labels: Uint16Array,
    used: Uint32Array,
  ): void {
    const spikes: FeatureSpikes = { start, feature, x, y };
    for (let frame = 0; frame < framesOf(spikes); frame++) {
      const scores = this.#bias.slice();
      let taken = 0;
      for (const { input, step } of stepsOf(this.#params, spikesOf(spikes, frame))) {
        if (taken > 0 && bestTwo(scores).margin >= f(enough)) break;
        addRow(this.#weights, scores, input, step);
        taken++;
      }
      labels[frame] = bestTwo(scores).best;
      used[frame] = taken;
    }
  }

  keepMean(): void {
    this.#inMean++;
    const share = f(1 / this.#inMean);
    const toward = (mean: Float32Array, now: Float32Array) =>
      mean.forEach((value, k) => {
        mean[k] = f(value + f(share * f((now[k] ?? 0) - value)));
      });
    toward(this.#meanWeights, this.#weights);
    toward(this.#meanBias, this.#bias);
  }

  useMean(): void {
    if (this.#inMean === 0) return;
    this.#weights.set(this.#meanWeights);
    this.#bias.set(this.#meanBias);
    this.#meanWeights.fill(0);
    this.#meanBias.fill(0);
    this.#inMean = 0;
  }

  readState(state: NativeLinearState): void {
    state.weights.set(this.#weights);
    state.bias.set(this.#bias);
    state.meanWeights.set(this.#meanWeights);
    state.meanBias.set(this.#meanBias);
    state.counters.set([this.#frames, 0, this.#inMean, 0]);
  }

  #decay(rate: number): void {
    const { weightDecay } = this.#params;
    if (weightDecay === 0) return;
    const keep = f(Math.max(0, 1 - rate * weightDecay * DECAY_FRAMES));
    this.#weights.forEach((weight, k) => {
      this.#weights[k] = f(weight * keep);
    });
  }
}
