/** Small surface networks for the native tests: parameters to start from, frames of events, and what a call gives. */
import type { Random } from "../../src/core/random.ts";
import type {
  NativeSurfaceNetwork,
  NativeSurfaceParams,
  NativeSurfaceState,
} from "../../src/native/surface.ts";
import type { Named } from "./world.ts";

export function surfaceParamsWith(overrides: Partial<NativeSurfaceParams> = {}): NativeSurfaceParams {
  return {
    width: 12,
    height: 10,
    prototypes: 6,
    radius: 2,
    planes: 1,
    tauUs: 2000,
    binUs: 3000,
    bins: 3,
    centre: 1,
    vigilance: 0.7,
    rate: 0.01,
    ...overrides,
  };
}

export type Events = { readonly offsetUs: Uint32Array; readonly input: Uint32Array };

/** Dots that wander and now and then jump, OFF and ON; gaps of up to `gapUs` between events. */
export function drawEvents(
  { width, height }: Pick<NativeSurfaceParams, "width" | "height">,
  { events, gapUs, random }: { readonly events: number; readonly gapUs: number; readonly random: Random },
): Events {
  const offsetUs = new Uint32Array(events);
  const input = new Uint32Array(events);
  let [us, x, y] = [0, random.nextBelow(width), random.nextBelow(height)];
  for (let k = 0; k < events; k++) {
    us = Math.min(us + random.nextBelow(gapUs + 1), 0xffffffff);
    const isJump = random.nextBelow(8) === 0;
    x = isJump ? random.nextBelow(width) : (x + random.nextBelow(3) + width - 1) % width;
    y = isJump ? random.nextBelow(height) : (y + random.nextBelow(3) + height - 1) % height;
    offsetUs[k] = us;
    input[k] = (random.nextBelow(2) * height + y) * width + x;
  }
  return { offsetUs, input };
}

export function emptySurfaceState(params: NativeSurfaceParams): NativeSurfaceState {
  const { planes, radius, prototypes } = params;
  return {
    weights: new Float32Array(planes * (2 * radius + 1) ** 2 * prototypes),
    wins: new Uint32Array(prototypes),
    counters: new Uint32Array(2),
  };
}

export function surfaceStateOf(
  network: Pick<NativeSurfaceNetwork, "readState">,
  params: NativeSurfaceParams,
): NativeSurfaceState {
  const state = emptySurfaceState(params);
  network.readState(state);
  return state;
}

export function runSurface(
  network: Pick<NativeSurfaceNetwork, "present" | "learn">,
  call: "present" | "learn",
  { offsetUs, input }: Events,
): Named {
  const events = offsetUs.length;
  const out = [new Uint32Array(events), new Uint16Array(events), new Uint8Array(events)] as const;
  const y = new Uint8Array(events);
  const spikes = network[call](offsetUs, input, ...out, y);
  const [us, feature, x] = out;
  return {
    offsetUs: us.subarray(0, spikes),
    feature: feature.subarray(0, spikes),
    x: x.subarray(0, spikes),
    y: y.subarray(0, spikes),
  };
}
