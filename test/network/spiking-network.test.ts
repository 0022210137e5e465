import { describe, expect, it } from "vitest";
import type { SpikeBatch } from "../../src/core/batches.ts";
import { encodePoisson } from "../../src/encoders/poisson.ts";
import type { Model } from "../../src/model/schema.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { descriptionWith, KINDS, RULES, randomImages, stateDigest } from "./world.ts";

const FRAMES = 21;

/** Presents the same images in batches of a size, learning. */
function runInBatches(batch: number, kind: (typeof KINDS)[number]) {
  const network = SpikingNetwork.create(descriptionWith(kind));
  const { inputs, neurons } = network;
  const pixels = randomImages(FRAMES, inputs);
  const counts = new Uint16Array(FRAMES * neurons);
  const repeats: number[] = [];
  for (let at = 0; at < FRAMES; at += batch) {
    const frames = Math.min(batch, FRAMES - at);
    const part = network.presentImages(pixels.subarray(at * inputs, (at + frames) * inputs), {
      frames,
      learn: true,
    });
    counts.set(part.counts, at * neurons);
    repeats.push(...part.repeats);
  }
  return { counts, repeats, digest: stateDigest(network) };
}

const codeOf = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
  return undefined;
};

describe("SpikingNetwork", () => {
  it.each(KINDS)("gives the same bits for batches of 1, 7 and all: $plasticity.rule, $weights", (kind) => {
    const all = runInBatches(FRAMES, kind);
    expect(all.counts.some((count) => count > 0)).toBe(true);
    expect(runInBatches(1, kind)).toEqual(all);
    expect(runInBatches(7, kind)).toEqual(all);
  });

  it.each(KINDS)(
    "gives the fused Poisson encoder's bits from the separate one: $plasticity.rule, $weights",
    (kind) => {
      const description = descriptionWith({ ...kind, presentation: { minSpikes: 0 } });
      const fused = SpikingNetwork.create(description);
      const separate = SpikingNetwork.create(description);
      const pixels = randomImages(FRAMES, fused.inputs);
      for (let frame = 0; frame < FRAMES; frame++) {
        const image = pixels.subarray(frame * fused.inputs, (frame + 1) * fused.inputs);
        const spikes = encodePoisson({
          pixels: image,
          maxRateHz: 63.75,
          durationMs: 60,
          dtMs: 1,
          seed: description.seed,
          frameIndex: frame,
          attempt: 0,
        });
        const { counts, inputSpikes } = fused.presentImages(image, { frames: 1, learn: true });
        const presented = separate.present(spikes, { learn: true });
        expect(presented.counts).toEqual(counts);
        expect(presented.inputSpikes).toBe(inputSpikes[0]);
        expect(stateDigest(separate)).toBe(stateDigest(fused));
      }
    },
  );

  it("lists output spikes in order of time, as many as it counts", () => {
    const network = SpikingNetwork.create(descriptionWith());
    const episode = { index: 3, name: "c", label: undefined };
    const offsetUs = Uint32Array.from({ length: 4000 }, (_, k) => k * 15);
    const neuron = Uint32Array.from(offsetUs, (_, k) => (k * 7) % network.inputs);
    const spikes: SpikeBatch = { startUs: 5e9, durationUs: 60_000, offsetUs, neuron, length: 3000, episode };
    const { counts, output, inputSpikes } = network.present(spikes, { learn: false });
    expect(inputSpikes).toBe(3000);
    expect(output).toMatchObject({ startUs: 5e9, durationUs: 60_000, episode });
    expect(output.length).toBeGreaterThan(10);
    expect([...output.offsetUs]).toEqual([...output.offsetUs].sort((a, b) => a - b));
    const perNeuron = [...counts.keys()].map((j) => output.neuron.filter((n) => n === j).length);
    expect(perNeuron).toEqual([...counts]);
  });

  it("repeats a frame brighter until enough neurons spoke, and reports it", () => {
    const blank = SpikingNetwork.create(descriptionWith());
    const { repeats, inputSpikes } = blank.presentImages(new Uint8Array(blank.inputs), {
      frames: 1,
      learn: true,
    });
    expect([repeats[0], inputSpikes[0]]).toEqual([2, 0]);
    const dim = SpikingNetwork.create(descriptionWith({ presentation: { minSpikes: 1, maxRepeats: 100 } }));
    const dimImages = new Uint8Array(10 * dim.inputs).fill(12);
    const shown = dim.presentImages(dimImages, { frames: 10, learn: false });
    for (let frame = 0; frame < 10; frame++) {
      const counts = shown.counts.subarray(frame * dim.neurons, (frame + 1) * dim.neurons);
      expect(counts.some((count) => count > 0)).toBe(true);
    }
    expect(Math.max(...shown.repeats)).toBeGreaterThan(0);
  });

  it("changes nothing but membranes, ages and the frame counter while it does not learn", () => {
    const network = SpikingNetwork.create(descriptionWith());
    const before = network.tensors();
    const { counts } = network.presentImages(randomImages(5, network.inputs), { frames: 5, learn: false });
    expect(counts.some((count) => count > 0)).toBe(true);
    const after = network.tensors();
    for (const name of ["layer0.weights", "layer0.scale", "layer0.sum", "layer0.theta"]) {
      expect(after.get(name)).toEqual(before.get(name));
    }
    expect(after.get("layer0.counters")?.data[4]).toBe(5);
  });

  it("shows receptive fields as real weights, one row a neuron", () => {
    const network = SpikingNetwork.create(descriptionWith({ weights: "uint8" }));
    network.presentImages(randomImages(5, network.inputs), { frames: 5, learn: true });
    const fields = network.fields();
    const stored = network.tensors().get("layer0.weights")?.data ?? [];
    const scale = network.tensors().get("layer0.scale")?.data ?? [];
    const [neuron, input] = [3, 17];
    expect(fields[neuron * network.inputs + input]).toBe(
      Math.fround((stored[input * network.neurons + neuron] ?? 0) * (scale[neuron] ?? 0)),
    );
  });

  it("counts the weights its drive reads", () => {
    const network = SpikingNetwork.create(descriptionWith({ presentation: { minSpikes: 0 } }));
    const { inputSpikes } = network.presentImages(randomImages(3, network.inputs), {
      frames: 3,
      learn: false,
    });
    const spikes = inputSpikes.reduce((total, count) => total + count, 0);
    expect(network.synapticEvents()).toBe(spikes * network.neurons);
  });
});

