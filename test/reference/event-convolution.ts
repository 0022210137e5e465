/**
 * Oracle of native/kernel/event_convolution.hpp: one event after another, one neuron after another, one tap after
 * another. Slow on purpose. It has the native class's face but checks no arguments.
 */
import { Random } from "../../src/core/random.ts";
import type {
  NativeEventConvolution,
  NativeEventConvolutionParams,
  NativeEventConvolutionState,
} from "../../src/native/event-convolution.ts";
import { type PlacedSpike, writeSpikes } from "./event-frame.ts";
import { expNonPositive } from "./exponential.ts";

const f = Math.fround;

const EPOCH_TAUS = 16;
const EPOCHS_TO_FORGET = 4;
const FORGOTTEN = f(1e-20);
const FINE = 1024;
const SPAN = 4;
const MARGIN = 1 / 1024;

export class ReferenceEventConvolution
  implements Pick<NativeEventConvolution, "present" | "learn" | "readState" | "writeState">
{
  readonly #p: NativeEventConvolutionParams;
  readonly #side: number;
  #weights: Float32Array;
  #thresholds: Float32Array;
  #spikes = 0;
  /** Of the frame at hand: [y][x][map] inflated potentials, their base, and [input] when each input last spoke. */
  #potentials = new Float32Array(0);
  #baseUs = 0;
  #lastUs = new Float64Array(0);

  constructor(params: NativeEventConvolutionParams) {
    this.#p = params;
    this.#side = 2 * params.radius + 1;
    const random = Random.fromKey(params.seed);
    const low = f(params.initialLow);
    const span = f(f(params.initialHigh) - low);
    const weights = new Float32Array(2 * this.#side ** 2 * params.maps);
    this.#weights = weights.map(() => Math.min(f(low + f(span * random.nextUnit())), 1));
    this.#thresholds = new Float32Array(params.maps).fill(params.threshold);
  }

  readonly present: NativeEventConvolution["present"] = (...args) => this.#run(false, args);
  readonly learn: NativeEventConvolution["learn"] = (...args) => this.#run(true, args);

  readState(state: NativeEventConvolutionState): void {
    state.weights.set(this.#weights);
    state.thresholds.set(this.#thresholds);
    state.counters.set([this.#spikes % 2 ** 32, Math.floor(this.#spikes / 2 ** 32)]);
  }

  writeState({ weights, thresholds, counters }: NativeEventConvolutionState): void {
    [this.#weights, this.#thresholds] = [weights.slice(), thresholds.slice()];
    this.#spikes = (counters[0] ?? 0) + (counters[1] ?? 0) * 2 ** 32;
  }

  #run(learns: boolean, args: Parameters<NativeEventConvolution["present"]>): number {
    const { width, height, maps } = this.#p;
    const [offsetUs, input] = args;
    this.#potentials = new Float32Array(width * height * maps);
    this.#lastUs = new Float64Array(2 * width * height).fill(Number.NEGATIVE_INFINITY);
    this.#baseUs = 0;
    const spikes: PlacedSpike[] = [];
    for (const [k, us] of offsetUs.entries()) {
      const gain = this.#gainAt(us);
      this.#lastUs[input[k] ?? 0] = us;
      const spike = this.#drive(input[k] ?? 0, gain);
      if (spike === undefined) continue;
      spikes.push({ us, ...spike });
      this.#inhibit(spike, gain);
      if (learns) this.#learn(spike, us);
    }
    return writeSpikes({ ...this.#p, features: maps }, spikes, ...args);
  }

  #gainAt(us: number): number {
    const { tauUs } = this.#p;
    const epochUs = Math.floor(EPOCH_TAUS * tauUs);
    const grown = (since: number) => f(1 / expNonPositive(-since / tauUs));
    const epochs = Math.floor((us - this.#baseUs) / epochUs);
    const shrink = f(expNonPositive(-epochUs / tauUs));
    for (let k = 0; k < Math.min(epochs, EPOCHS_TO_FORGET); k++) {
      this.#potentials = this.#potentials.map((v) =>
        Math.abs(f(v * shrink)) < FORGOTTEN ? 0 : f(v * shrink),
      );
    }
    if (epochs >= EPOCHS_TO_FORGET) this.#potentials.fill(0);
    this.#baseUs += epochs * epochUs;
    const since = us - this.#baseUs;
    return f(grown(since - (since % FINE)) * grown(since % FINE));
  }

  #placeOf(input: number) {
    const { width, height } = this.#p;
    return {
      x: input % width,
      y: Math.floor(input / width) % height,
      polarity: Math.floor(input / width / height),
    };
  }

  #tap(polarity: number, row: number, column: number): number {
    return ((polarity * this.#side + row) * this.#side + column) * this.#p.maps;
  }

  /** Every neuron near the event, in order of position and map, takes it; the one furthest over its threshold spikes. */
  #drive(input: number, gain: number) {
    const { width, height, maps, radius } = this.#p;
    const event = this.#placeOf(input);
    let most = 0;
    let spike: Omit<PlacedSpike, "us"> | undefined;
    for (let y = Math.max(0, event.y - radius); y <= Math.min(height - 1, event.y + radius); y++) {
      for (let x = Math.max(0, event.x - radius); x <= Math.min(width - 1, event.x + radius); x++) {
        const tap = this.#tap(event.polarity, event.y - y + radius, event.x - x + radius);
        for (let map = 0; map < maps; map++) {
          const at = (y * width + x) * maps + map;
          const potential = f((this.#potentials[at] ?? 0) + f((this.#weights[tap + map] ?? 0) * gain));
          this.#potentials[at] = potential;
          const excess = f(potential - f((this.#thresholds[map] ?? 0) * gain));
          if (excess > most) [most, spike] = [excess, { feature: map, x, y }];
        }
      }
    }
    return spike;
  }

  #inhibit(spike: { readonly x: number; readonly y: number }, gain: number): void {
    const { width, height, maps, lateral, reset } = this.#p;
    for (let y = Math.max(0, spike.y - lateral); y <= Math.min(height - 1, spike.y + lateral); y++) {
      for (let x = Math.max(0, spike.x - lateral); x <= Math.min(width - 1, spike.x + lateral); x++) {
        for (let map = 0; map < maps; map++) {
          const at = (y * width + x) * maps + map;
          this.#potentials[at] = Math.min(this.#potentials[at] ?? 0, f(f(reset) * gain));
        }
      }
    }
  }

  #learn(spike: Omit<PlacedSpike, "us">, us: number): void {
    const { width, height, maps, radius, windowUs, rise, fall, threshold, thresholdRate } = this.#p;
    for (let k = 0; k < 2 * this.#side ** 2; k++) {
      const column = k % this.#side;
      const row = Math.floor(k / this.#side) % this.#side;
      const polarity = Math.floor(k / this.#side ** 2);
      const [x, y] = [spike.x + column - radius, spike.y + row - radius];
      const isInside = x >= 0 && x < width && y >= 0 && y < height;
      const last = isInside ? this.#lastUs[(polarity * height + y) * width + x] : undefined;
      const tookPart = us - (last ?? Number.NEGATIVE_INFINITY) <= windowUs;
      const at = k * maps + spike.feature;
      const w = this.#weights[at] ?? 0;
      const moved = f(w + f((tookPart ? f(rise) : -f(fall)) * f(w * f(1 - w))));
      this.#weights[at] = Math.min(Math.max(moved, MARGIN), 1 - MARGIN);
    }
    const share = f(thresholdRate / maps);
    this.#thresholds = this.#thresholds.map((theta) => Math.max(f(theta - share), f(threshold / SPAN)));
    const raised = f((this.#thresholds[spike.feature] ?? 0) + f(thresholdRate));
    this.#thresholds[spike.feature] = Math.min(raised, f(threshold * SPAN));
    this.#spikes++;
  }
}
