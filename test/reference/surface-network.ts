/**
 * Oracle of native/kernel/surface_network.hpp: one event after another, one prototype after another, one pixel after
 * another. Slow on purpose. It has the native class's face but checks no arguments.
 */
import type {
  NativeSurfaceNetwork,
  NativeSurfaceParams,
  NativeSurfaceState,
} from "../../src/native/surface.ts";
import { expNonPositive } from "./exponential.ts";

const f = Math.fround;

const EPOCH_TAUS = 16;
const EPOCHS_TO_FORGET = 4;
const FORGOTTEN = f(1e-20);
const FINE = 1024;
/** Columns are summed apart, by their rest from division by this. */
const CHAINS = 4;

/** Inflated values: S · exp((now − base) / tau), by plane, row and column. */
class ReferenceSurface {
  readonly #p: NativeSurfaceParams;
  readonly #epochUs: number;
  #baseUs = 0;
  #values: Float32Array;

  constructor(params: NativeSurfaceParams) {
    this.#p = params;
    this.#epochUs = Math.floor(EPOCH_TAUS * params.tauUs);
    this.#values = new Float32Array(2 * params.width * params.height);
  }

  /** @returns [plane][row][column] around the event */
  mark(offsetUs: number, input: number): readonly number[] {
    const { width, height, radius, planes, tauUs } = this.#p;
    const grown = (us: number) => f(1 / expNonPositive(-us / tauUs));
    const since = this.#advance(offsetUs - this.#baseUs);
    this.#values[input] = f(grown(since - (since % FINE)) * grown(since % FINE));
    const [x, y] = [input % width, Math.floor(input / width) % height];
    const own = Math.floor(input / (width * height));
    const window: number[] = [];
    for (const plane of planes === 2 ? [0, 1] : [own]) {
      for (let row = y - radius; row <= y + radius; row++) {
        for (let column = x - radius; column <= x + radius; column++) {
          const isInside = row >= 0 && row < height && column >= 0 && column < width;
          window.push(isInside ? (this.#values[(plane * height + row) * width + column] ?? 0) : 0);
        }
      }
    }
    return window;
  }

  #advance(since: number): number {
    const epochs = Math.floor(since / this.#epochUs);
    const shrink = f(expNonPositive(-this.#epochUs / this.#p.tauUs));
    for (let k = 0; k < Math.min(epochs, EPOCHS_TO_FORGET); k++) {
      this.#values = this.#values.map((value) => (f(value * shrink) < FORGOTTEN ? 0 : f(value * shrink)));
    }
    if (epochs >= EPOCHS_TO_FORGET) this.#values.fill(0);
    this.#baseUs += epochs * this.#epochUs;
    return since % this.#epochUs;
  }
}

export class ReferenceSurfaceNetwork
  implements Pick<NativeSurfaceNetwork, "present" | "learn" | "readState" | "writeState">
{
  readonly #p: NativeSurfaceParams;
  readonly #side: number;
  #weights: Float32Array;
  #wins: Uint32Array;
  #events = 0;

  constructor(params: NativeSurfaceParams) {
    this.#p = params;
    this.#side = 2 * params.radius + 1;
    this.#weights = new Float32Array(params.planes * this.#side ** 2 * params.prototypes);
    this.#wins = new Uint32Array(params.prototypes);
  }

  readonly present: NativeSurfaceNetwork["present"] = (...args) => {
    if (this.#used === 0) return 0;
    return this.#run((window) => this.#best(window).prototype, ...args);
  };

  readonly learn: NativeSurfaceNetwork["learn"] = (...args) =>
    this.#run((window) => this.#learn(window), ...args);

  readState(state: NativeSurfaceState): void {
    state.weights.set(this.#weights);
    state.wins.set(this.#wins);
    state.counters.set([this.#events % 2 ** 32, Math.floor(this.#events / 2 ** 32)]);
  }

  writeState({ weights, wins, counters }: NativeSurfaceState): void {
    [this.#weights, this.#wins] = [weights.slice(), wins.slice()];
    this.#events = (counters[0] ?? 0) + (counters[1] ?? 0) * 2 ** 32;
  }

  get #used(): number {
    return this.#wins.filter((wins) => wins > 0).length;
  }

  #run(
    answer: (window: readonly number[]) => number,
    ...[offsetUs, input, outOffsetUs, feature, x, y]: Parameters<NativeSurfaceNetwork["present"]>
  ): number {
    const { width, height, prototypes, bins, binUs, centre } = this.#p;
    const surface = new ReferenceSurface(this.#p);
    const spikes = Array.from(offsetUs, (us, k) => {
      const from = input[k] ?? 0;
      const bin = Math.min(bins - 1, Math.floor(us / binUs));
      const prototype = answer(surface.mark(us, from));
      return { us, bin, prototype, x: from % width, y: Math.floor(from / width) % height };
    });
    let end = 0;
    for (let bin = 0; bin < bins; bin++) {
      const part = spikes.filter((spike) => spike.bin === bin);
      const shift = (axis: "x" | "y", side: number) => {
        const sum = part.reduce((total, spike) => total + spike[axis], 0);
        return Math.floor(((side - 1) * part.length - 2 * sum + part.length) / (2 * part.length));
      };
      const [dx, dy] = centre === 1 ? [shift("x", width), shift("y", height)] : [0, 0];
      for (const spike of part) {
        const [toX, toY] = [spike.x + dx, spike.y + dy];
        if (toX < 0 || toX >= width || toY < 0 || toY >= height) continue;
        outOffsetUs[end] = spike.us;
        feature[end] = bin * prototypes + spike.prototype;
        x[end] = toX;
        y[end++] = toY;
      }
    }
    return end;
  }

  /** Σ a · b, the columns by their rest from division by four, then these four. */
  #dot(a: readonly number[], b: (tap: number) => number): number {
    const sums = [0, 0, 0, 0];
    for (const [tap, value] of a.entries()) {
      const chain = (tap % this.#side) % CHAINS;
      sums[chain] = f((sums[chain] ?? 0) + f(b(tap) * value));
    }
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = sums;
    return f(f(c0 + c1) + f(c2 + c3));
  }

  #best(window: readonly number[]) {
    const { prototypes } = this.#p;
    let best = { prototype: 0, value: -1 };
    for (let k = 0; k < prototypes; k++) {
      const value = this.#dot(window, (tap) => this.#weights[tap * prototypes + k] ?? 0);
      if (value > best.value) best = { prototype: k, value };
    }
    return best;
  }

  #learn(window: readonly number[]): number {
    const { prototypes, vigilance } = this.#p;
    const length = f(Math.sqrt(this.#dot(window, (tap) => window[tap] ?? 0)));
    const seen = window.map((value) => f(value * f(1 / length)));
    const used = this.#used;
    this.#events++;
    const { prototype, value } = this.#best(window);
    if (used < prototypes && (used === 0 || value < f(f(vigilance) * length))) {
      for (const [tap, part] of seen.entries()) this.#weights[tap * prototypes + used] = Math.min(part, 1);
      this.#wins[used] = 1;
      return used;
    }
    this.#move(prototype, seen, Math.min(f(value / length), 1));
    return prototype;
  }

  #move(prototype: number, seen: readonly number[], cosine: number): void {
    const { prototypes, rate } = this.#p;
    const wins = this.#wins[prototype] ?? 0;
    const a = Math.max(f(rate), f(1 / f(wins + 1)));
    this.#wins[prototype] = Math.min(wins + 1, 0xffffffff);
    const rest = f(1 - a);
    const square = f(f(f(rest * rest) + f(a * a)) + f(f(2 * f(a * rest)) * cosine));
    const scale = f(1 / f(Math.sqrt(square)));
    const [keep, take] = [f(rest * scale), f(a * scale)];
    for (const [tap, value] of seen.entries()) {
      const at = tap * prototypes + prototype;
      this.#weights[at] = Math.min(f(f(keep * (this.#weights[at] ?? 0)) + f(take * value)), 1);
    }
  }
}
