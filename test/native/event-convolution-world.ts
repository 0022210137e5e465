/** Small event-driven convolutions for the native tests: parameters to start from, and their states. */
import type {
  NativeEventConvolution,
  NativeEventConvolutionParams,
  NativeEventConvolutionState,
} from "../../src/native/event-convolution.ts";

export function eventParamsWith(
  overrides: Partial<NativeEventConvolutionParams> = {},
): NativeEventConvolutionParams {
  return {
    width: 12,
    height: 10,
    maps: 6,
    radius: 2,
    lateral: 1,
    seed: 3,
    binUs: 3000,
    bins: 3,
    centre: 1,
    windowUs: 1500,
    tauUs: 2000,
    threshold: 1.5,
    reset: -0.5,
    initialLow: 0.2,
    initialHigh: 0.8,
    rise: 0.1,
    fall: 0.05,
    thresholdRate: 0.1,
    ...overrides,
  };
}

export function emptyEventState({ radius, maps }: NativeEventConvolutionParams): NativeEventConvolutionState {
  return {
    weights: new Float32Array(2 * (2 * radius + 1) ** 2 * maps),
    thresholds: new Float32Array(maps),
    counters: new Uint32Array(2),
  };
}

export function eventStateOf(
  network: Pick<NativeEventConvolution, "readState">,
  params: NativeEventConvolutionParams,
): NativeEventConvolutionState {
  const state = emptyEventState(params);
  network.readState(state);
  return state;
}
