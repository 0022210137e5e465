import { describe, expect, test } from "vitest";
import { hashWords, Random } from "../../src/core/random.ts";
import { type WavePooledLayer, waveMaps } from "../../src/model/wave-layers.ts";
import type { WaveDescription } from "../../src/model/wave-schema.ts";
import { type NativeWaveSpikes, native } from "../../src/native/binding.ts";
import { NO_MAP, WaveNetwork } from "../../src/network/wave-network.ts";
import { waveLayerShape } from "../../src/network/wave-shape.ts";
import { errorOf } from "../model/model-error.ts";
import { drawStrokes, tinyDeepDescription, tinyWaveDescription } from "../model/tiny-wave-model.ts";

const FRAMES = 40;
const { images } = drawStrokes(FRAMES, Random.fromKey(2));
const deep = tinyDeepDescription();
const [layer0, layer1] = deep.layers as [WaveDescription["layers"][0], WavePooledLayer];

/** What the second layer of `deep` says of the first one's spikes, from the native class alone. */
function presentedBare(): NativeWaveSpikes {
  const below = WaveNetwork.create(tinyWaveDescription()).present(images);
  const { learning, pool, competition: _, kind: __, ...shape } = layer1;
  const { threshold, ...rates } = learning;
  const { width = 0, height = 0, features = 0 } = waveMaps(deep)[0] ?? {};
  const params = {
    ...shape,
    ...rates,
    thresholds: Float64Array.from(shape.thresholds),
    learningThreshold: threshold,
    width,
    height,
    channels: features,
    seed: hashWords(deep.seed, 1),
    pool: pool.side,
    poolStride: pool.stride,
    firstOnly: 1,
  };
  const room = () => new Uint16Array(FRAMES * waveLayerShape(params).mostFeatures);
  const said: NativeWaveSpikes = [new Uint32Array(FRAMES + 1), room(), room(), room(), room()];
  const [x, y] = [Uint16Array.from(below.x), Uint16Array.from(below.y)];
  // Only the order matters to the first crossing of spikes that are all at different times; here: each at its own.
  const rank = below.feature.map((_, k) => k - (below.start.findLast((start) => start <= k) ?? 0));
  new native.WaveLayer(params).presentSpikes(below.start, below.feature, x, y, rank, ...said);
  return said;
}

describe("a wave network of two layers", () => {
  test("has a second layer that hears the first one's spikes and speaks on its own map", () => {
    const network = WaveNetwork.create(deep);
    const { start, feature, x, y } = network.present(images);
    const map = waveMaps(deep)[1] ?? { width: 0, height: 0 };
    expect(network.layers).toBe(2);
    expect(start.at(-1)).toBeGreaterThan(FRAMES);
    expect(Math.max(...feature)).toBeLessThan(3);
    expect([Math.max(...x) < map.width, Math.max(...y) < map.height]).toEqual([true, true]);
    const [offsets] = presentedBare();
    // Each place speaks once, whether spikes come together or one by one.
    expect(start).toEqual(offsets);
  });

  test("gives the readout all layers' spikes on the first one's map, if asked", () => {
    const all = WaveNetwork.create(tinyDeepDescription({ outputs: "all" })).present(images);
    const one = WaveNetwork.create(tinyWaveDescription()).present(images);
    const two = WaveNetwork.create(deep).present(images);
    const [from, to] = [waveMaps(deep)[1]?.width ?? 0, waveMaps(deep)[0]?.width ?? 0];
    const features = waveMaps(deep)[0]?.features ?? 0;
    for (let frame = 0; frame < FRAMES; frame++) {
      const part = ({ start }: typeof all) => [start[frame], start[frame + 1]] as const;
      const firsts = one.feature.slice(...part(one));
      const seconds = two.feature.slice(...part(two)).map((feature) => feature + features);
      expect([...all.feature.slice(...part(all))]).toEqual([...firsts, ...seconds]);
      const places = [...two.x.slice(...part(two))].map((x) => Math.floor(((x + 0.5) * to) / from));
      expect([...all.x.slice(...part(all))]).toEqual([...one.x.slice(...part(one)), ...places]);
    }
    expect(Math.max(...all.feature)).toBeGreaterThanOrEqual(features);
  });

  test("learns layer by layer, the same whatever the batch, and the other layer stays", () => {
    const [one, other] = [WaveNetwork.create(deep), WaveNetwork.create(deep)];
    const fresh = one.tensors();
    const { winnerMap, inputSpikes } = one.learn(images, { layer: 1 });
    expect(winnerMap.some((map) => map !== NO_MAP && map < 3)).toBe(true);
    expect(inputSpikes).toEqual(one.present(images).inputSpikes);
    for (let frame = 0; frame < FRAMES; frame++)
      other.learn(images.subarray(frame * 30, (frame + 1) * 30), { layer: 1 });
    expect(other.tensors()).toEqual(one.tensors());
    for (const name of ["layer0.weights", "layer0.theta", "layer0.counters"])
      expect(one.tensors().get(name)).toEqual(fresh.get(name));
    expect(one.tensors().get("layer1.weights")).not.toEqual(fresh.get("layer1.weights"));
    expect(one.tensors().get("layer1.counters")?.data).toEqual(Uint32Array.of(FRAMES, 0));
    expect(one.convergence({ layer: 1 })).not.toBe(one.convergence());
  });

  test("is what it was when it comes back", () => {
    const network = WaveNetwork.create(deep);
    network.learn(images);
    network.learn(images, { layer: 1 });
    const again = WaveNetwork.restore({ description: deep, tensors: network.tensors() });
    expect(again.tensors()).toEqual(network.tensors());
    expect(again.present(images)).toEqual(network.present(images));
    again.learn(images, { layer: 1 });
    network.learn(images, { layer: 1 });
    expect(again.tensors()).toEqual(network.tensors());
  });

  test("has as many features a place as maps without competition", () => {
    const alone: WavePooledLayer = { ...layer1, competition: "none" };
    const free = WaveNetwork.create({ ...deep, layers: [layer0, alone] }).present(images);
    const first = WaveNetwork.create(deep).present(images);
    expect(free.feature.length).toBeGreaterThan(first.feature.length);
    const places = Array.from(
      free.feature,
      (_, k) => `${free.start.findLast((start) => start <= k)} ${free.x[k]} ${free.y[k]}`,
    );
    expect(Math.max(...places.map((place) => places.filter((other) => other === place).length))).toBe(3);
  });

  test("takes up to four layers", () => {
    const more: WavePooledLayer = { ...layer1, pool: { side: 1, stride: 1 } };
    const network = WaveNetwork.create({ ...deep, layers: [layer0, layer1, more, more] });
    for (const layer of [0, 1, 2, 3]) network.learn(images, { layer });
    expect(network.present(images).feature.length).toBeGreaterThan(0);
    expect([...network.tensors().keys()].filter((name) => name.endsWith("weights"))).toEqual([
      "layer0.weights",
      "layer1.weights",
      "layer2.weights",
      "layer3.weights",
    ]);
  });

  test("says so where there is no such layer", () => {
    const network = WaveNetwork.create(deep);
    for (const call of [() => network.learn(images, { layer: 2 }), () => network.convergence({ layer: -1 })])
      expect(errorOf(call)).toMatchObject({ code: "WAVE_LAYER", exitCode: 2 });
  });
});
