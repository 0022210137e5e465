/**
 * Oracle of native/kernel/wave_layer.hpp: one position after another, one spike after another, one map after another.
 * Slow on purpose. It has the native class's face but checks no arguments.
 */
import { hashWords, Random } from "../../src/core/random.ts";
import type {
  NativeWaveLayer,
  NativeWaveLayerParams,
  NativeWaveSpikes,
  NativeWaveState,
} from "../../src/native/binding.ts";
import { waveLayerShape } from "../../src/network/wave-shape.ts";
import { aPlusAfter, learnWeight } from "./wave-stdp.ts";

const f = Math.fround;

const NO_MAP = 65535;
const MOST_THETA = 4096;

/** A cell that passed a spike on. */
type Cell = { readonly channel: number; readonly x: number; readonly y: number; readonly rank: number };

type Hit = {
  readonly x: number;
  readonly y: number;
  readonly rank: number;
  readonly map: number;
  readonly potential: number;
  readonly threshold: number;
};

type Lists = { readonly [at in keyof NativeWaveSpikes]: NativeWaveSpikes[at] };

export class ReferenceWaveLayer
  implements
    Pick<NativeWaveLayer, "presentSpikes" | "learnSpikes" | "readState" | "writeState" | "convergence">
{
  readonly #p: NativeWaveLayerParams;
  #weights: Float32Array;
  #theta: Float32Array;
  #frames = 0;

  constructor(params: NativeWaveLayerParams) {
    this.#p = params;
    const { taps } = waveLayerShape(params);
    const random = Random.fromKey(hashWords(params.seed, 1));
    this.#weights = Float32Array.from({ length: taps * params.maps }, () => {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += random.nextUnit();
      return Math.min(Math.max(f(params.initialMean + params.initialStd * sum), 0), 1);
    });
    this.#theta = new Float32Array(params.maps).fill(params.learningThreshold);
  }

  presentSpikes(...lists: readonly [...NativeWaveSpikes, ...NativeWaveSpikes]): void {
    const [offsetsIn, featureIn, xIn, yIn, rankIn, offsets, feature, x, y, rank] = lists;
    const { firstOnly, maps, thresholds } = this.#p;
    const rows = [...thresholds].map((threshold) => Array<number>(maps).fill(f(threshold)));
    let end = 0;
    for (let frame = 0; frame + 1 < offsets.length; frame++) {
      offsets[frame] = end;
      const cells = this.#pooled([offsetsIn, featureIn, xIn, yIn, rankIn], frame);
      const hits = this.#everywhere((px, py) =>
        firstOnly === 1 ? this.#firstAt(cells, rows, px, py) : this.#allAt(cells, rows, px, py),
      );
      for (const hit of hits.sort((a, b) => a.rank - b.rank)) {
        feature[end] = hit.threshold * maps + hit.map;
        x[end] = hit.x;
        y[end] = hit.y;
        rank[end] = hit.rank;
        end++;
      }
    }
    offsets[offsets.length - 1] = end;
  }

  learnSpikes(...lists: readonly [...NativeWaveSpikes, Uint16Array]): void {
    const [offsets, feature, x, y, rank, winnerMap] = lists;
    const { winners, maps, aRatio, thetaPlus } = this.#p;
    winnerMap.fill(NO_MAP);
    for (let frame = 0; frame + 1 < offsets.length; frame++) {
      const cells = this.#pooled([offsets, feature, x, y, rank], frame);
      const won = this.#findWinners(cells);
      const aPlus = aPlusAfter(this.#frames, this.#p);
      for (const [k, winner] of won.entries()) {
        winnerMap[frame * winners + k] = winner.map;
        this.#learn(winner, cells, { aPlus: f(aPlus), aMinus: f(aRatio * aPlus) });
        this.#theta[winner.map] = (this.#theta[winner.map] ?? 0) + f(thetaPlus);
      }
      const minus = f(f(f(thetaPlus) * won.length) / maps);
      if (thetaPlus > 0 && won.length > 0)
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

  /** Pooling in time: the first spike under each cell of a channel, in the order of spikes, then of cells. */
  #pooled([offsets, feature, x, y, rank]: Lists, frame: number): readonly Cell[] {
    const { pool, poolStride } = this.#p;
    const { cellsX, cellsY } = waveLayerShape(this.#p);
    const spoken = new Map<string, Cell>();
    for (let k = offsets[frame] ?? 0; k < (offsets[frame + 1] ?? 0); k++) {
      const isUnder = (cell: number, at = 0) => at >= cell * poolStride && at < cell * poolStride + pool;
      for (let cy = 0; cy < cellsY; cy++) {
        for (let cx = 0; cx < cellsX; cx++) {
          const name = `${feature[k]} ${cx} ${cy}`;
          if (!isUnder(cx, x[k]) || !isUnder(cy, y[k]) || spoken.has(name)) continue;
          spoken.set(name, { channel: feature[k] ?? 0, x: cx, y: cy, rank: rank[k] ?? 0 });
        }
      }
    }
    return [...spoken.values()];
  }

  #everywhere(hitsAt: (x: number, y: number) => readonly Hit[]): Hit[] {
    const { positionsX, positionsY } = waveLayerShape(this.#p);
    const hits: Hit[] = [];
    for (let y = 0; y < positionsY; y++) {
      for (let x = 0; x < positionsX; x++) hits.push(...hitsAt(x, y));
    }
    return hits;
  }

  /** The weight's index in map 0 of what a cell is for a position, or undefined if it lies outside the window. */
  #tapOf(cell: Cell, x: number, y: number): number | undefined {
    const { window, pad } = this.#p;
    const [wx, wy] = [cell.x - x + pad, cell.y - y + pad];
    const inside = wx >= 0 && wx < window && wy >= 0 && wy < window;
    return inside ? (cell.channel * window + wy) * window + wx : undefined;
  }

  /** The potentials at a position after each of its steps. */
  *#steps(cells: readonly Cell[], x: number, y: number) {
    const { maps } = this.#p;
    const seen = cells.filter((cell) => this.#tapOf(cell, x, y) !== undefined);
    const u = new Array<number>(maps).fill(0);
    for (const [k, cell] of seen.entries()) {
      const tap = this.#tapOf(cell, x, y) ?? 0;
      for (let m = 0; m < maps; m++) u[m] = f((u[m] ?? 0) + (this.#weights[tap * maps + m] ?? 0));
      if (seen[k + 1]?.rank !== cell.rank) yield { rank: cell.rank, u };
    }
  }

  #firstAt(cells: readonly Cell[], rows: readonly (readonly number[])[], x: number, y: number): Hit[] {
    const hits: Hit[] = [];
    for (const { rank, u } of this.#steps(cells, x, y)) {
      for (let t = hits.length; t < rows.length; t++) {
        const over = u.map((value, m) => (value >= (rows[t]?.[m] ?? 0) ? value : -1));
        const potential = Math.max(...over);
        if (potential < 0) break;
        hits.push({ x, y, rank, map: over.indexOf(potential), potential, threshold: t });
      }
    }
    return hits;
  }

  #allAt(cells: readonly Cell[], rows: readonly (readonly number[])[], x: number, y: number): Hit[] {
    const hits: Hit[] = [];
    const next = new Array<number>(this.#p.maps).fill(0);
    for (const { rank, u } of this.#steps(cells, x, y)) {
      for (const [map, potential] of u.entries()) {
        for (let t = next[map] ?? 0; t < rows.length && potential >= (rows[t]?.[map] ?? 0); t++) {
          hits.push({ x, y, rank, map, potential, threshold: t });
          next[map] = t + 1;
        }
      }
    }
    return hits;
  }

  #findWinners(cells: readonly Cell[]): Hit[] {
    const { winners, inhibitionRadius } = this.#p;
    let left = this.#everywhere((x, y) => this.#firstAt(cells, [[...this.#theta]], x, y));
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

  #learn(
    winner: Hit,
    cells: readonly Cell[],
    rates: { readonly aPlus: number; readonly aMinus: number },
  ): void {
    const before = cells.filter(({ rank }) => rank <= winner.rank);
    const spoke = new Set(before.map((cell) => this.#tapOf(cell, winner.x, winner.y)));
    for (let tap = 0; tap < waveLayerShape(this.#p).taps; tap++) {
      const at = tap * this.#p.maps + winner.map;
      this.#weights[at] = learnWeight(this.#weights[at] ?? 0, spoke.has(tap), rates);
    }
  }
}
