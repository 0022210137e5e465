import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { native } from "../../src/native/binding.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { OnnxReadout } from "../../src/readout/onnx.ts";
import { encodeOnnxReadout } from "../../src/readout/onnx-file.ts";
import { flat, type Judged, nativePool } from "../../src/readout/pooling.ts";
import { RewardReadout } from "../../src/readout/reward.ts";
import { drawStrokes, tinyWaveModel } from "../model/tiny-wave-model.ts";
import {
  type AnyDescription,
  drawSpikes,
  linear,
  onnxFolder,
  reward,
  scoreBounds,
  tensorsOf,
} from "./onnx-world.ts";

const folder = onnxFolder();
const POOLING = { features: 3, width: 6, height: 5, grid: 2 } as const;
const INPUTS = 12;

const code = (name: string) => expect.objectContaining({ code: name });

const restore = (description: AnyDescription, tensors: ReturnType<typeof tensorsOf>) =>
  description.kind === "linear"
    ? LinearReadout.restore(description, tensors)
    : RewardReadout.restore(description, tensors);

/** What the native readout and its exported file say of the same frames. */
async function judgeBoth(
  description: AnyDescription,
  tensors: ReturnType<typeof tensorsOf>,
  spikes: Parameters<OnnxReadout["judge"]>[0],
): Promise<{ readonly ours: Judged; readonly theirs: Judged }> {
  const file = folder.write(
    "exported",
    encodeOnnxReadout({ description, tensors, producerVersion: "0.1.0" }),
  );
  const readout = restore(description, tensors);
  const exported = await OnnxReadout.open(file, description);
  const both = { ours: readout.judge(spikes), theirs: await exported.judge(spikes) };
  readout.dispose();
  await exported.dispose();
  return both;
}

/** The bound of one score holds twice in a margin; float32 rounds the margin itself. */
function expectEqual({ ours, theirs }: { ours: Judged; theirs: Judged }, bounds: readonly number[]): void {
  const classes = ours.shares.length / ours.labels.length;
  ours.labels.forEach((label, frame) => {
    const bound = 2 * (bounds[frame] ?? 0);
    const margin = ours.margins[frame] ?? 0;
    expect(Math.abs((theirs.margins[frame] ?? 0) - margin)).toBeLessThanOrEqual(bound + margin * 2 ** -23);
    if (margin > bound) expect(theirs.labels[frame]).toBe(label);
    for (let c = frame * classes; c < (frame + 1) * classes; c++) {
      expect(Math.abs((theirs.shares[c] ?? 0) - (ours.shares[c] ?? 0))).toBeLessThan(
        Math.expm1(bound) + 1e-6,
      );
    }
  });
}

const pooling = fc.record({
  features: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 3, max: 20 }),
  height: fc.integer({ min: 3, max: 20 }),
  grid: fc.integer({ min: 1, max: 3 }),
  value: fc.constantFrom("sqrt" as const, "count" as const),
  norm: fc.constantFrom("none" as const, "l2" as const),
});

const descriptions = fc
  .record({
    pooling,
    classes: fc.integer({ min: 2, max: 21 }),
    neuronsPerClass: fc.constantFrom(0, 1, 2, 5),
  })
  .map(
    ({ neuronsPerClass, ...base }): AnyDescription =>
      neuronsPerClass === 0 ? linear(base) : reward({ ...base, neuronsPerClass }),
  );

