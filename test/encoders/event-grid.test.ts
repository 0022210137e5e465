import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import {
  type EventGridDescription,
  EventGridEncoder,
  eventGridInputs,
} from "../../src/encoders/event-grid.ts";
import { batchOf, episodeAt, event } from "./event-batches.ts";

const gridOf = (over: Partial<EventGridDescription> = {}): EventGridDescription => ({
  kind: "event-grid",
  pool: 1,
  polarity: "split",
  window: { by: "episode" },
  ...over,
});

function encode(encoder: EventGridEncoder, batches: readonly EventBatch[]): SpikeBatch[] {
  return [...batches.flatMap((batch) => encoder.push(batch)), ...encoder.flush()];
}

const size = { width: 5, height: 3 };
const summary = ({ startUs, durationUs, offsetUs, episode }: SpikeBatch) => [
  episode?.index,
  startUs,
  durationUs,
  [...offsetUs],
];

describe("the event grid", () => {
  it("numbers inputs as (polarity·rows + y/pool)·columns + x/pool, with partial cells at the border", () => {
    const grid = gridOf({ pool: 2 });
    expect(eventGridInputs(size, grid)).toBe(2 * 3 * 2);
    const encoder = new EventGridEncoder(size, grid);
    const [frame] = encode(encoder, [
      batchOf([event(0, 0, 0, 0), event(1, 4, 2, 0), event(2, 3, 1, 1), event(3, 4, 2, 1)], 0),
    ]);
    expect([...(frame?.neuron ?? [])]).toEqual([0, 5, 7, 11]);
  });

  it("merges polarities on one plane", () => {
    const encoder = new EventGridEncoder(size, gridOf({ polarity: "merge" }));
    expect(encoder.inputs).toBe(15);
    const [frame] = encode(encoder, [batchOf([event(0, 2, 1, 0), event(1, 2, 1, 1)], 0)]);
    expect([...(frame?.neuron ?? [])]).toEqual([7, 7]);
  });

  it("drops and counts events outside the geometry and back in time", () => {
    const encoder = new EventGridEncoder(size, gridOf());
    const batches = [
      batchOf([event(5), event(6, 5, 0), event(7, 0, 3)], 0),
      batchOf([event(3), event(8)], 3),
    ];
    expect(encode(encoder, batches).map(({ length }) => length)).toEqual([2]);
    expect(encoder.counts()).toMatchObject({
      received: 5,
      delivered: 2,
      held: 0,
      dropped: { "out-of-range": 2, "time-back": 1 },
    });
  });

  it("takes an event before the window that a tick opened for one back in time", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "time", durationMs: 1 } }));
    const batches = [batchOf([event(100)], 0), batchOf([], 2500), batchOf([event(1500), event(2600)], 1000)];
    expect(encode(encoder, batches).map(summary)).toEqual([
      [undefined, 0, 1000, [100]],
      [undefined, 1000, 1000, []],
      [undefined, 2000, 1000, [600]],
    ]);
    expect(encoder.counts()).toMatchObject({ received: 3, delivered: 2, dropped: { "time-back": 1 } });
  });

  it("grows for a batch of any size, and keeps what it had", () => {
    const encoder = new EventGridEncoder(size, gridOf());
    const times = Array.from({ length: 50_000 }, (_, i) => i);
    const batches = [times.slice(0, 3), times.slice(3)].map((part) =>
      batchOf(
        part.map((timeUs) => event(timeUs, timeUs % 5)),
        part[0] ?? 0,
      ),
    );
    const [frame] = encode(encoder, batches);
    expect(frame?.offsetUs).toEqual(Uint32Array.from(times));
    expect(frame?.neuron).toEqual(Uint32Array.from(times, (timeUs) => timeUs % 5));
  });

  it("makes one frame of an episode and gives it out when the next begins or a pause says it is over", () => {
    const encoder = new EventGridEncoder(size, gridOf());
    expect(encoder.push(batchOf([event(100), event(130)], 100, episodeAt(0)))).toEqual([]);
    expect(encoder.push(batchOf([event(200)], 200, episodeAt(0)))).toEqual([]);
    expect(encoder.counts().held).toBe(3);
    const [frame] = encoder.push(batchOf([], 201));
    expect(frame && summary(frame)).toEqual([0, 100, 101, [0, 30, 100]]);
    expect(encoder.push(batchOf([event(300)], 300, episodeAt(1)))).toEqual([]);
    const next = encoder.push(batchOf([event(400)], 400, episodeAt(2)));
    expect(next.map(summary)).toEqual([[1, 300, 1, [0]]]);
    expect(encoder.flush().map(summary)).toEqual([[2, 400, 1, [0]]]);
    expect(encoder.flush()).toEqual([]);
  });

  it("cuts time on a fixed grid from the episode's first batch, silent windows included, gaps between not", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "time", durationMs: 1 } }));
    const frames = encode(encoder, [
      batchOf([event(12_500), event(12_999)], 12_000, episodeAt(0)),
      batchOf([event(13_000), event(16_200)], 13_000, episodeAt(0)),
      batchOf([], 17_500),
      batchOf([event(900_000)], 900_000, episodeAt(1)),
    ]);
    expect(frames.map(summary)).toEqual([
      [0, 12_000, 1000, [500, 999]],
      [0, 13_000, 1000, [0]],
      [0, 14_000, 1000, []],
      [0, 15_000, 1000, []],
      [0, 16_000, 1000, [200]],
      [1, 900_000, 1000, [0]],
    ]);
  });

  it("closes windows by time on an empty batch of the same stream: a clock tick is enough", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "time", durationMs: 1 } }));
    expect(encoder.push(batchOf([event(100)], 0))).toEqual([]);
    expect(encoder.push(batchOf([], 2500)).map(summary)).toEqual([
      [undefined, 0, 1000, [100]],
      [undefined, 1000, 1000, []],
    ]);
  });

  it("takes a silence of more than a second for a gap: no frames inside it, the grid goes on", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "time", durationMs: 10 } }));
    const frames = encode(encoder, [batchOf([event(3)], 0), batchOf([event(3_600_000_123)], 3_600_000_000)]);
    expect(frames.map(summary)).toEqual([
      [undefined, 0, 10_000, [3]],
      [undefined, 3_600_000_000, 10_000, [123]],
    ]);
    expect(encoder.gaps).toBe(1);
  });

  it("bounds the silent windows however short a window is", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "time", durationMs: 0.001 } }));
    const frames = encode(encoder, [batchOf([event(0), event(900_000)], 0)]);
    expect(frames).toHaveLength(2);
  });

  it("fills windows by count and starts each with its first event", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "count", events: 2 } }));
    const frames = encode(encoder, [
      batchOf([event(10), event(15), event(20)], 0, episodeAt(0)),
      batchOf([event(90)], 90, episodeAt(1)),
    ]);
    expect(frames.map(summary)).toEqual([
      [0, 10, 6, [0, 5]],
      [0, 20, 1, [0]],
      [1, 90, 1, [0]],
    ]);
  });

  it("keeps a window that nothing closes within 32 bits of time", () => {
    const encoder = new EventGridEncoder(size, gridOf());
    const [frame] = encode(encoder, [batchOf([event(0)], 0), batchOf([event(2 ** 32 + 5)], 2 ** 32)]);
    expect(frame).toMatchObject({ length: 1, durationUs: 2 ** 32 - 1 });
    expect(encoder.counts().dropped["window-full"]).toBe(1);
  });

  it("passes one spike per line on in the refractory time, across windows, and counts the rest as filtered", () => {
    const encoder = new EventGridEncoder(
      size,
      gridOf({ refractoryUs: 100, window: { by: "time", durationMs: 1 } }),
    );
    const frames = encode(encoder, [
      batchOf([event(0), event(0, 1), event(99), event(100), event(150), event(950)], 0, episodeAt(0)),
      batchOf([event(1049), event(1050), event(1051, 1)], 1049, episodeAt(0)),
    ]);
    expect(frames.map(({ offsetUs, neuron }) => [[...offsetUs], [...neuron]])).toEqual([
      [
        [0, 0, 100, 950],
        [0, 1, 0, 0],
      ],
      [
        [50, 51],
        [0, 1],
      ],
    ]);
    expect(encoder.counts()).toMatchObject({ received: 9, delivered: 6, dropped: { filtered: 3 } });
    encoder.reset();
    expect(encode(encoder, [batchOf([event(5)], 0)]).map(({ length }) => length)).toEqual([1]);
  });

  it("never touches a frame after it was given out, and forgets all on reset", () => {
    const encoder = new EventGridEncoder(size, gridOf({ window: { by: "count", events: 1 } }));
    const [first] = encoder.push(batchOf([event(1, 1)], 0));
    encoder.push(batchOf([event(2, 2)], 0));
    expect(first?.neuron).toEqual(Uint32Array.of(1));
    encoder.reset();
    expect(encoder.counts()).toMatchObject({ received: 0, delivered: 0, held: 0 });
    expect(encoder.flush()).toEqual([]);
  });
});

