import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashWords, mix32, Random } from "../../src/core/random.ts";
import { encodePoisson } from "../../src/encoders/poisson.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { tinyDescription } from "../model/tiny-model.ts";

/** The definition once more, written the other way round: all words of a step first, then the pixels. */
function drawPoisson(image: {
  readonly pixels: Uint8Array;
  readonly maxRateHz: number;
  readonly dtMs: number;
  readonly steps: number;
  readonly key: number;
}): number[][] {
  const lanes = Array.from({ length: 16 }, (_, lane) => {
    const word = (k: number) => mix32(image.key + Math.imul(lane * 4 + k + 1, 0x9e3779b9));
    return new Random([(word(0) | 1) >>> 0, word(1), word(2), word(3)]);
  });
  const active = [...image.pixels.keys()].filter((pixel) => image.pixels[pixel] !== 0);
  return Array.from({ length: image.steps }, () => {
    const halves = Array.from({ length: Math.ceil(active.length / 32) }, () =>
      lanes.map((lane) => lane.nextUint32()).flatMap((word) => [word & 0xffff, word >>> 16]),
    ).flat();
    return active.filter((pixel, position) => {
      const chance = ((((image.pixels[pixel] ?? 0) / 255) * image.maxRateHz * image.dtMs) / 1000) * 65536;
      return (halves[position] ?? 65535) < Math.min(65535, Math.floor(chance + 0.5));
    });
  });
}

const base = { maxRateHz: 63.75, durationMs: 100, dtMs: 0.5, seed: 7, frameIndex: 0, attempt: 0 };

describe("Poisson spikes of an image", () => {
  it("are those of the reference, step by step, for any image, seed, frame and attempt", () => {
    const arb = fc.record({
      pixels: fc.uint8Array({ maxLength: 150 }),
      maxRateHz: fc.constantFrom(10, 63.75, 127.5, 5000),
      dtMs: fc.constantFrom(0.5, 1, 3),
      seed: fc.nat(0xffffffff),
      frameIndex: fc.constantFrom(0, 1, 59_999, 2 ** 32, 2 ** 40 + 3),
      attempt: fc.nat(5),
    });
    fc.assert(
      fc.property(arb, (options) => {
        const { seed, frameIndex, attempt, dtMs } = options;
        const key = hashWords(seed, frameIndex >>> 0, Math.floor(frameIndex / 2 ** 32), attempt);
        const rows = drawPoisson({ ...options, steps: Math.round(30 / dtMs), key });
        const spikes = encodePoisson({ ...options, durationMs: 30 });
        expect([...spikes.neuron]).toEqual(rows.flat());
        expect([...spikes.offsetUs]).toEqual(
          rows.flatMap((row, step) => row.map(() => Math.round(step * dtMs * 1000))),
        );
        expect(spikes).toMatchObject({ startUs: 0, durationUs: 30_000, length: rows.flat().length });
      }),
      { numRuns: 60 },
    );
  });

  it("drive the native network to the same bits as images encoded inside it", () => {
    const description = tinyDescription({ inputs: 70, neurons: 8 });
    const [layer] = description.layers;
    const fused = SpikingNetwork.create(description);
    const apart = SpikingNetwork.create(description);
    for (let frameIndex = 0; frameIndex < 5; frameIndex++) {
      const pixels = Uint8Array.from({ length: 70 }, (_, i) => ((i + frameIndex) % 3 === 0 ? 0 : 255 - i));
      const images = fused.presentImages(pixels, { frames: 1, learn: true });
      const spikes = encodePoisson({
        pixels,
        maxRateHz: 63.75,
        durationMs: layer.presentation.durationMs,
        dtMs: layer.dtMs,
        seed: description.seed,
        frameIndex,
        attempt: 0,
      });
      const presented = apart.present(spikes, { learn: true });
      expect(images.inputSpikes[0]).toBe(spikes.length);
      expect(spikes.length).toBeGreaterThan(50);
      expect(presented.counts).toEqual(images.counts);
    }
    expect(apart.tensors()).toEqual(fused.tensors());
    fused.dispose();
    apart.dispose();
  });

  it("come at the rate that the pixel asks for", () => {
    const pixels = new Uint8Array(1000).fill(128);
    const { length } = encodePoisson({ ...base, pixels, durationMs: 10_000 });
    const expected = (128 / 255) * 63.75 * 10 * 1000;
    // Five standard deviations of a Poisson count.
    expect(Math.abs(length - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it("differ between frames and attempts and are none for a black image", () => {
    const pixels = new Uint8Array(50).fill(255);
    const { neuron } = encodePoisson({ ...base, pixels });
    expect(encodePoisson({ ...base, pixels }).neuron).toEqual(neuron);
    expect(encodePoisson({ ...base, pixels, frameIndex: 1 }).neuron).not.toEqual(neuron);
    expect(encodePoisson({ ...base, pixels, attempt: 1 }).neuron).not.toEqual(neuron);
    expect(encodePoisson({ ...base, pixels: new Uint8Array(50) }).length).toBe(0);
  });

  it("are refused for a rate, duration or step that is not above 0", () => {
    const pixels = new Uint8Array(1);
    for (const wrong of [{ maxRateHz: 0 }, { durationMs: Number.NaN }, { dtMs: -1 }]) {
      expect(() => encodePoisson({ ...base, pixels, ...wrong })).toThrow(
        /^Expected a rate, duration and step above 0/,
      );
    }
  });
});
