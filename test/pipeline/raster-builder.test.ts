import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpikeBatch } from "../../src/core/batches.ts";
import type { AnsweredFrame, Raster } from "../../src/core/telemetry.ts";
import { RasterBuilder } from "../../src/pipeline/raster-builder.ts";

type Spike = readonly [offsetUs: number, neuron: number];
type Frame = {
  readonly startUs: number;
  readonly durationUs: number;
  readonly input?: readonly Spike[];
  readonly output?: readonly Spike[];
};

const spikesOf = ({ startUs, durationUs }: Frame, spikes: readonly Spike[]): SpikeBatch => ({
  startUs,
  durationUs,
  offsetUs: Uint32Array.from(spikes, ([offsetUs]) => offsetUs),
  neuron: Uint32Array.from(spikes, ([, neuron]) => neuron),
  length: spikes.length,
});

const answerOf = ({ startUs, durationUs }: Frame): AnsweredFrame => ({
  startUs,
  endUs: startUs + durationUs,
  label: 3,
  group: 1,
  right: true,
});

function add(builder: RasterBuilder, frame: Frame): void {
  const { input = [], output = [] } = frame;
  builder.add(spikesOf(frame, input), spikesOf(frame, output), answerOf(frame));
}

const rasterOf = (neurons: number, ...frames: readonly Frame[]): Raster => {
  const builder = new RasterBuilder(neurons);
  for (const frame of frames) add(builder, frame);
  const raster = builder.take();
  if (raster === undefined) throw new Error("Expected a raster.");
  return raster;
};

/** Spikes as [microseconds of the stream, row]. */
const shown = ({ fromUs, offsetUs, row }: Raster) =>
  [...offsetUs].map((offset, i) => [fromUs + offset, row[i]]);

describe("the rows of the raster", () => {
  it("are one for each neuron of a small network", () => {
    const builder = new RasterBuilder(400);
    expect(builder.rows).toBe(400);
    expect(Array.from({ length: 400 }, (_, row) => builder.neuronOf(row))).toEqual([
      ...new Array(400).keys(),
    ]);
  });

  it("are a sample of a large one, always the same, spread evenly, of which only its own spikes are shown", () => {
    const neurons = 10_000;
    const { rows } = new RasterBuilder(neurons);
    expect(rows).toBeLessThan(neurons / 2);
    const sampled = Array.from({ length: rows }, (_, row) => new RasterBuilder(neurons).neuronOf(row));
    const steps = sampled.slice(1).map((neuron, i) => neuron - (sampled[i] ?? 0));
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
    expect(sampled[0]).toBe(0);
    expect(neurons - (sampled.at(-1) ?? 0)).toBeLessThanOrEqual(Math.max(...steps));

    const [third, stranger] = [sampled[3] ?? 0, (sampled[3] ?? 0) + 1];
    const raster = rasterOf(neurons, {
      startUs: 0,
      durationUs: 10,
      output: [
        [1, third],
        [2, stranger],
        [3, neurons - 1],
        [4, third],
      ],
    });
    expect(shown(raster)).toEqual([
      [1, 3],
      [4, 3],
    ]);
  });
});

