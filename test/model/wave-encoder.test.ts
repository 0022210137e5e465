import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { decodeAnyModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { waveMap } from "../../src/model/wave-layers.ts";
import { type WaveDescription, waveSchema } from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { drawStrokes, tinyDeepDescription, tinyWaveDescription } from "./tiny-wave-model.ts";

const ORIENTED: WaveDescription["encoder"] & { kind: "gabor-rank" } = {
  kind: "gabor-rank",
  orientations: 4,
  size: 3,
  pool: { side: 2, stride: 1 },
  inhibition: [0.15, 0.12],
  contrast: 0.02,
  mostSpikes: 40,
};

/** The tiny description with another encoder and what follows from it. */
function encodedBy(encoder: WaveDescription["encoder"], plain = tinyWaveDescription()): WaveDescription {
  const described = { ...plain, encoder };
  const pooling = { ...plain.readout.pooling, ...waveMap(described) };
  return { ...described, readout: { ...plain.readout, pooling } };
}

const messagesOf = (description: unknown) =>
  waveSchema.safeParse(description).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a wave model whose encoder sees oriented edges", () => {
  test.each([tinyWaveDescription(), tinyDeepDescription()])("learns, is saved and comes back", (plain) => {
    const description = encodedBy(ORIENTED, plain);
    expect(messagesOf(description)).toBeUndefined();
    const { images } = drawStrokes(30, Random.fromKey(1));
    const network = WaveNetwork.create(description);
    const { winnerMap } = network.learn(images);
    expect(winnerMap.some((map) => map === 0)).toBe(true);
    const readout = LinearReadout.create(description.readout);
    const tensors = new Map([...network.tensors(), ...readout.tensors()]);
    expect(tensors.get("layer0.weights")?.shape).toEqual([4, 3, 3, 2]);
    const loaded = decodeAnyModel(encodeModel({ description, tensors }), "w.safetensors");
    expect(loaded.description).toEqual(description);
    const again = WaveNetwork.restore({ description, tensors: loaded.tensors });
    const said = network.present(images);
    expect(again.present(images)).toEqual(said);
    expect(said.feature.length).toBeGreaterThan(30);
  });

  test.each([
    [{ size: 4 }, "encoder.size: an even side, which has no middle"],
    [{ pool: { side: 1, stride: 2 } }, "encoder.pool.stride: squares that leave pixels out"],
    [{ pool: { side: 6, stride: 2 } }, "encoder.pool.side: squares wider than the image"],
  ])("is refused with the place of what is wrong: %j", (change, message) => {
    expect(messagesOf(encodedBy({ ...ORIENTED, ...change }))).toContain(message);
  });

  test("takes tensors of its own number of channels only", () => {
    const description = encodedBy(ORIENTED);
    const tensors = new Map([...WaveNetwork.create(tinyWaveDescription()).tensors()]);
    expect(() => WaveNetwork.restore({ description, tensors })).toThrow(
      /Float32Array of 72 for tensor layer0.weights/,
    );
  });
});
