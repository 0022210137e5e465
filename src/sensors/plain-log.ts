/**
 * ln(x) in doubles from additions, multiplications and divisions alone, so that every machine gives the same bits:
 * Math.log is not specified to. For tables and rare draws: not for hot loops.
 *
 *   x = m·2^k, √½ ≤ m < √2        ln x = k·ln 2 + 2(z + z³/3 + z⁵/5 + …), z = (m − 1)/(m + 1)
 */

/** |z| ≤ 0.1716, so the first term left out is below 1e-17. */
const LAST_POWER = 19;

/** Precondition: 0 < x < ∞. Within 2e-15 of the true value, relative or absolute, whichever is larger. */
export function plainLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  // Halving and doubling are exact.
  for (; mantissa >= Math.SQRT2; mantissa /= 2) exponent++;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent--;
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let sum = 0;
  for (let power = LAST_POWER; power >= 1; power -= 2) sum = sum * square + 1 / power;
  return exponent * Math.LN2 + 2 * z * sum;
}
