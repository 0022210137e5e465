/** Writes N-MNIST words, for tests that need a recording of their own making. */

export type Word = {
  readonly x: number;
  readonly y: number;
  readonly polarity: number;
  /** 23 bits. */
  readonly timeUs: number;
};

export function nmnistBytes(words: readonly Word[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 5);
  for (const [i, { x, y, polarity, timeUs }] of words.entries()) {
    bytes.set([x, y, (polarity << 7) | (timeUs >> 16), (timeUs >> 8) & 0xff, timeUs & 0xff], i * 5);
  }
  return bytes;
}

/** A recording of `count` events, `stepUs` apart, that wander over the sensor. */
export function wanderingWords(count: number, stepUs: number): Word[] {
  return Array.from({ length: count }, (_, i) => ({
    x: i % 34,
    y: (i * 7) % 34,
    polarity: i & 1,
    timeUs: i * stepUs,
  }));
}
