import { describe, expect, test } from "vitest";
import type { SpikeBatch } from "../../src/core/batches.ts";
import { Random } from "../../src/core/random.ts";
import type { SurfaceNetworkDescription } from "../../src/model/surface-schema.ts";
import { native } from "../../src/native/binding.ts";
import { nativeSurfaceParams, SurfaceNetwork } from "../../src/network/surface-network.ts";
import { errorOf } from "../model/model-error.ts";
import { codeOf } from "../native/loose.ts";
import { drawEvents, runSurface } from "../native/surface-world.ts";

type Layer = SurfaceNetworkDescription["layers"][0];

function describedWith(overrides: Partial<Layer> = {}): SurfaceNetworkDescription {
  const layer: Layer = {
    kind: "surface",
    prototypes: 4,
    radius: 1,
    polarity: "own",
    tauMs: 2,
    binMs: 3,
    bins: 2,
    centre: false,
    learning: { vigilance: 0.8, rate: 0.01 },
    ...overrides,
  };
  return { input: { width: 12, height: 10 }, layers: [layer] };
}

/** Spikes of events as [microseconds, x, y], all ON. */
function batchOf(events: readonly (readonly [us: number, x: number, y: number])[]): SpikeBatch {
  return {
    startUs: 0,
    durationUs: 100_000,
    offsetUs: Uint32Array.from(events, ([us]) => us),
    neuron: Uint32Array.from(events, ([, x, y]) => (10 + y) * 12 + x),
    length: events.length,
  };
}

const alone = [1000, 3, 4] as const;
/** An event beside one that came 0.1 ms before. */
const beside = [
  [2000, 8, 5],
  [2100, 9, 5],
] as const;

describe("a surface network", () => {
  test("says nothing before it has learned, then names every event by its prototype", () => {
    const network = SurfaceNetwork.create(describedWith());
    const spikes = batchOf([alone, ...beside]);
    expect(network.present(spikes)).toEqual({
      start: Uint32Array.of(0, 0),
      feature: new Uint16Array(0),
      x: new Uint8Array(0),
      y: new Uint8Array(0),
      offsetUs: new Uint32Array(0),
    });
    network.learn(spikes);
    const { start, feature, x, y, offsetUs } = network.present(spikes);
    expect([...start]).toEqual([0, 3]);
    // A dot by itself became the first prototype, a dot with a fresh neighbour to its left the second.
    expect([...feature]).toEqual([0, 0, 1]);
    expect([[...x], [...y], [...offsetUs]]).toEqual([
      [3, 8, 9],
      [4, 5, 5],
      [1000, 2000, 2100],
    ]);
    const fields = network.fields();
    expect([...fields.subarray(0, 9)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const [left = 0, middle = 0] = fields.subarray(12, 14);
    expect(left / middle).toBeCloseTo(Math.exp(-0.1 / 2), 5);
    expect(left ** 2 + middle ** 2).toBeCloseTo(1, 5);
    expect([...fields.subarray(18)].every((value) => value === 0)).toBe(true);
  });

  test("remembers nothing of the frame before", () => {
    const network = SurfaceNetwork.create(describedWith());
    network.learn(batchOf([alone, ...beside]));
    expect([...network.present(batchOf([beside[0]])).feature]).toEqual([0]);
    expect([...network.present(batchOf([beside[1]])).feature]).toEqual([0]);
  });

  test("gives each part of a frame features of its own, the last part being endless", () => {
    const network = SurfaceNetwork.create(describedWith());
    network.learn(batchOf([alone]));
    const spikes = batchOf([0, 2999, 3000, 6000, 4_000_000_000].map((us, x) => [us, 2 * x, 4]));
    expect([...network.present(spikes).feature]).toEqual([0, 0, 4, 4, 4]);
  });

  test("moves each part's events to the middle and leaves out what leaves the map", () => {
    const network = SurfaceNetwork.create(describedWith({ centre: true }));
    network.learn(batchOf([alone]));
    // Part one lies about (3, 2), its middle is (5.5, 4.5); part two about (3, 0), with one far off.
    const { x, y, start } = network.present(
      batchOf([
        [0, 2, 2],
        [100, 4, 2],
        [3000, 0, 0],
        [3100, 0, 0],
        [3200, 0, 0],
        [3300, 11, 0],
      ]),
    );
    expect([...x]).toEqual([5, 7, 3, 3, 3]);
    expect([...y]).toEqual([5, 5, 5, 5, 5]);
    expect([...start]).toEqual([0, 5]);
  });

  test("answers and learns what the native one does, and continues from its tensors", () => {
    const description = describedWith({ prototypes: 9, radius: 3, polarity: "both", centre: true });
    const params = nativeSurfaceParams(description);
    const bare = new native.SurfaceNetwork(params);
    let network = SurfaceNetwork.create(description);
    const random = Random.fromKey(8);
    for (const call of ["learn", "present", "learn", "present"] as const) {
      const events = drawEvents(params, { events: 400, gapUs: 100, random });
      // Longer arrays than the batch: only its length counts.
      const batch = {
        startUs: 5,
        durationUs: 1e6,
        offsetUs: new Uint32Array(500),
        neuron: new Uint32Array(500),
      };
      batch.offsetUs.set(events.offsetUs);
      batch.neuron.set(events.input);
      const { start, ...lists } = network[call]({ ...batch, length: 400 });
      expect(lists).toEqual(runSurface(bare, call, events));
      expect(start[1]).toBe(lists.feature.length);
      const tensors = network.tensors();
      network.dispose();
      network = SurfaceNetwork.restore({ description, tensors });
    }
    expect(new Set(network.tensors().get("layer0.wins")?.data).size).toBeGreaterThan(3);
  });

  test("refuses tensors of another network, and spikes that name no pixel", () => {
    const description = describedWith();
    const network = SurfaceNetwork.create(description);
    const missing = network.tensors();
    missing.delete("layer0.wins");
    expect(errorOf(() => SurfaceNetwork.restore({ description, tensors: missing }))).toMatchObject({
      code: "MODEL_TENSOR",
    });
    const outside = { ...batchOf([alone]), neuron: Uint32Array.of(240) };
    expect(codeOf(() => network.learn(outside))).toBe("SPIKELINE_KERNEL");
    expect(network.tensors().get("layer0.counters")?.data).toEqual(new Uint32Array(2));
  });
});
