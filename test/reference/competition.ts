/**
 * Oracle of the competition in native/kernel/clocked_network.hpp, steps 3 and 4.
 *
 *   soft: every neuron with v_j > threshold_j fires
 *   hard: only the one with the greatest v_j − threshold_j > 0; of equals the lowest
 *   after n spikes, every neuron:  v = v_inh + (v − v_inh)·(1 − inhibition)^n
 */
const f = Math.fround;

/** The neurons that fire, ascending. */
export function compete(membrane: Float32Array, threshold: Float32Array, kind: "soft" | "hard"): number[] {
  const fired: number[] = [];
  let best = 0;
  membrane.forEach((v, j) => {
    const limit = threshold[j] ?? 0;
    if (!(v > limit)) return;
    const over = f(v - limit);
    if (kind === "soft") {
      fired.push(j);
    } else if (fired.length === 0 || over > best) {
      fired[0] = j;
      best = over;
    }
  });
  return fired;
}

/** The membranes after `spikes` neurons pulled at all of them; those that fired are set to reset by the caller. */
export function inhibit(
  membrane: Float32Array,
  options: { readonly spikes: number; readonly vInhibitory: number; readonly inhibition: number },
): Float32Array {
  const { spikes, inhibition } = options;
  const vInhibitory = f(options.vInhibitory);
  const keepOne = f(1 - f(inhibition));
  let keep = 1;
  for (let k = 0; k < spikes; k++) keep = f(keep * keepOne);
  return membrane.map((v) => f(vInhibitory + f(f(v - vInhibitory) * keep)));
}
