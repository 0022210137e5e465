import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeLatency } from "../../src/encoders/latency.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { tinyDescription } from "../model/tiny-model.ts";

/** The definition once more, by a sort of everything. */
function sortedLatencies(pixels: Uint8Array, durationUs: number, threshold: number) {
  return [...pixels]
    .map((intensity, pixel) => ({
      pixel,
      intensity,
      timeUs: Math.floor(((255 - intensity) * durationUs) / 255),
    }))
    .filter(({ intensity }) => intensity > threshold)
    .sort((a, b) => a.timeUs - b.timeUs || a.pixel - b.pixel);
}

const image = fc.record({
  pixels: fc.uint8Array({ maxLength: 300 }),
  durationUs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
  threshold: fc.integer({ min: 0, max: 255 }),
});

describe("latency spikes of an image", () => {
  it("are those of a computation by hand", () => {
    const pixels = Uint8Array.of(0, 51, 255, 204, 50, 255, 102);
    // Of 1000 µs: 255 at 0, 204 at 1/5, 102 at 3/5, 51 at 4/5; 50 is at the threshold.
    expect(encodeLatency({ pixels, durationUs: 1000, threshold: 50 })).toEqual({
      startUs: 0,
      durationUs: 1000,
      offsetUs: Uint32Array.of(0, 0, 200, 600, 800),
      neuron: Uint32Array.of(2, 5, 3, 6, 1),
      length: 5,
    });
  });

  it("are the sorted pixels above the threshold, for any image and duration", () => {
    fc.assert(
      fc.property(image, ({ pixels, durationUs, threshold }) => {
        const expected = sortedLatencies(pixels, durationUs, threshold);
        const spikes = encodeLatency({ pixels, durationUs, threshold });
        expect([...spikes.neuron]).toEqual(expected.map(({ pixel }) => pixel));
        expect([...spikes.offsetUs]).toEqual(expected.map(({ timeUs }) => timeUs));
        expect(spikes.length).toBe(expected.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("come in order of time, the brighter never later, once per pixel and inside the frame", () => {
    fc.assert(
      fc.property(image, ({ pixels, durationUs }) => {
        const { neuron, offsetUs, length } = encodeLatency({ pixels, durationUs });
        expect(new Set(neuron).size).toBe(length);
        expect(length).toBe(pixels.filter((intensity) => intensity > 0).length);
        for (let at = 0; at < length; at++) {
          expect(offsetUs[at]).toBeLessThan(durationUs);
          if (at === 0) continue;
          const [before = 0, now = 0] = offsetUs.subarray(at - 1, at + 1);
          const [a = 0, b = 0] = neuron.subarray(at - 1, at + 1);
          expect(before).toBeLessThanOrEqual(now);
          if (before === now) expect(a).toBeLessThan(b);
          else expect(pixels[a]).toBeGreaterThan(pixels[b] ?? 255);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("come in order of their pixels where a short frame gives unequal pixels one time", () => {
    const { neuron, offsetUs } = encodeLatency({ pixels: Uint8Array.of(200, 255, 199, 254), durationUs: 1 });
    expect([...neuron]).toEqual([0, 1, 2, 3]);
    expect([...offsetUs]).toEqual([0, 0, 0, 0]);
  });

  it("are none of a black image, nor at the highest threshold", () => {
    expect(encodeLatency({ pixels: new Uint8Array(9), durationUs: 1000 }).length).toBe(0);
    expect(
      encodeLatency({ pixels: new Uint8Array(9).fill(255), durationUs: 1000, threshold: 255 }).length,
    ).toBe(0);
  });

  it("are taken by a network as a frame", () => {
    const description = tinyDescription({ inputs: 256, neurons: 8 });
    const network = SpikingNetwork.create(description);
    const pixels = Uint8Array.from({ length: 256 }, (_, pixel) => pixel);
    const durationUs = description.layers[0].presentation.durationMs * 1000;
    const { inputSpikes, counts } = network.present(encodeLatency({ pixels, durationUs }), { learn: true });
    expect(inputSpikes).toBe(255);
    expect(counts.some((count) => count > 0)).toBe(true);
    network.dispose();
  });

  it("are refused for a duration or threshold out of range", () => {
    const pixels = new Uint8Array(1);
    for (const durationUs of [0, -1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => encodeLatency({ pixels, durationUs })).toThrow(/^Expected a duration of 1 to 4294967295/);
    }
    for (const threshold of [-1, 256, Number.NaN]) {
      expect(() => encodeLatency({ pixels, durationUs: 10, threshold })).toThrow(
        /^Expected a threshold of 0 to 255/,
      );
    }
  });
});
