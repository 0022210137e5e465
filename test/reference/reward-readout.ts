/** Oracle of native/kernel/reward_readout.hpp and reward_rules.hpp: reward-modulated STDP on pooled feature spikes. */
import { Random } from "../../src/core/random.ts";
import type {
  NativeDecision,
  NativeRewardParams,
  NativeRewardReadout,
  NativeRewardState,
} from "../../src/native/readouts.ts";
import { expNonPositive } from "./exponential.ts";
import {
  addRow,
  bestTwo,
  framesOf,
  inputsOf,
  moved,
  pool,
  rateAt,
  type SparseList,
  softmax,
  spikesOf,
  stepsOf,
  sumRows,
} from "./feature-pool.ts";

const f = Math.fround;
const MOST_WEIGHT = 0.9990234375;
const FURTHEST_BEHIND = 1000;
const MOST_TIRED = 1000;

type Memory = {
  readonly list: SparseList;
  readonly scores: Float32Array;
  /** Scores less tiredness. */
  readonly guessed: Float32Array;
  readonly speakers: readonly number[];
};

export class ReferenceReward implements Omit<NativeRewardReadout, "dispose" | "writeState"> {
  readonly #params: NativeRewardParams;
  readonly #neurons: number;
  readonly #weights: Float32Array;
  readonly #behind: Float32Array;
  readonly #tired: Float32Array;
  readonly #waiting = new Map<number, Memory>();
  #decisions = 0;
  #rewards = 0;

  constructor(params: NativeRewardParams) {
    this.#params = params;
    this.#neurons = params.classes * params.neuronsPerClass;
    const random = Random.fromKey(params.seed);
    const initial = () => f(f(f(2 * random.nextUnit()) - 1) * f(params.initialMax));
    this.#weights = Float32Array.from({ length: inputsOf(params) * this.#neurons }, initial);
    this.#behind = new Float32Array(params.classes);
    this.#tired = new Float32Array(params.classes);
  }

