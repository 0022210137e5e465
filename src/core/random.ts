/**
 * Seeded integer random numbers, the same in TypeScript and C++ (native/kernel/random.hpp), bit for bit.
 * Generator: xoshiro128++ (Blackman & Vigna 2021); seeding by the finalizer of MurmurHash3.
 * Not for secrets.
 */

/** The 32-bit finalizer of MurmurHash3: a bijection that mixes all bits. */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One 32-bit key from any number of 32-bit words; order matters. */
export function hashWords(...words: readonly number[]): number {
  let key = 0;
  for (const word of words) key = mix32((key ^ word) + 0x9e3779b9);
  return key;
}

export type RandomState = [number, number, number, number];

const rotl = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;

export class Random {
  readonly #s: RandomState;

  constructor(state: Readonly<RandomState>) {
    this.#s = [...state];
  }

  /** A generator whose state is four words hashed from `key`; the first is made odd, so that not all are zero. */
  static fromKey(key: number): Random {
    const word = (k: number) => mix32(key + Math.imul(k + 1, 0x9e3779b9));
    return new Random([(word(0) | 1) >>> 0, word(1), word(2), word(3)]);
  }

  state(): RandomState {
    return [...this.#s];
  }

  /** The next 32 random bits as an unsigned integer. */
  nextUint32(): number {
    const s = this.#s;
    const result = (rotl((s[0] + s[3]) >>> 0, 7) + s[0]) >>> 0;
    const t = (s[1] << 9) >>> 0;
    s[2] = (s[2] ^ s[0]) >>> 0;
    s[3] = (s[3] ^ s[1]) >>> 0;
    s[1] = (s[1] ^ s[2]) >>> 0;
    s[0] = (s[0] ^ s[3]) >>> 0;
    s[2] = (s[2] ^ t) >>> 0;
    s[3] = rotl(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1) with 24 bits: exact in float32 as well. */
  nextUnit(): number {
    return (this.nextUint32() >>> 8) / 16777216;
  }

  /** Uniform integer in [0, bound), by rejection, for bound from 1 to 2^32. */
  nextBelow(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    let draw = this.nextUint32();
    while (draw >= limit) draw = this.nextUint32();
    return draw % bound;
  }
}

/** A seeded permutation of 0..length-1 (Fisher-Yates). */
export function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