describe("the raster", () => {
  it("covers whole frames on the stream's clock: answers, output spikes in order, input spikes by 10 ms", () => {
    const raster = rasterOf(
      4,
      {
        startUs: 5_000_000,
        durationUs: 20_000,
        input: [
          [0, 7],
          [9_999, 7],
          [10_000, 7],
        ],
        output: [
          [12_000, 2],
          [12_000, 0],
          [19_000, 3],
        ],
      },
      // After a pause of 10 ms, in which nothing is.
      { startUs: 5_030_000, durationUs: 15_000, input: [[14_999, 1]], output: [[1, 1]] },
    );
    expect(raster).toEqual({
      fromUs: 5_000_000,
      toUs: 5_045_000,
      frames: [
        { startUs: 5_000_000, endUs: 5_020_000, label: 3, group: 1, right: true },
        { startUs: 5_030_000, endUs: 5_045_000, label: 3, group: 1, right: true },
      ],
      binUs: 10_000,
      inputs: Uint16Array.of(2, 1, 0, 0, 1),
      offsetUs: Uint32Array.of(12_000, 12_000, 19_000, 30_001),
      row: Uint16Array.of(2, 0, 3, 1),
      shownOneIn: 1,
    });
  });

  it("tells of nothing twice, and of nothing when no frame was finished", () => {
    const builder = new RasterBuilder(4);
    expect(builder.take()).toBeUndefined();
    add(builder, { startUs: 0, durationUs: 1000, output: [[5, 1]] });
    expect(builder.take()).toMatchObject({ fromUs: 0, toUs: 1000 });
    expect(builder.take()).toBeUndefined();
    add(builder, { startUs: 1000, durationUs: 1000, output: [[7, 2]] });
    const next = builder.take();
    expect(next).toMatchObject({ fromUs: 1000, toUs: 2000, frames: { length: 1 } });
    expect(next && shown(next)).toEqual([[1007, 2]]);
  });

  it("thins many spikes evenly and says how many one stands for", () => {
    const output = (count: number): Spike[] => Array.from({ length: count }, (_, i) => [i, i % 4]);
    const all = rasterOf(4, { startUs: 0, durationUs: 10_000, output: output(2000) });
    expect([all.shownOneIn, all.row.length]).toEqual([1, 2000]);
    for (const [count, shownOneIn] of [
      [2001, 2],
      [4000, 2],
      [4001, 3],
      [9999, 5],
    ] as const) {
      const frame = { startUs: 0, durationUs: 10_000, output: output(count) };
      const thinned = rasterOf(4, frame);
      expect(thinned.shownOneIn).toBe(shownOneIn);
      const kept = output(count).filter((_, i) => i % shownOneIn === 0);
      expect(shown(thinned)).toEqual(kept);
    }
  });

  it("keeps the newest of a hurried source, whole frames and no more than 64 or ten seconds", () => {
    const short = new RasterBuilder(4);
    for (let i = 0; i < 1000; i++) add(short, { startUs: i * 1000, durationUs: 1000, output: [[3, i % 4]] });
    const many = short.take();
    expect(many).toMatchObject({ fromUs: 936_000, toUs: 1_000_000, frames: { length: 64 } });
    expect(many?.row).toHaveLength(64);

    const long = new RasterBuilder(4);
    for (let i = 0; i < 64; i++) add(long, { startUs: i * 800_000, durationUs: 300_000, output: [[3, 1]] });
    const late = long.take();
    const lastUs = 63 * 800_000 + 300_000;
    expect(late?.toUs).toBe(lastUs);
    expect(lastUs - (late?.fromUs ?? 0)).toBeLessThanOrEqual(10_000_000);
    expect(late?.frames).toHaveLength(13);
    expect(late?.row).toHaveLength(13);
    expect(late?.inputs.length).toBeLessThanOrEqual(1000);
  });

  it("shows a frame that is longer than that, for it is all there is", () => {
    const minute: Frame = {
      startUs: 7,
      durationUs: 60_000_000,
      input: [[59_999_999, 0]],
      output: [[30_000_000, 2]],
    };
    const raster = rasterOf(4, minute);
    expect(raster).toMatchObject({ fromUs: 7, toUs: 60_000_007, frames: { length: 1 } });
    expect(shown(raster)).toEqual([[30_000_007, 2]]);
    expect(raster.inputs).toHaveLength(6000);
    expect(raster.inputs[5999]).toBe(1);
  });

  it("counts no more input spikes in a bin than its number holds", () => {
    const input: Spike[] = Array.from({ length: 70_000 }, () => [5, 0]);
    expect([...rasterOf(4, { startUs: 0, durationUs: 10, input }).inputs]).toEqual([65_535]);
  });

  it("has sorted offsets within its stretch and rows in range, whatever comes", () => {
    const spike = fc.tuple(fc.nat(9999), fc.nat(2999));
    const frame = fc.record({ pauseUs: fc.nat(3_000_000), spikes: fc.array(spike, { maxLength: 60 }) });
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 80 }), (frames) => {
        const builder = new RasterBuilder(3000);
        let startUs = 0;
        for (const { pauseUs, spikes } of frames) {
          const sorted = spikes.sort(([a], [b]) => a - b);
          add(builder, { startUs, durationUs: 10_000, input: sorted, output: sorted });
          startUs += 10_000 + pauseUs;
        }
        const { fromUs, toUs, offsetUs, row, inputs, frames: answers } = builder.take() ?? rasterOf(0);
        expect(answers[0]?.startUs).toBe(fromUs);
        expect(answers.at(-1)?.endUs).toBe(toUs);
        expect(
          offsetUs.every((offset, i) => offset >= (offsetUs[i - 1] ?? 0) && fromUs + offset < toUs),
        ).toBe(true);
        expect(row.every((at) => at < builder.rows)).toBe(true);
        expect(inputs.length).toBe(Math.ceil((toUs - fromUs) / 10_000));
        const told = frames.slice(-answers.length).reduce((sum, { spikes }) => sum + spikes.length, 0);
        expect(inputs.reduce((sum, count) => sum + count, 0)).toBe(told);
      }),
      { numRuns: 60 },
    );
  });
});