describe("an exported readout, run by onnxruntime-node", () => {
  test("answers as the native one does, any of them, within the rounding of sums in another order", async () => {
    let frames = 0;
    let alike = 0;
    const property = fc.asyncProperty(descriptions, fc.nat(), async (description, seed) => {
      const random = Random.fromKey(seed);
      const tensors = tensorsOf(description, () => 1.9 * random.nextUnit() - 0.95);
      const spikes = drawSpikes(description, { frames: 12, seed, most: 200 });
      const both = await judgeBoth(description, tensors, spikes);
      expectEqual(both, scoreBounds(description, tensors, spikes));
      frames += both.ours.labels.length;
      alike += both.ours.labels.filter((label, frame) => both.theirs.labels[frame] === label).length;
    });
    await fc.assert(property, { numRuns: 150, interruptAfterTimeLimit: 20_000 });
    expect(frames).toBeGreaterThan(500);
    // Scores of silent frames are equal, and otherwise so rarely near each other that none was ever mistaken.
    expect(alike).toBe(frames);
  });

  test("answers exactly alike where sums are exact, also that the lower of equal classes comes first", async () => {
    for (const description of [
      linear({ pooling: { ...POOLING, value: "count" }, classes: 5 }),
      reward({ pooling: { ...POOLING, value: "count" }, classes: 5, neuronsPerClass: 2 }),
    ]) {
      const random = Random.fromKey(5);
      const tensors = tensorsOf(description, () => (random.nextBelow(3) - 1) / 2);
      const spikes = drawSpikes(description, { frames: 300, seed: 6, most: 12 });
      const { ours, theirs } = await judgeBoth(description, tensors, spikes);
      expect(theirs.labels).toEqual(ours.labels);
      expect(theirs.margins).toEqual(ours.margins);
      expect(ours.margins.filter((margin) => margin === 0).length).toBeGreaterThan(20);
      expect(new Set(ours.labels).size).toBe(5);
    }
  });

  test("gives other programs the label beside the scores, of equal ones the first", async () => {
    const description = linear({ pooling: { ...POOLING, value: "count" }, classes: 5 });
    const random = Random.fromKey(5);
    const tensors = tensorsOf(description, () => (random.nextBelow(3) - 1) / 2);
    const spikes = drawSpikes(description, { frames: 100, seed: 6, most: 12 });
    const pooled = new Float32Array(100 * INPUTS);
    new native.FeatureRows(nativePool(description.pooling)).fill(...flat(spikes), pooled);
    const bytes = encodeOnnxReadout({ description, tensors, producerVersion: "0.1.0" });
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
    const { label, scores } = await session.run({ pooled: new Tensor("float32", pooled, [100, INPUTS]) });
    const { labels } = LinearReadout.restore(description, tensors).judge(spikes);
    expect(Array.from(label?.data ?? [], Number)).toEqual([...labels]);
    expect([label?.dims, scores?.dims]).toEqual([[100], [100, 5]]);
    await session.release();
  });

  test("answers as that of a trained wave model", async () => {
    const { description, tensors } = tinyWaveModel();
    const network = WaveNetwork.restore({ description, tensors });
    const readout = LinearReadout.create(description.readout);
    const lesson = drawStrokes(300, Random.fromKey(1));
    readout.train(network.present(lesson.images), lesson.labels, { passes: 5, average: true });
    const spikes = network.present(drawStrokes(200, Random.fromKey(2)).images);
    const learned = readout.tensors();
    const both = await judgeBoth(description.readout, learned, spikes);
    expectEqual(both, scoreBounds(description.readout, learned, spikes));
    expect(both.theirs.labels).toEqual(both.ours.labels);
    expect(new Set(both.ours.labels).size).toBe(3);
    network.dispose();
    readout.dispose();
  });

  test("answers many frames in parts as the native one does at once", async () => {
    // 2^18 inputs, so that two frames are pooled at a time.
    const description = linear({ pooling: { features: 4096, width: 20, height: 20, grid: 8 }, classes: 2 });
    const random = Random.fromKey(8);
    const tensors = tensorsOf(description, () => random.nextUnit() - 0.5);
    const spikes = drawSpikes(description, { frames: 9, seed: 9 });
    const both = await judgeBoth(description, tensors, spikes);
    expectEqual(both, scoreBounds(description, tensors, spikes));
    expect(both.theirs.labels).toEqual(both.ours.labels);
    expect(new Set(both.ours.labels).size).toBe(2);
  });

  test("answers calls that overlap as it does one after the other", async () => {
    const description = linear({ pooling: POOLING, classes: 4 });
    const random = Random.fromKey(12);
    const tensors = tensorsOf(description, () => random.nextUnit() - 0.5);
    const bytes = encodeOnnxReadout({ description, tensors, producerVersion: "0.1.0" });
    const readout = await OnnxReadout.open(folder.write("overlapping", bytes), description);
    const calls = [30, 50, 20].map((frames, seed) => drawSpikes(description, { frames, seed }));
    const together = await Promise.all(calls.map((spikes) => readout.judge(spikes)));
    for (const [k, spikes] of calls.entries()) expect(await readout.judge(spikes)).toEqual(together[k]);
    await readout.dispose();
  });

  test("answers no frames with none, and refuses spikes off the map as the native one does", async () => {
    const description = linear({ pooling: POOLING, classes: 4 });
    const tensors = tensorsOf(description, () => 0.5);
    const bytes = encodeOnnxReadout({ description, tensors, producerVersion: "0.1.0" });
    const readout = await OnnxReadout.open(folder.write("strict", bytes), description);
    expect((await readout.judge(drawSpikes(description, { frames: 0, seed: 1 }))).labels).toHaveLength(0);
    const spikes = drawSpikes(description, { frames: 3, seed: 1 });
    spikes.x[2] = POOLING.width;
    await expect(readout.judge(spikes)).rejects.toThrow(code("SPIKELINE_KERNEL"));
    await readout.dispose();
    await readout.dispose();
    await expect(readout.judge(spikes)).rejects.toThrow(code("ONNX_DISPOSED"));
  });
});
