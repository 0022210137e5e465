/** What a caller in plain JavaScript may hand over instead of what a call of the addon wants. */
import fc from "fast-check";
import { detached, FRAMES, NEURONS } from "./loose.ts";

const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => Number.NaN,
  () => -1,
  () => 0.5,
  () => 2 ** 32,
  () => 1e300,
  () => "x",
  () => 1n,
  () => Symbol("x"),
  () => ({}),
  () => [1, 2],
  () => () => 1,
  () => new Proxy(new Uint8Array(4), {}),
  () => new DataView(new ArrayBuffer(4)),
  () => new SharedArrayBuffer(4),
  () => new BigInt64Array(8),
  () => new Float32Array(NEURONS),
  () => new Float64Array(NEURONS),
  () => new Int32Array(NEURONS),
  () => new Uint32Array(100),
  () => new Uint32Array(0),
  () => new Uint16Array(NEURONS),
  () => new Uint8Array(1),
  () => new Uint8Array(new SharedArrayBuffer(FRAMES)),
  () => new Uint32Array(new ArrayBuffer(404), 4),
  () => detached(new Uint32Array(100)),
  () => detached(new Uint16Array(NEURONS)),
];

/** Makers, because an array may be detached by its use. */
export const odd = fc.integer({ min: 0, max: ODD.length - 1 }).map((k) => ODD[k]);
