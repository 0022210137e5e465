/**
 * Oracle of native/kernel/exponential.hpp: exp(x) for x <= 0 in doubles, from operations IEEE 754 defines exactly.
 *
 *   x = k·ln 2 + r, |r| <= ln 2 / 2        exp(x) = 2^k · (1 + r(1 + r/2(1 + r/3(… (1 + r/13)))))
 */

/** ln 2 in two parts: the first has 32 bits, so that k times it is exact (Cody & Waite). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TAYLOR_DEGREE = 13;
/** Below this the result is 0; from it on 2^k is a normal number. */
const LOWEST = -700;

export function expNonPositive(x: number): number {
  if (!(x >= LOWEST)) return 0;
  const k = Math.trunc(x * Math.LOG2E - 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = TAYLOR_DEGREE; n >= 1; n--) sum = 1 + (r * sum) / n;
  return sum * powerOfTwo(k);
}

/** From the exponent bits: `2 ** k` is not promised to be exact. */
function powerOfTwo(k: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, (k + 1023) << 20);
  return view.getFloat64(0);
}
