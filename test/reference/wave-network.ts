/**
 * Oracle of native/kernel/wave_network.hpp: one position after another, one spike after another, one map after
 * another. Slow on purpose. It has the native class's face but checks no arguments.
 */
import { hashWords, Random } from "../../src/core/random.ts";
import type { NativeWaveNetwork, NativeWaveParams, NativeWaveState } from "../../src/native/binding.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import { encodeWave, type WaveSpike } from "./wave-encoder.ts";
import { aPlusAfter, learnWeight } from "./wave-stdp.ts";

const f = Math.fround;

const MOST_8_BITS = 255;
const MOST_16_BITS = 65535;
const NO_MAP = 65535;
const MOST_THETA = 255;

type Hit = {
  readonly x: number;
  readonly y: number;
  readonly rank: number;
  readonly map: number;
  readonly potential: number;
  readonly threshold: number;
};

/** Integer weights and thresholds, as in use (8 bits) or in learning (16 bits). */
type Filters = {
  readonly levels: number;
  readonly most: number;
  /** [threshold][map] */
  readonly thresholds: readonly (readonly number[])[];
};

export class ReferenceWaveNetwork
  implements
    Pick<
      NativeWaveNetwork,
      "presentImages" | "learnImages" | "encodeImages" | "readState" | "writeState" | "convergence"
    >
{
  readonly #p: NativeWaveParams;
  #weights: Float32Array;
  #theta: Float32Array;
  #frames = 0;

  constructor(params: NativeWaveParams) {
    this.#p = params;
    const { taps } = waveShape(params);
    const random = Random.fromKey(hashWords(params.seed, 1));
    this.#weights = Float32Array.from({ length: taps * params.maps }, () => {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += random.nextUnit();
      return Math.min(Math.max(f(params.initialMean + params.initialStd * sum), 0), 1);
    });
    this.#theta = new Float32Array(params.maps).fill(params.learningThreshold);
  }

  presentImages(
    pixels: Uint8Array,
    inputSpikes: Uint32Array,
    counts: Uint8Array,
    offsets: Uint32Array,
    feature: Uint16Array,
    x: Uint16Array,
    y: Uint16Array,
    rank: Uint16Array,
  ): void {
    const { cell, maps, thresholds } = this.#p;
    const shape = waveShape(this.#p);
    const levels = Math.min(63, Math.floor(255 / (thresholds.at(-1) ?? 0)));
    const filters = {
      levels,
      most: MOST_8_BITS,
      thresholds: [...thresholds].map((value) => Array(maps).fill(toLevels(f(value), levels, MOST_8_BITS))),
    };
    let end = 0;
    counts.fill(0);
    for (let frame = 0; frame < inputSpikes.length; frame++) {
      const spikes = this.#encode(pixels, frame);
      inputSpikes[frame] = spikes.length;
      offsets[frame] = end;
      const hits = this.#walk(spikes, filters);
      for (const hit of hits) {
        const place = (Math.floor(hit.y / cell) * shape.cellsX + Math.floor(hit.x / cell)) * shape.features;
        const at = frame * shape.counts + place + hit.threshold * maps + hit.map;
        if (at < counts.length) counts[at] = Math.min((counts[at] ?? 0) + 1, 255);
      }
      for (const hit of hits.sort((a, b) => a.rank - b.rank)) {
        feature[end] = hit.threshold * maps + hit.map;
        x[end] = hit.x;
        y[end] = hit.y;
        rank[end] = hit.rank;
        end++;
      }
    }
    offsets[inputSpikes.length] = end;
  }

  encodeImages(
    pixels: Uint8Array,
    offsets: Uint32Array,
    x: Uint16Array,
    y: Uint16Array,
    channel: Uint8Array,
  ): void {
    let end = 0;
    for (let frame = 0; frame + 1 < offsets.length; frame++) {
      offsets[frame] = end;
      for (const spike of this.#encode(pixels, frame)) {
        x[end] = spike.x;
        y[end] = spike.y;
        channel[end] = spike.channel;
        end++;
      }
    }
    offsets[offsets.length - 1] = end;
  }

  learnImages(pixels: Uint8Array, inputSpikes: Uint32Array, winnerMap: Uint16Array): void {
    const { winners, maps, aRatio, thetaPlus } = this.#p;
    winnerMap.fill(NO_MAP);
    for (let frame = 0; frame < inputSpikes.length; frame++) {
      const spikes = this.#encode(pixels, frame);
      inputSpikes[frame] = spikes.length;
      const won = this.#findWinners(spikes);
      const aPlus = aPlusAfter(this.#frames, this.#p);
      for (const [k, winner] of won.entries()) {
        winnerMap[frame * winners + k] = winner.map;
        this.#learn(winner, spikes, f(aPlus), f(aRatio * aPlus));
        this.#theta[winner.map] = (this.#theta[winner.map] ?? 0) + f(thetaPlus);
      }
      const minus = f(f(f(thetaPlus) * won.length) / maps);
      if (thetaPlus > 0)
        this.#theta = this.#theta.map((t) => Math.min(Math.max(f(t - minus), 1), MOST_THETA));
      this.#frames++;
    }
  }

  convergence(): number {
    return this.#weights.reduce((sum, w) => sum + f(w * f(1 - w)), 0) / this.#weights.length;
  }

  readState(state: NativeWaveState): void {
    state.weights.set(this.#weights);
    state.theta.set(this.#theta);
    state.counters.set([this.#frames >>> 0, Math.floor(this.#frames / 2 ** 32)]);
  }

  writeState(state: NativeWaveState): void {
    this.#weights = state.weights.slice();
    this.#theta = state.theta.slice();
    this.#frames = (state.counters[0] ?? 0) + (state.counters[1] ?? 0) * 2 ** 32;
  }

  #encode(pixels: Uint8Array, frame: number): readonly WaveSpike[] {
    const size = this.#p.width * this.#p.height;
    return encodeWave(pixels.subarray(frame * size, (frame + 1) * size), this.#p);
  }

  #walk(spikes: readonly WaveSpike[], filters: Filters): Hit[] {
    const { positionsX, positionsY } = waveShape(this.#p);
    const hits: Hit[] = [];
    for (let y = 0; y < positionsY; y++) {
      for (let x = 0; x < positionsX; x++) hits.push(...this.#walkPosition(spikes, filters, x, y));
    }
    return hits;
  }

  /** The weight's index in map 0 of what a spike is for a position, or undefined if it lies outside the window. */
  #tapOf(spike: WaveSpike, x: number, y: number): number | undefined {
    const { window, pad } = this.#p;
    const [wx, wy] = [spike.x - x + pad, spike.y - y + pad];
    const inside = wx >= 0 && wx < window && wy >= 0 && wy < window;
    return inside ? (spike.channel * window + wy) * window + wx : undefined;
  }

  #walkPosition(spikes: readonly WaveSpike[], filters: Filters, x: number, y: number): Hit[] {
    const { maps } = this.#p;
    const u = new Array<number>(maps).fill(0);
    const hits: Hit[] = [];
    for (const [rank, spike] of spikes.entries()) {
      const tap = this.#tapOf(spike, x, y);
      if (tap === undefined) continue;
      for (let m = 0; m < maps; m++) {
        const weight = Math.floor(f(f((this.#weights[tap * maps + m] ?? 0) * filters.levels) + 0.5));
        u[m] = Math.min((u[m] ?? 0) + weight, filters.most);
      }
      for (let t = hits.length; t < filters.thresholds.length; t++) {
        const over = u.map((value, m) => (value >= (filters.thresholds[t]?.[m] ?? 0) ? value : -1));
        const potential = Math.max(...over);
        if (potential < 0) break;
        hits.push({ x, y, rank, map: over.indexOf(potential), potential, threshold: t });
      }
      if (hits.length === filters.thresholds.length) break;
    }
    return hits;
  }

  #findWinners(spikes: readonly WaveSpike[]): Hit[] {
    const { winners, inhibitionRadius, learningThreshold } = this.#p;
    const levels = Math.min(1024, Math.floor(32767 / learningThreshold));
    const thresholds = [[...this.#theta].map((theta) => toLevels(theta, levels, MOST_16_BITS))];
    let left = this.#walk(spikes, { levels, most: MOST_16_BITS, thresholds });
    left.sort((a, b) => a.rank - b.rank || b.potential - a.potential || a.y - b.y || a.x - b.x);
    const won: Hit[] = [];
    while (won.length < winners) {
      const winner = left.shift();
      if (winner === undefined) break;
      won.push(winner);
      const distance = (hit: Hit) => Math.max(Math.abs(hit.x - winner.x), Math.abs(hit.y - winner.y));
      left = left.filter((hit) => hit.map !== winner.map && distance(hit) > inhibitionRadius);
    }
    return won;
  }

  #learn(winner: Hit, spikes: readonly WaveSpike[], aPlus: number, aMinus: number): void {
    const spoke = new Set(
      spikes.slice(0, winner.rank + 1).map((spike) => this.#tapOf(spike, winner.x, winner.y)),
    );
    for (let tap = 0; tap < waveShape(this.#p).taps; tap++) {
      const at = tap * this.#p.maps + winner.map;
      this.#weights[at] = learnWeight(this.#weights[at] ?? 0, spoke.has(tap), { aPlus, aMinus });
    }
  }
}

function toLevels(inWeights: number, levels: number, most: number): number {
  return Math.floor(Math.min(Math.max(f(f(inWeights * levels) + 0.5), 1), most));
}
