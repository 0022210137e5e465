import { describe, expect, test } from "vitest";
import type { SpikeBatch } from "../../src/core/batches.ts";
import { Random } from "../../src/core/random.ts";
import {
  type EventConvolutionDescription,
  type EventConvolutionLayer,
  eventConvolutionLayerSchema,
} from "../../src/model/event-convolution-schema.ts";
import { native } from "../../src/native/binding.ts";
import { EventConvolution, nativeEventConvolutionParams } from "../../src/network/event-convolution.ts";
import { errorOf } from "../model/model-error.ts";
import { codeOf } from "../native/loose.ts";
import { drawEvents, runSurface } from "../native/surface-world.ts";

const LAYER: EventConvolutionLayer = {
  kind: "event-convolution",
  maps: 2,
  radius: 1,
  neuron: { tauMemMs: 2, vThreshold: 1.5, vReset: 0, lateralPx: 0 },
  binMs: 3,
  bins: 2,
  centre: false,
  learning: { initialLow: 1, initialHigh: 1, windowMs: 1, rise: 0.1, fall: 0.1, thresholdRate: 0.1 },
};

const SIDE = 9;

function describedWith(
  layer: Partial<EventConvolutionLayer> = {},
  neuron: Partial<EventConvolutionLayer["neuron"]> = {},
): EventConvolutionDescription {
  const layers = [{ ...LAYER, ...layer, neuron: { ...LAYER.neuron, ...neuron } }] as const;
  return { input: { width: SIDE, height: SIDE }, layers, seed: 1 };
}

/** Spikes of events as [microseconds, x, y], all ON. */
function batchOf(events: readonly (readonly [us: number, x: number, y: number])[]): SpikeBatch {
  return {
    startUs: 0,
    durationUs: 100_000,
    offsetUs: Uint32Array.from(events, ([us]) => us),
    neuron: Uint32Array.from(events, ([, x, y]) => (SIDE + y) * SIDE + x),
    length: events.length,
  };
}

/** The network with only these weights, by tap from the field's corner; every map has the same. */
function withField(
  description: EventConvolutionDescription,
  on: readonly (readonly [tap: number, w: number])[],
) {
  const tensors = EventConvolution.create(description).tensors();
  const data = tensors.get("layer0.weights")?.data;
  data?.fill(0);
  const { maps, radius } = description.layers[0];
  for (const [tap, w] of on) {
    data?.fill(w, ((2 * radius + 1) ** 2 + tap) * maps, ((2 * radius + 1) ** 2 + tap + 1) * maps);
  }
  return EventConvolution.restore({ description, tensors });
}

const CENTRE = 4;
const RIGHT = 5;

const placesOf = ({ x, y }: { readonly x: Uint8Array; readonly y: Uint8Array }) =>
  [...x].map((place, k) => [place, y[k]]);

