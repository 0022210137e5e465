import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import { balancedRandomFilters, imprintedFilters } from "../../src/network/wave-filters.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import { drawFrames, emptyWaveState, presentWave, waveParamsWith } from "../native/wave-world.ts";

const PARAMS = waveParamsWith({ maps: 9, thresholds: Float64Array.of(6) });
const { taps } = waveShape(PARAMS);
const mapOf = (weights: Float32Array, map: number) =>
  Array.from({ length: taps }, (_, tap) => weights[tap * PARAMS.maps + map] ?? 0);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("balanced random filters", () => {
  it("have the same number of ones in every map, elsewhere zeros, and differ", () => {
    const weights = balancedRandomFilters(PARAMS, { ones: 20, random: Random.fromKey(1) });
    const maps = Array.from({ length: PARAMS.maps }, (_, map) => mapOf(weights, map));
    expect(maps.map(sum)).toEqual(Array(9).fill(20));
    expect(new Set(weights)).toEqual(new Set([0, 1]));
    expect(new Set(maps.map(String)).size).toBe(9);
  });

  it("are the same from the same seed", () => {
    const make = (key: number) => balancedRandomFilters(PARAMS, { ones: 20, random: Random.fromKey(key) });
    expect(make(2)).toEqual(make(2));
    expect(make(2)).not.toEqual(make(3));
  });
});

describe("imprinted filters", () => {
  const pixels = drawFrames(PARAMS, 10, Random.fromKey(4));
  const network = new native.WaveNetwork(PARAMS);

  it("are patches that the network then finds in the images they came from", () => {
    const weights = imprintedFilters(network, PARAMS, { pixels, ones: 8, random: Random.fromKey(5) });
    for (let map = 0; map < PARAMS.maps; map++) expect(sum(mapOf(weights, map))).toBe(8);
    const imprinted = new native.WaveNetwork(PARAMS);
    imprinted.writeState({ ...emptyWaveState(PARAMS), weights, theta: new Float32Array(9).fill(5) });
    const { offsets = [], feature = [] } = presentWave(imprinted, PARAMS, pixels);
    const spoken = new Set([...feature].slice(0, offsets.at(-1)));
    expect(spoken.size).toBe(PARAMS.maps);
  });

  it("take shorter patches only where that is allowed", () => {
    const options = { pixels, ones: 40, random: Random.fromKey(6) };
    const weights = imprintedFilters(network, PARAMS, { ...options, least: 5 });
    const ones = Array.from({ length: PARAMS.maps }, (_, map) => sum(mapOf(weights, map)));
    expect(Math.min(...ones)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...ones)).toBeLessThan(40);
  });

  it("say so if the images are too quiet or not there", () => {
    const quiet = new Uint8Array(waveShape(PARAMS).pixels);
    for (const none of [quiet, new Uint8Array(0)]) {
      const params = { ...PARAMS, maps: 1 };
      const make = () =>
        imprintedFilters(network, params, { pixels: none, ones: 5, random: Random.fromKey(7) });
      expect(make).toThrow(/^Expected windows with 5 spikes in [01] images, found 0 in/);
    }
  });
});
