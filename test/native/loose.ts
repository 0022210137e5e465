/** Calls of the addon as plain JavaScript may make them, outside the types; for tests of its checks. */
import { expect } from "vitest";
import { type NativeClockedNetwork, type NativeParams, native } from "../../src/native/binding.ts";
import { paramsWith } from "./world.ts";

export const PARAMS = paramsWith({ rule: 1 });
export const { inputs: INPUTS, neurons: NEURONS } = PARAMS;
export const FRAMES = 3;
export const DURATION_US = 10_000;

/** The way out of the types: what a caller in plain JavaScript may hand over. */
type Loose = Record<keyof NativeClockedNetwork, (...args: readonly unknown[]) => unknown>;

export const makeNetwork = (params: NativeParams = PARAMS) => new native.ClockedNetwork(params);

export const call = (network: NativeClockedNetwork, method: keyof Loose, ...args: readonly unknown[]) =>
  (network as unknown as Loose)[method](...args);

export const construct = (...args: readonly unknown[]) =>
  new (native.ClockedNetwork as unknown as new (...args: readonly unknown[]) => NativeClockedNetwork)(
    ...args,
  );

/** The `code` of what a call throws, undefined if it works. Anything thrown that is no Error with a code fails. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error).toHaveProperty("code", expect.stringMatching(/^SPIKELINE_[A-Z]+$/));
    return (error as { code?: string }).code;
  }
  return undefined;
}

export function detached<T extends Float32Array | Uint8Array | Uint16Array | Uint32Array>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

export const imageArgs = () => [
  Uint8Array.from({ length: FRAMES * INPUTS }, (_, k) => (k * 37) % 256),
  new Uint16Array(FRAMES * NEURONS),
  new Uint32Array(FRAMES),
  new Uint8Array(FRAMES),
  true,
];

export const spikeArgs = () => [
  Uint32Array.from({ length: 100 }, (_, k) => k * 99),
  Uint32Array.from({ length: 100 }, (_, k) => (k * 7) % INPUTS),
  DURATION_US,
  new Uint16Array(NEURONS),
  new Uint32Array(20),
  new Uint32Array(20),
  true,
];

export const replaced = (args: readonly unknown[], at: number, value: unknown) =>
  args.map((arg, k) => (k === at ? value : arg));
