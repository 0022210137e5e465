import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FeatureSpikes, joinFeatureSpikes } from "../../src/core/feature-spikes.ts";

/** Frames as lists of [feature, x, y]. */
type Frame = readonly (readonly [feature: number, x: number, y: number])[];

function spikesOf(frames: readonly Frame[]): FeatureSpikes {
  const starts = [0];
  for (const frame of frames) starts.push((starts.at(-1) ?? 0) + frame.length);
  const all = frames.flat();
  return {
    start: Uint32Array.from(starts),
    feature: Uint16Array.from(all, ([feature]) => feature),
    x: Uint8Array.from(all, ([, x]) => x),
    y: Uint8Array.from(all, ([, , y]) => y),
  };
}

describe("joining feature spikes", () => {
  test("gives what the frames give when they stand together, however they were cut", () => {
    const byte = fc.nat(255);
    const frame = fc.array(fc.tuple(fc.nat(65535), byte, byte), { maxLength: 5 });
    const parts = fc.array(fc.array(frame, { maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, (cut) => {
        expect(joinFeatureSpikes(cut.map(spikesOf))).toEqual(spikesOf(cut.flat()));
      }),
    );
  });
});
