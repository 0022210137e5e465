/**
 * Oracle of native/kernel/drive.hpp: one step of the synaptic drive and one membrane.
 *
 *   d = Σ_rows w                              float32: d += (r0 + r1) + (r2 + r3); uint8: integers, 256 rows at a time
 *   u = v · decay
 *   v = u + min(d · gain, 1) · (v_exc − u)
 *   rest: v = v · decay, and 0 once it is nearer to 0 than 1e-20 mV
 */
const f = Math.fround;

const AT_REST_MV = f(1e-20);
const ROWS_PER_16_BIT = 256;

/** The sum of the stored weights of the inputs that spiked, in their order. */
export function sumRows(w: readonly number[], kind: "float32" | "uint8"): number {
  let sum = 0;
  if (kind === "uint8") {
    for (let k = 0; k < w.length; k += ROWS_PER_16_BIT) {
      const exact = w.slice(k, k + ROWS_PER_16_BIT).reduce((total, value) => total + value, 0);
      sum = f(sum + exact);
    }
    return sum;
  }
  for (let k = 0; k < w.length; k += 4) {
    const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = w.slice(k, k + 4); // adding 0 changes no bit
    sum = f(sum + f(f(r0 + r1) + f(r2 + r3)));
  }
  return sum;
}

export function driveMembrane(
  v: number,
  options: {
    readonly drive: number;
    readonly gain: number;
    readonly decay: number;
    readonly vExcitatory: number;
  },
): number {
  const u = f(v * options.decay);
  const share = Math.min(f(options.drive * options.gain), 1);
  return f(u + f(share * f(f(options.vExcitatory) - u)));
}

export function restMembrane(v: number, decay: number): number {
  const rested = f(v * decay);
  return Math.abs(rested) < AT_REST_MV ? 0 : rested;
}