describe("SpikingNetwork, used wrongly,", () => {
  it("refuses images of another size and images without an encoder for them", () => {
    const network = SpikingNetwork.create(descriptionWith());
    const pixels = new Uint8Array(network.inputs);
    expect(codeOf(() => network.presentImages(pixels, { frames: 2, learn: false }))).toBe("NETWORK_FRAMES");
    expect(codeOf(() => network.presentImages(pixels, { frames: 0.5, learn: false }))).toBe("NETWORK_FRAMES");
    const grid = { kind: "event-grid", pool: 1, polarity: "merge", window: { by: "episode" } } as const;
    const events = SpikingNetwork.create(descriptionWith({ encoder: grid }));
    expect(codeOf(() => events.presentImages(pixels, { frames: 1, learn: false }))).toBe("NETWORK_ENCODER");
  });

  it("refuses voltages on the wrong side of the leak", () => {
    for (const neuron of [
      { vThresholdMv: -66 },
      { vResetMv: -50 },
      { vExcitatoryMv: -70 },
      { vInhibitoryMv: -60 },
    ]) {
      expect(codeOf(() => SpikingNetwork.create(descriptionWith({ neuron })))).toBe("NETWORK_VOLTAGES");
    }
  });

  it("refuses a saved state with a tensor missing, short or of another type, and state out of range", () => {
    const description = descriptionWith({ plasticity: RULES.pair });
    const tensors = SpikingNetwork.create(description).tensors();
    const restoreWith = (name: string, data: Float32Array | Int32Array | undefined) => {
      const changed: Map<string, unknown> = new Map(tensors);
      if (data === undefined) changed.delete(name);
      else changed.set(name, { shape: [data.length], data });
      return codeOf(() => SpikingNetwork.restore({ description, tensors: changed } as Model));
    };
    expect(restoreWith("layer0.theta", undefined)).toBe("MODEL_TENSOR");
    expect(restoreWith("layer0.theta", new Float32Array(3))).toBe("MODEL_TENSOR");
    expect(restoreWith("layer0.theta", new Int32Array(12))).toBe("MODEL_TENSOR");
    expect(restoreWith("layer0.theta", new Float32Array(12).fill(Number.NaN))).toBe("SPIKELINE_KERNEL");
    expect(restoreWith("layer0.refractory", new Int32Array(12).fill(-1))).toBe("SPIKELINE_KERNEL");
    expect(restoreWith("layer0.theta", new Float32Array(12).fill(2))).toBeUndefined();
  });

  it("tells that it was disposed of, and lets itself be disposed of twice", () => {
    const network = SpikingNetwork.create(descriptionWith());
    network.dispose();
    network.dispose();
    expect(codeOf(() => network.tensors())).toBe("SPIKELINE_DISPOSED");
  });
});
