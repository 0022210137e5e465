/**
 * Oracle of native/kernel/poisson.hpp: in each step a pixel of value p spikes with probability
 *
 *   P = p/255 · maxRate · dt, rounded to 1/65536 and at most 65535/65536
 *
 * Draws: the pixels above 0, in order, stand in groups of 32. Each step and group draws one word of each of 16
 * generators; pixel q of the group takes half q mod 2 (low first) of the word of generator floor(q/2).
 */
import { mix32, Random } from "../../src/core/random.ts";

export type PoissonImage = {
  readonly pixels: Uint8Array;
  readonly maxRateHz: number;
  readonly dtMs: number;
  readonly steps: number;
  readonly key: number;
};

const GROUP = 32;
const LANES = 16;

/** The inputs that spike in each step, ascending. */
export function drawPoisson({ pixels, maxRateHz, dtMs, steps, key }: PoissonImage): number[][] {
  const active = [...pixels.keys()].filter((i) => pixels[i] !== 0);
  const limits = active.map((i) => {
    const limit = ((pixels[i] ?? 0) / 255) * maxRateHz * dtMs;
    return Math.min(Math.trunc((limit / 1000) * 65536 + 0.5), 65535);
  });
  const lanes = Array.from({ length: LANES }, (_, lane) => laneGenerator(key, lane));
  const rows: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const spiking: number[] = [];
    let words: number[] = [];
    active.forEach((input, at) => {
      const q = at % GROUP;
      if (q === 0) words = lanes.map((lane) => lane.nextUint32());
      const word = words[q >> 1] ?? 0;
      const value = q % 2 === 0 ? word & 0xffff : word >>> 16;
      if (value < (limits[at] ?? 0)) spiking.push(input);
    });
    rows.push(spiking);
  }
  return rows;
}

function laneGenerator(key: number, lane: number): Random {
  const word = (k: number) => mix32(key + Math.imul(lane * 4 + k + 1, 0x9e3779b9));
  return new Random([(word(0) | 1) >>> 0, word(1), word(2), word(3)]);
}
