import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { WaveDescription } from "../../src/model/wave-schema.ts";
import { type NativeWaveParams, native } from "../../src/native/binding.ts";
import { NO_MAP, WaveNetwork } from "../../src/network/wave-network.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import { errorOf } from "../model/model-error.ts";
import { drawStrokes, tinyWaveDescription, tinyWaveModel } from "../model/tiny-wave-model.ts";
import { drawFrames, presentWave, waveParamsWith } from "../native/wave-world.ts";

/** The description whose parameters are waveParamsWith's. */
function describedAs(params: NativeWaveParams): WaveDescription {
  const { width, height, seed, maps, window, pad, initialMean, initialStd, winners, inhibitionRadius } =
    params;
  const { sigmaCentre, sigmaSurround, contrast, maxSpikes: mostSpikes, thetaPlus, aPlus, aPlusMax } = params;
  const { learningThreshold: threshold, aRatio, doublingFrames } = params;
  const rates = { thetaPlus, aPlus, aPlusMax, aRatio, doublingFrames, winners, inhibitionRadius };
  return {
    ...tinyWaveDescription(),
    input: { width, height },
    seed,
    encoder: { kind: "dog-rank", sigmaCentre, sigmaSurround, contrast, mostSpikes },
    layers: [
      {
        kind: "wave",
        maps,
        window,
        pad,
        thresholds: [...params.thresholds],
        initialMean,
        initialStd,
        learning: { threshold, ...rates },
      },
    ],
  };
}

describe("a wave network", () => {
  test("says the feature spikes that the native one lists, learned or not, whatever the batch", () => {
    const params = waveParamsWith();
    const pixels = drawFrames(params, 40, Random.fromKey(4));
    const bare = new native.WaveNetwork(params);
    const network = WaveNetwork.create(describedAs(params));
    for (const _ of ["fresh", "learned"]) {
      const listed = presentWave(bare, params, pixels);
      const { start, feature, x, y, inputSpikes } = network.present(pixels);
      const spikes = start.at(-1) ?? 0;
      expect(spikes).toBeGreaterThan(40);
      expect({ start, inputSpikes }).toEqual({ start: listed.offsets, inputSpikes: listed.inputSpikes });
      expect(feature).toEqual(listed.feature?.slice(0, spikes));
      expect([...x]).toEqual([...(listed.x ?? [])].slice(0, spikes));
      expect([...y]).toEqual([...(listed.y ?? [])].slice(0, spikes));
      const inputs = new Uint32Array(40);
      const winnerMap = new Uint16Array(40 * params.winners);
      bare.learnImages(pixels, inputs, winnerMap);
      expect(network.learn(pixels)).toEqual({ winnerMap, inputSpikes: inputs });
      expect(winnerMap.some((map) => map !== NO_MAP)).toBe(true);
      expect(network.convergence()).toBe(bare.convergence());
    }
  });

  test("lets spikes come in the latency bins of its description, and as fine as it goes without any", () => {
    const params = waveParamsWith();
    const pixels = drawFrames(params, 40, Random.fromKey(4));
    const plain = describedAs(params);
    const said = (latencyBins?: number) => {
      const binned = { ...plain.encoder, latencyBins };
      const network = WaveNetwork.create(latencyBins === undefined ? plain : { ...plain, encoder: binned });
      return [...network.present(pixels).feature];
    };
    const bare = new native.WaveNetwork({ ...params, latencyBins: 3 });
    const listed = presentWave(bare, params, pixels);
    expect(said(3)).toEqual([...(listed.feature ?? [])].slice(0, listed.offsets?.at(-1)));
    expect(said(3)).not.toEqual(said());
    expect(said(0)).toEqual(said());
  });

  test("gives of more images than its lists hold what it gives of each by itself", () => {
    const params = waveParamsWith({ width: 200, height: 200 });
    const pixels = drawFrames(params, 20, Random.fromKey(2));
    expect(20 * waveShape(params).mostFeatures).toBeGreaterThan(2 ** 20);
    const network = WaveNetwork.create(describedAs(params));
    const together = network.present(pixels);
    const size = 200 * 200;
    for (let frame = 0; frame < 20; frame++) {
      const alone = network.present(pixels.subarray(frame * size, (frame + 1) * size));
      const [from = 0, to = 0] = [together.start[frame], together.start[frame + 1]];
      expect([...alone.start]).toEqual([0, to - from]);
      for (const name of ["feature", "x", "y"] as const) {
        expect(alone[name]).toEqual(together[name].slice(from, to));
      }
      expect(alone.inputSpikes[0]).toBe(together.inputSpikes[frame]);
    }
    expect(together.feature.length).toBe(together.start.at(-1));
  });

  test("has nothing to say of no images", () => {
    const { start, feature, inputSpikes } = WaveNetwork.create(tinyWaveDescription()).present(
      new Uint8Array(0),
    );
    expect([...start, ...feature, ...inputSpikes]).toEqual([0]);
  });

  test("shows each map's field, ON weights first", () => {
    const model = tinyWaveModel();
    const network = WaveNetwork.restore(model);
    const stored = model.tensors.get("layer0.weights")?.data ?? [];
    const fields = network.fields();
    // The OFF weight (channel 1) of map 1 at window row 2, column 0.
    expect(fields[(1 * 2 + 1) * 9 + 2 * 3 + 0]).toBe(stored[((1 * 3 + 2) * 3 + 0) * 2 + 1]);
    expect([...fields].sort()).toEqual([...stored].sort());
  });

  test("gives the same from the same seed on every instruction set, and other weights from another", () => {
    const { images } = drawStrokes(20, Random.fromKey(1));
    const learned = (seed: number, kernel?: string) => {
      const network = WaveNetwork.create(
        tinyWaveDescription({ seed }),
        kernel === undefined ? {} : { kernel },
      );
      network.learn(images);
      return network.tensors();
    };
    for (const kernel of native.kernelNames()) expect(learned(3, kernel)).toEqual(learned(3));
    expect(learned(4)).not.toEqual(learned(3));
  });

  test("refuses half images, maps too wide for a byte, and models that lack a tensor", () => {
    const description = tinyWaveDescription();
    const network = WaveNetwork.create(description);
    for (const call of [() => network.present(new Uint8Array(31)), () => network.learn(new Uint8Array(29))]) {
      expect(errorOf(call)).toMatchObject({ code: "WAVE_FRAMES", exitCode: 2 });
    }
    const wide = { ...description, input: { width: 257, height: 5 } };
    expect(errorOf(() => WaveNetwork.create(wide)).code).toBe("WAVE_MAP");
    const tensors = new Map(tinyWaveModel().tensors);
    tensors.delete("layer0.theta");
    const error = errorOf(() => WaveNetwork.restore({ description, tensors }));
    expect(error.message).toBe("Expected Float32Array of 2 for tensor layer0.theta, but found none.");
  });

  test("takes places up to the last that fits a byte", () => {
    const description = { ...tinyWaveDescription(), input: { width: 256, height: 5 } };
    const { images } = drawStrokes(1, Random.fromKey(1));
    const wide = new Uint8Array(256 * 5).fill(60);
    for (let row = 0; row < 5; row++) wide.set(images.subarray(row * 6, row * 6 + 6), row * 256 + 250);
    expect(Math.max(...WaveNetwork.create(description).present(wide).x)).toBeGreaterThan(250);
  });
});
