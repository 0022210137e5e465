import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnyModel } from "../../src/model/load.ts";
import { linearReadoutSchema } from "../../src/model/readout-schema.ts";
import { encodeSafetensors } from "../../src/model/safetensors.ts";
import { waveMap } from "../../src/model/wave-layers.ts";
import { type WaveDescription, waveSchema } from "../../src/model/wave-schema.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { createReadout } from "../../src/readout/feature-readout.ts";
import { errorOf } from "./model-error.ts";
import { tinyModel } from "./tiny-model.ts";
import { tinyDeepDescription, tinyWaveDescription, tinyWaveModel } from "./tiny-wave-model.ts";

const NAME = "w.safetensors";
const { tensors } = tinyWaveModel();
const refusal = (description: unknown) =>
  errorOf(() =>
    decodeAnyModel(encodeSafetensors({ tensors, description: JSON.stringify(description) }, NAME), NAME),
  );

describe("a description of a wave model", () => {
  const plain = tinyWaveDescription();
  const [layer] = plain.layers;
  const { readout } = plain;
  const linear = linearReadoutSchema.parse(readout);
  const deep = tinyDeepDescription();
  const second = deep.layers[1];
  const withSecond = (change: object) => ({ ...deep, layers: [layer, { ...second, ...change }] });
  const wrong: readonly (readonly [string, unknown])[] = [
    ["layers.0.maps", { ...plain, layers: [{ ...layer, maps: 257 }] }],
    ["layers.0.pad", { ...plain, layers: [{ ...layer, pad: 3 }] }],
    ["layers.0.thresholds", { ...plain, layers: [{ ...layer, thresholds: [2.5, 1.5] }] }],
    [
      "layers.0.learning.aPlusMax",
      { ...plain, layers: [{ ...layer, learning: { ...layer.learning, aPlus: 0.2 } }] },
    ],
    ["input", { ...plain, input: { width: 400, height: 5 } }],
    ["input", { ...plain, layers: [{ ...layer, window: 9 }] }],
    ["readout.pooling", { ...plain, readout: { ...readout, pooling: { ...readout.pooling, features: 5 } } }],
    ["readout.pooling.grid", { ...plain, readout: { ...readout, pooling: { ...readout.pooling, grid: 6 } } }],
    ["readout.classNames", { ...plain, readout: { ...readout, classNames: ["a"] } }],
    ["encoder.kind", { ...plain, encoder: tinyModel().description.encoder }],
    ["readout.kind", { ...plain, readout: tinyModel().description.readout }],
    ["layers.1.kind", { ...plain, layers: [layer, layer] }],
    ["layers", { ...deep, layers: [layer, second, second, second, second] }],
    ["layers.1", withSecond({ window: 12 })],
    ["layers.1.pad", withSecond({ pad: 3 })],
    ["layers.1.pool.stride", withSecond({ pool: { side: 1, stride: 2 } })],
    ["layers.2", { ...deep, layers: [layer, { ...second, maps: 1024, thresholds: [1, 2] }, second] }],
    ["readout.pooling", { ...deep, outputs: "all" }],
    ["outputs", { ...plain, outputs: "none" }],
    ["the top", { ...plain, surprise: true }],
  ];
  test.each(wrong)("is refused with the place of what is wrong: %s", (place, description) => {
    const error = refusal(description);
    expect(error).toMatchObject({ code: "MODEL_SCHEMA", exitCode: 65 });
    expect(error.message).toContain(`at ${place} it has`);
  });

  test("is refused with parts of a clocked one", () => {
    const { description } = tinyModel();
    expect(refusal({ ...description, layers: plain.layers }).code).toBe("MODEL_SCHEMA");
    expect(refusal({ ...plain, layers: description.layers }).code).toBe("MODEL_SCHEMA");
  });

  test("makes a network and a readout whenever it is valid", () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const side = fc.integer({ min: 1, max: 40 });
    const arbitrary = fc.record({
      input: fc.record({ width: side, height: side }),
      encoder: fc.record({
        sigmaCentre: within(0.1, 8),
        sigmaSurround: within(0.1, 8),
        contrast: within(1e-6, 1),
        mostSpikes: fc.integer({ min: 1, max: 4096 }),
        latencyBins: fc.option(fc.integer({ min: 0, max: 256 }), { nil: undefined }),
      }),
      maps: fc.integer({ min: 1, max: 40 }),
      window: fc.integer({ min: 1, max: 31 }),
      pad: fc.integer({ min: 0, max: 30 }),
      thresholds: fc.array(within(1, 255), { minLength: 1, maxLength: 4 }),
      initialMean: unit,
      learning: fc.record({
        threshold: within(1, 255),
        thetaPlus: within(0, 255),
        aPlus: unit,
        aPlusMax: unit,
        aRatio: unit,
        doublingFrames: fc.integer({ min: 1, max: 0xffffffff }),
        winners: fc.integer({ min: 1, max: 256 }),
        inhibitionRadius: fc.integer({ min: 0, max: 4096 }),
      }),
      grid: fc.integer({ min: 1, max: 40 }),
      batch: fc.integer({ min: 1, max: 256 }),
    });
    let made = 0;
    fc.assert(
      fc.property(arbitrary, ({ input, encoder, learning, grid, batch, ...more }) => {
        const layers: WaveDescription["layers"] = [
          { ...layer, ...more, learning, thresholds: more.thresholds.toSorted((a, b) => a - b) },
        ];
        const pooling = {
          ...readout.pooling,
          ...waveMap({ input, encoder: { kind: "dog-rank", ...encoder }, layers }),
          grid,
        };
        const description: WaveDescription = {
          ...plain,
          input,
          encoder: { kind: "dog-rank", ...encoder },
          layers,
          readout: { ...linear, pooling, batch },
        };
        if (!waveSchema.safeParse(description).success) return;
        made++;
        WaveNetwork.create(description).dispose();
        createReadout(description.readout).dispose();
      }),
      { numRuns: 400 },
    );
    expect(made).toBeGreaterThan(10);
  });
});
