import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { batches, type ImagePart } from "../../src/datasets/labelled-frames.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { evaluateWaves, type FeatureJudge, learnWaves } from "../../src/pipeline/wave-trainer.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { drawStrokes, tinyWaveDescription } from "../model/tiny-wave-model.ts";
import { movedClock } from "./frames-world.ts";

const description = tinyWaveDescription();
const strokes = (count: number, seed: number): ImagePart => ({
  ...drawStrokes(count, Random.fromKey(seed)),
  count,
});
const batches$ = (part: ImagePart, size: number) => from(batches(part, { size }));

describe("learning waves", () => {
  test("learns the same whatever the batch, and says how far it is", async () => {
    const part = strokes(30, 1);
    const [one, other] = [WaveNetwork.create(description), WaveNetwork.create(description)];
    const so = await lastValueFrom(learnWaves(batches$(part, 7), one).pipe(toArray()));
    other.learn(part.images);
    expect(one.tensors()).toEqual(other.tensors());
    expect(so.map(({ frames }) => frames)).toEqual([7, 14, 21, 28, 30]);
    expect(so.at(-1)?.convergence).toBe(one.convergence());
  });

  test("counts the time of the network alone", async () => {
    const { clock, work } = movedClock();
    const network = {
      learn: () => {
        work(50);
        return { winnerMap: new Uint16Array(0), inputSpikes: new Uint32Array(0) };
      },
      convergence: () => 0.1,
    };
    const progress = await lastValueFrom(learnWaves(batches$(strokes(6, 1), 2), network, { clock }));
    expect(progress).toEqual({ frames: 6, cpuUs: 150, convergence: 0.1 });
  });
});

describe("evaluating waves", () => {
  test("finds a taught readout right on images that it never saw", async () => {
    const network = WaveNetwork.create(description);
    const readout = LinearReadout.create(description.readout);
    const train = strokes(300, 1);
    readout.train(network.present(train.images), train.labels, { passes: 5 });
    const result = await lastValueFrom(
      evaluateWaves(batches$(strokes(100, 2), 30), { network, readout, classes: 3 }),
    );
    expect(result).toMatchObject({ frames: 100, judged: 100, unanswered: [0, 0, 0] });
    expect(result.accuracy).toBeGreaterThan(0.8);
    expect(result.confusion.flat().reduce((sum, count) => sum + count)).toBe(100);
  });

  test("finds the same by a readout that answers later, and counts the time until it does", async () => {
    const { clock, work } = movedClock();
    const network = WaveNetwork.create(description);
    const taught = LinearReadout.create(description.readout);
    const train = strokes(300, 1);
    taught.train(network.present(train.images), train.labels, { passes: 5 });
    const later: FeatureJudge = {
      judge: async (spikes) => {
        await Promise.resolve();
        work(20);
        return taught.judge(spikes);
      },
    };
    const [now, then] = await Promise.all(
      [taught, later].map((readout) =>
        lastValueFrom(evaluateWaves(batches$(strokes(100, 2), 30), { network, readout, classes: 3 }, clock)),
      ),
    );
    expect(then).toEqual({ ...now, cpuUs: 80, testFps: 100 / 80e-6 });
  });

  test("counts images in which nothing spoke as unanswered, and the time of both parts", async () => {
    const { clock, work } = movedClock();
    const inner = WaveNetwork.create(description);
    const network: Pick<WaveNetwork, "present"> = {
      present: (pixels) => {
        work(30);
        return inner.present(pixels);
      },
    };
    const taught = LinearReadout.create(description.readout);
    const readout: Pick<LinearReadout, "judge"> = {
      judge: (spikes) => {
        work(20);
        return taught.judge(spikes);
      },
    };
    const { images } = drawStrokes(1, Random.fromKey(5));
    const part = {
      images: Uint8Array.from([...images, ...new Uint8Array(30).fill(9)]),
      labels: Uint8Array.of(0, 2),
      count: 2,
    };
    const result = await lastValueFrom(
      evaluateWaves(batches$(part, 2), { network, readout, classes: 3 }, clock),
    );
    expect(result).toMatchObject({ frames: 2, judged: 2, unanswered: [0, 0, 1], cpuUs: 50 });
    expect(result.testFps).toBe(2 / 50e-6);
  });
});