  present(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    shares: Float32Array,
  ): NativeDecision {
    const decision = this.#decide(pool(this.#params, spikesOf({ start, feature, x, y }, 0)));
    shares.set(softmax(this.#waiting.get(decision.id)?.guessed ?? shares));
    return decision;
  }

  reward(id: number, right: boolean, truth: number): void {
    const memory = this.#waiting.get(id);
    if (memory === undefined) throw new Error("no such decision");
    this.#waiting.delete(id);
    const { best } = bestTwo(memory.guessed);
    const known = right ? best : truth < 0 ? undefined : truth;
    const { fatigue } = this.#params;
    if (fatigue > 0 && known === undefined) {
      this.#rewards++;
      this.#tired[best] = Math.min(f((this.#tired[best] ?? 0) + f(fatigue)), MOST_TIRED);
      return;
    }
    const penalty = f(this.#params.recencyPenalty);
    this.#behind.forEach((behind, c) => {
      this.#behind[c] = c === known ? 0 : Math.min(f(behind + penalty), FURTHEST_BEHIND);
    });
    const gated = memory.scores.map((score, c) => f(score - (this.#behind[c] ?? 0)));
    const push = this.#push(gated, best, right, known);
    const rate = f(rateAt(this.#params, this.#rewards++));
    push.forEach((amount, c) => {
      this.#pushNeuron(memory.list, memory.speakers[c] ?? 0, f(rate * amount));
    });
  }

  learn(
    start: Uint32Array,
    feature: Uint16Array,
    x: Uint8Array,
    y: Uint8Array,
    labels: Uint16Array,
    order: Uint32Array,
    told: boolean,
  ): number {
    let rightOnes = 0;
    for (const frame of order) {
      const truth = labels[frame] ?? 0;
      const still = spikesOf({ start, feature, x, y }, frame);
      const list = pool(this.#params, moved(this.#params, still, this.#rewards));
      const isTiring = this.#params.fatigue > 0;
      const { id, label } = this.#decide(isTiring ? pool(this.#params, still) : list);
      const memory = this.#waiting.get(id);
      if (isTiring && memory !== undefined) {
        this.#waiting.set(id, { ...memory, list, ...this.#scoresOf(list) });
      }
      if (label === truth) rightOnes++;
      this.reward(id, label === truth, told ? truth : -1);
    }
    return rightOnes;
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
      const list = pool(this.#params, spikesOf(spikes, frame));
      const { scores } = this.#scoresOf(list);
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
    const spikes = { start, feature, x, y };
    for (let frame = 0; frame < framesOf(spikes); frame++) {
      const potentials = new Float32Array(this.#neurons);
      let taken = 0;
      let said = bestTwo(new Float32Array(this.#params.classes));
      for (const { input, step } of stepsOf(this.#params, spikesOf(spikes, frame))) {
        if (taken > 0 && said.margin >= f(enough)) break;
        addRow(this.#weights, potentials, input, step);
        said = bestTwo(this.#speakers(potentials).scores);
        taken++;
      }
      labels[frame] = said.best;
      used[frame] = taken;
    }
  }

  readState(state: NativeRewardState): void {
    state.weights.set(this.#weights);
    state.behind.set(this.#behind);
    if (this.#params.fatigue > 0) state.tired.set(this.#tired);
    state.counters.set([this.#decisions, 0, this.#rewards, 0]);
  }

  #decide(list: SparseList): NativeDecision {
    const id = ++this.#decisions;
    const { scores, speakers } = this.#scoresOf(list);
    const guessed = scores.map((score, c) => f(score - (this.#tired[c] ?? 0)));
    const { best, margin } = bestTwo(guessed);
    this.#tired.forEach((tired, c) => {
      this.#tired[c] = f(tired * f(this.#params.fatigueKept));
    });
    this.#waiting.set(id, { list, scores, guessed, speakers });
    this.#waiting.delete(id - this.#params.memory);
    return { id, label: best, neuron: speakers[best] ?? 0, margin };
  }

  #scoresOf(list: SparseList): { scores: Float32Array; speakers: number[] } {
    return this.#speakers(sumRows(this.#weights, new Float32Array(this.#neurons), list));
  }

  /** The neuron of the highest potential speaks for its class; of equal ones the lowest. */
  #speakers(potentials: Float32Array): { scores: Float32Array; speakers: number[] } {
    const { classes, neuronsPerClass } = this.#params;
    const speakers = Array.from({ length: classes }, (_, c) => {
      const own = potentials.slice(c * neuronsPerClass, (c + 1) * neuronsPerClass);
      return c * neuronsPerClass + own.indexOf(Math.max(...own));
    });
    return { scores: Float32Array.from(speakers, (neuron) => potentials[neuron] ?? 0), speakers };
  }

  #push(scores: Float32Array, decided: number, right: boolean, known: number | undefined): Float32Array {
    const { rule, marginGate, runnerUpShare } = this.#params;
    const of = known ?? decided;
    const others = [...scores.keys()].filter((c) => c !== of);
    const rival = others.reduce((best, c) => ((scores[c] ?? 0) > (scores[best] ?? 0) ? c : best));
    const push = new Float32Array(scores.length);
    if (rule === 2) {
      const share = softmax(scores);
      if (known !== undefined) return push.map((_, c) => f((c === known ? 1 : 0) - (share[c] ?? 0)));
      const powers = [...scores].map((score, c) =>
        c === decided ? 0 : expNonPositive(score - (scores[rival] ?? 0)),
      );
      const sum = powers.reduce((total, power) => total + power, 0);
      const lost = share[decided] ?? 0;
      return push.map((_, c) => f(c === decided ? -lost : lost * ((powers[c] ?? 0) / sum)));
    }
    const lead = f((scores[of] ?? 0) - (scores[rival] ?? 0));
    if (known === undefined ? lead < 0 : lead >= f(marginGate)) return push;
    push[of] = known === undefined ? -1 : 1;
    if (known === undefined) push[rival] = rule === 1 ? runnerUpShare : 0;
    else if (rule === 1 || !right) push[rival] = -1;
    return push;
  }

  #pushNeuron(list: SparseList, neuron: number, amount: number): void {
    if (amount === 0) return;
    for (const { input, value } of list) {
      const at = input * this.#neurons + neuron;
      const weight = this.#weights[at] ?? 0;
      const pushed = f(weight + f(f(amount * value) * f(1 - f(weight * weight))));
      this.#weights[at] = Math.min(Math.max(pushed, -MOST_WEIGHT), MOST_WEIGHT);
    }
  }
}