describe("an event-driven convolution", () => {
  test("has a neuron spike where its field lies on the events, and decay in between", () => {
    const network = withField(describedWith(), [
      [CENTRE, 1],
      [RIGHT, 1],
    ]);
    // Two neighbours together excite the left one's neuron: 2 · exp(−0.1 / 2) > 1.5.
    const together = network.present(
      batchOf([
        [1000, 5, 4],
        [1100, 4, 4],
      ]),
    );
    expect(placesOf(together)).toEqual([[4, 4]]);
    expect([[...together.start], [...together.feature], [...together.offsetUs]]).toEqual([
      [0, 1],
      [0],
      [1100],
    ]);
    // Too far apart in time: 1 + exp(−2 / 2) < 1.5.
    const apart = network.present(
      batchOf([
        [1000, 5, 4],
        [3000, 4, 4],
      ]),
    );
    expect([...apart.feature]).toEqual([]);
    // The potential of the frame before is forgotten.
    expect([...network.present(batchOf([[0, 4, 4]])).feature]).toEqual([]);
  });

  test("is silent after a spike for as long as its reset lies below rest, and silences its neighbours", () => {
    const events = batchOf(
      [0, 1, 2, 3, 4].flatMap((k) => [[10 * k, 4, 4] as const, [10 * k, 5, 4] as const]),
    );
    const spikesWith = (neuron: Partial<EventConvolutionLayer["neuron"]>) =>
      placesOf(withField(describedWith({}, neuron), [[CENTRE, 1]]).present(events));
    expect(spikesWith({})).toEqual([
      [4, 4],
      [5, 4],
      [4, 4],
      [5, 4],
    ]);
    expect(spikesWith({ vReset: -3 })).toEqual([
      [4, 4],
      [5, 4],
    ]);
    // Each spike puts the other back to rest, who must wait for one event more.
    expect(spikesWith({ lateralPx: 1 })).toEqual([
      [4, 4],
      [5, 4],
      [4, 4],
    ]);
  });

  test("strengthens the taps that took part in a spike, weakens the others, and balances the thresholds", () => {
    const network = withField(describedWith(), [
      [CENTRE, 0.9],
      [RIGHT, 0.9],
      [0, 0.5],
    ]);
    network.learn(
      batchOf([
        [1000, 5, 4],
        [1100, 4, 4],
      ]),
    );
    const fields = network.fields();
    const on = [...fields.subarray(9, 18)];
    expect(on[CENTRE]).toBeCloseTo(0.9 + 0.1 * 0.09, 6);
    expect(on[RIGHT]).toBeCloseTo(0.9 + 0.1 * 0.09, 6);
    expect(on[0]).toBeCloseTo(0.5 - 0.1 * 0.25, 6);
    // The other map did not speak: it keeps its weights and becomes easier to excite.
    expect(fields[27 + CENTRE]).toBeCloseTo(0.9, 6);
    const thresholds = network.tensors().get("layer0.thresholds")?.data;
    expect(thresholds?.[0]).toBeCloseTo(1.55, 6);
    expect(thresholds?.[1]).toBeCloseTo(1.45, 6);
    expect(network.tensors().get("layer0.counters")?.data).toEqual(Uint32Array.of(1, 0));
  });

  test("gives each part of a frame features of its own, and centres it by its events", () => {
    const network = withField(describedWith({ centre: true }, { vThreshold: 0.5 }), [[CENTRE, 1]]);
    const { feature, x, y } = network.present(
      batchOf([
        [0, 1, 2],
        [2999, 3, 2],
        [3000, 8, 8],
        [9000, 8, 8],
      ]),
    );
    expect([...feature]).toEqual([0, 0, 2, 2]);
    expect([[...x], [...y]]).toEqual([
      [3, 5, 4, 4],
      [4, 4, 4, 4],
    ]);
  });

  test("answers and learns what the native one does, and continues from its tensors", () => {
    const learning = { ...LAYER.learning, initialLow: 0.2, initialHigh: 0.8 };
    const description = describedWith({ maps: 9, radius: 2, centre: true, learning });
    const params = nativeEventConvolutionParams(description);
    const bare = new native.EventConvolution(params);
    let network = EventConvolution.create(description);
    const random = Random.fromKey(8);
    for (const call of ["learn", "present", "learn", "present"] as const) {
      const { offsetUs, input } = drawEvents(params, { events: 400, gapUs: 100, random });
      const batch = { startUs: 5, durationUs: 1e6, offsetUs, neuron: input, length: 300 };
      const { start, ...lists } = network[call](batch);
      const cut = { offsetUs: offsetUs.subarray(0, 300), input: input.subarray(0, 300) };
      expect(lists).toEqual(runSurface(bare, call, cut));
      expect(start[1]).toBe(lists.feature.length);
      expect(lists.feature.length).toBeGreaterThan(20);
      const tensors = network.tensors();
      network.dispose();
      network = EventConvolution.restore({ description, tensors });
    }
  });

  test("refuses tensors of another network, and spikes that name no pixel", () => {
    const description = describedWith();
    const network = EventConvolution.create(description);
    const missing = network.tensors();
    missing.delete("layer0.thresholds");
    expect(errorOf(() => EventConvolution.restore({ description, tensors: missing }))).toMatchObject({
      code: "MODEL_TENSOR",
    });
    const outside = { ...batchOf([[0, 1, 1]]), neuron: Uint32Array.of(2 * SIDE * SIDE) };
    expect(codeOf(() => network.learn(outside))).toBe("SPIKELINE_KERNEL");
  });

  test("is described by a layer that the kernel takes, and by no other", () => {
    expect(eventConvolutionLayerSchema.parse(LAYER)).toEqual(LAYER);
    const refused = [
      { ...LAYER, neuron: { ...LAYER.neuron, lateralPx: 2 } },
      { ...LAYER, neuron: { ...LAYER.neuron, vReset: 1 } },
      { ...LAYER, learning: { ...LAYER.learning, initialHigh: 0.5 } },
      { ...LAYER, radius: 4 },
    ];
    for (const layer of refused) expect(eventConvolutionLayerSchema.safeParse(layer).success).toBe(false);
  });
});
