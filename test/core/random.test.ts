import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashWords, mix32, permutation, Random, type RandomState } from "../../src/core/random.ts";

const WORD = 0xffffffffn;
const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & WORD;

/** xoshiro128++ 1.0 as its authors publish it, in integers without a size. */
function* publishedDraws(state: Readonly<RandomState>): Generator<number, never> {
  let [s0, s1, s2, s3] = state.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number((rotl((s0 + s3) & WORD, 7n) + s0) & WORD);
    const t = (s1 << 9n) & WORD;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
  }
}

/** MurmurHash3's fmix32 in integers without a size. */
function publishedMix(value: number): number {
  let h = BigInt(value);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & WORD;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & WORD;
  return Number(h ^ (h >> 16n));
}

const word = fc.integer({ min: 0, max: 0xffffffff });
const stateOf = fc
  .tuple(word, word, word, word)
  .filter((words) => words.some((value) => value !== 0)) as fc.Arbitrary<RandomState>;

describe("the generator", () => {
  it("gives the known first numbers of xoshiro128++ from the state 1, 2, 3, 4", () => {
    // From the authors' C code.
    const random = new Random([1, 2, 3, 4]);
    expect(Array.from({ length: 3 }, () => random.nextUint32())).toEqual([641, 1573767, 3222811527]);
  });

  it("is xoshiro128++ from any state, for a hundred draws", () => {
    fc.assert(
      fc.property(stateOf, (state) => {
        const random = new Random(state);
        const published = publishedDraws(state);
        for (let draw = 0; draw < 100; draw++) expect(random.nextUint32()).toBe(published.next().value);
      }),
    );
  });

  it("never stands still: no key gives a state of zeros", () => {
    fc.assert(
      fc.property(word, (key) => {
        const state = Random.fromKey(key).state();
        expect((state[0] & 1) === 1).toBe(true);
        for (const value of state) expect(value).toBe(value >>> 0);
      }),
    );
  });

  it("goes on from its state, and a copy of the state stays as it was", () => {
    const random = Random.fromKey(5);
    random.nextUint32();
    const state = random.state();
    const again = new Random(state);
    const draws = Array.from({ length: 10 }, () => random.nextUint32());
    expect(Array.from({ length: 10 }, () => again.nextUint32())).toEqual(draws);
    expect(new Random(state).nextUint32()).toBe(draws[0]);
  });

  it("gives units of 24 bits in [0, 1), from the upper bits of the draw", () => {
    const random = Random.fromKey(1);
    const published = publishedDraws(random.state());
    let sum = 0;
    for (let draw = 0; draw < 10_000; draw++) {
      const unit = random.nextUnit();
      expect(unit).toBe(Math.floor(published.next().value / 256) / 2 ** 24);
      expect(Math.fround(unit)).toBe(unit);
      sum += unit;
    }
    // Five standard deviations of the mean of 10,000 uniform numbers.
    expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(0.0145);
  });
});

describe("a number below a bound", () => {
  it("is the next draw below the bound's largest multiple, so that no number is favoured", () => {
    const bound = fc.oneof(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.constantFrom(1, 2, 3 * 2 ** 30, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32),
    );
    fc.assert(
      fc.property(stateOf, bound, (state, below) => {
        const random = new Random(state);
        const published = publishedDraws(state);
        const multiple = Math.floor(2 ** 32 / below) * below;
        for (let n = 0; n < 20; n++) {
          let draw = published.next().value;
          while (draw >= multiple) draw = published.next().value;
          const value = random.nextBelow(below);
          expect(value).toBe(draw % below);
          expect(value).toBeLessThan(below);
        }
      }),
    );
  });

  it("comes up equally often", () => {
    const random = Random.fromKey(3);
    const counts = new Array<number>(7).fill(0);
    for (let draw = 0; draw < 70_000; draw++) {
      const value = random.nextBelow(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    // Five standard deviations of a binomial of 70,000 and 1/7.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(463);
  });
});

describe("mixing", () => {
  it("is MurmurHash3's finalizer", () => {
    expect([mix32(0), mix32(1), mix32(0xffffffff)]).toEqual([0, 0x514e28b7, 0x81f16f39]);
    fc.assert(
      fc.property(word, (value) => {
        expect(mix32(value)).toBe(publishedMix(value));
      }),
    );
  });

  it("makes one key of many words, by their order and their number", () => {
    expect(hashWords(1, 2)).not.toBe(hashWords(2, 1));
    expect(hashWords(1)).not.toBe(hashWords(1, 0));
    expect(hashWords(7, 8, 9)).toBe(hashWords(7, 8, 9));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        let key = 0n;
        for (const value of words)
          key = BigInt(publishedMix(Number(((key ^ BigInt(value)) + 0x9e3779b9n) & WORD)));
        expect(hashWords(...words)).toBe(Number(key));
      }),
    );
  });
});

describe("a permutation", () => {
  it("holds every index once, for any length", () => {
    fc.assert(
      fc.property(fc.nat(300), word, (length, key) => {
        const order = permutation(length, Random.fromKey(key));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      }),
    );
  });

  it("is the same from the same seed and another from another", () => {
    const of = (key: number) => permutation(50, Random.fromKey(key));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("gives each of the six orders of three things equally often", () => {
    const random = Random.fromKey(11);
    const counts = new Map<string, number>();
    for (let n = 0; n < 12_000; n++) {
      const order = permutation(3, random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Five standard deviations of a binomial of 12,000 and 1/6.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(204);
  });
});