describe("the refractory time of the event grid, for any stream", () => {
  it("keeps no two spikes of a line closer, drops none that is far enough, and loses count of none", () => {
    const events = fc.array(fc.tuple(fc.nat(300), fc.nat(4)), { maxLength: 200 });
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 2000 }), (steps, refractoryUs) => {
        const encoder = new EventGridEncoder(size, gridOf({ refractoryUs }));
        let timeUs = 0;
        const placed = steps.map(([stepUs, x]) => {
          timeUs += stepUs;
          return event(timeUs, x);
        });
        const lastUs = new Map<number, number>();
        const wanted = placed.filter(({ timeUs: at, x }) => {
          if (at - (lastUs.get(x) ?? Number.NEGATIVE_INFINITY) < refractoryUs) return false;
          lastUs.set(x, at);
          return true;
        });
        const frames = encode(encoder, [batchOf(placed, 0, episodeAt(0))]);
        expect(frames.flatMap(({ neuron }) => [...neuron])).toEqual(wanted.map(({ x }) => x));
        const { received, delivered, dropped } = encoder.counts();
        expect(received).toBe(delivered + (dropped.filtered ?? 0));
      }),
    );
  });
});

describe("windows of the event grid, for any stream", () => {
  const streamArb = fc.array(
    fc.record({
      changesEpisode: fc.boolean(),
      events: fc.array(
        fc.record({ stepUs: fc.nat(900), x: fc.nat(5), y: fc.nat(3), polarity: fc.constantFrom(0, 1) }),
        { maxLength: 20 },
      ),
    }),
    { maxLength: 30 },
  );
  const windowArb: fc.Arbitrary<EventGridDescription["window"]> = fc.oneof(
    fc.constant({ by: "episode" as const }),
    fc.integer({ min: 1, max: 5 }).map((durationMs) => ({ by: "time" as const, durationMs })),
    fc.integer({ min: 1, max: 30 }).map((events) => ({ by: "count" as const, events })),
  );

  it("lose nothing, stay sorted and inside their time, and never span two episodes", () => {
    fc.assert(
      fc.property(streamArb, windowArb, (stream, window) => {
        const encoder = new EventGridEncoder(size, gridOf({ window }));
        let timeUs = 0;
        let index = 0;
        const wanted = new Map<number, string[]>();
        const frames: SpikeBatch[] = [];
        for (const { changesEpisode, events } of stream) {
          if (changesEpisode) index++;
          const startUs = timeUs;
          const placed = events.map(({ stepUs, ...rest }) => {
            timeUs += stepUs;
            return { ...rest, timeUs };
          });
          for (const { timeUs: at, x, y, polarity } of placed) {
            if (x >= 5 || y >= 3) continue;
            wanted.set(index, [...(wanted.get(index) ?? []), `${at}:${(polarity * 3 + y) * 5 + x}`]);
          }
          frames.push(...encoder.push(batchOf(placed, startUs, episodeAt(index))));
          const { received, delivered, held, dropped } = encoder.counts();
          expect(received).toBe(delivered + held + Object.values(dropped).reduce((sum, n) => sum + n, 0));
        }
        frames.push(...encoder.flush());
        expect(encoder.counts().held).toBe(0);
        const found = new Map<number, string[]>();
        for (const { startUs, durationUs, offsetUs, neuron, length, episode } of frames) {
          expect([...offsetUs]).toEqual([...offsetUs].sort((a, b) => a - b));
          expect(offsetUs.length).toBe(length);
          if (length > 0) expect(offsetUs[length - 1]).toBeLessThan(durationUs);
          const spikes = Array.from(offsetUs, (offset, i) => `${startUs + offset}:${neuron[i]}`);
          const at = episode?.index ?? -1;
          if (length > 0) found.set(at, [...(found.get(at) ?? []), ...spikes]);
        }
        expect(found).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });
});
