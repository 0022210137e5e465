import fc from "fast-check";
import { firstValueFrom, lastValueFrom, of, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type Evaluation, evaluate } from "../../src/pipeline/evaluator.ts";
import type { LabelledFrames } from "../../src/pipeline/operators/present-frames.ts";
import { echoNetwork, images, movedClock, NEURONS, spikes, tellableReadout } from "./frames-world.ts";

/** Neuron n answers class n, for the first `named` neurons; the others answer nothing. */
function namedReadout(named: number, work: () => void = () => undefined) {
  const readout = tellableReadout([], work);
  for (let neuron = 0; neuron < named; neuron++) {
    const counts = new Uint16Array(NEURONS);
    counts[neuron] = 1;
    readout.learn(counts, [neuron]);
  }
  return readout;
}

const judged = (batches: readonly LabelledFrames[], named = NEURONS): Promise<Evaluation> =>
  lastValueFrom(
    evaluate(
      of(...batches),
      { network: echoNetwork(), readout: namedReadout(named), classes: NEURONS },
      movedClock().clock,
    ),
  );

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("an evaluation", () => {
  it("tells right from wrong, by truth and answer", async () => {
    const { frames, right, accuracy, confusion, unanswered } = await judged([
      images([0, 1, 1, 2], [0, 1, 2, 2]),
      images([3], [0]),
    ]);
    expect({ frames, right, accuracy }).toEqual({ frames: 5, right: 3, accuracy: 0.6 });
    expect(confusion).toEqual([
      [1, 0, 0, 1],
      [0, 1, 0, 0],
      [0, 1, 1, 0],
      [0, 0, 0, 0],
    ]);
    expect(unanswered).toEqual([0, 0, 0, 0]);
  });

  it("counts a frame without an answer as wrong and beside the confusion", async () => {
    const { accuracy, confusion, unanswered } = await judged([images([0, 3, -1], [0, 2, 1])], 1);
    expect(accuracy).toBeCloseTo(1 / 3);
    expect(sum(confusion.flat())).toBe(1);
    expect(unanswered).toEqual([0, 1, 1, 0]);
  });

  it("shows but does not judge frames whose truth nobody knows, answered or not", async () => {
    const result = await judged([spikes(0, 0), spikes(1, undefined), spikes(3, undefined), spikes(1, 0)], 2);
    expect(result).toMatchObject({ frames: 4, judged: 2, right: 1, accuracy: 0.5 });
    expect(sum(result.confusion.flat()) + sum(result.unanswered)).toBe(2);
  });

  it("sums confusion and unanswered to the judged frames, and its diagonal to the right ones, for any frames", async () => {
    const pixel = fc.integer({ min: -1, max: NEURONS - 1 });
    const frame = fc.tuple(pixel, fc.nat(NEURONS - 1));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(frame, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
        fc.nat(NEURONS),
        async (batches, named) => {
          const shown = batches.map((batch) =>
            images(
              batch.map(([bright]) => bright),
              batch.map(([, truth]) => truth),
            ),
          );
          const result = await judged(shown, named);
          const frames = sum(batches.map(({ length }) => length));
          expect(result.judged).toBe(frames);
          expect(sum(result.confusion.flat()) + sum(result.unanswered)).toBe(frames);
          expect(sum(result.confusion.map((row, truth) => row[truth] ?? 0))).toBe(result.right);
          expect(result.accuracy).toBe(frames === 0 ? 0 : result.right / frames);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("shows every frame with learning off and tells the readout nothing", async () => {
    const log: string[] = [];
    const frames$ = of(images([0, 1]), spikes(2, 2));
    await lastValueFrom(
      evaluate(frames$, { network: echoNetwork(log), readout: tellableReadout(log), classes: NEURONS }),
    );
    expect(log.filter((line) => !line.startsWith("decide"))).toEqual(["images 2", "spikes 3"]);
  });

  it("gives frames per second of CPU time in network and readout", async () => {
    const { clock, work } = movedClock();
    const network = echoNetwork([], () => work(600));
    const readout = namedReadout(NEURONS, () => work(100));
    const result = await lastValueFrom(
      evaluate(of(images([0, 1]), images([2, 3])), { network, readout, classes: NEURONS }, clock),
    );
    expect(result.cpuUs).toBe(1600);
    expect(result.testFps).toBe(2500);
  });

  it("emits the evaluation so far and never changes one it has emitted", async () => {
    const evaluations = await lastValueFrom(
      evaluate(of(images([0]), images([0])), {
        network: echoNetwork(),
        readout: namedReadout(NEURONS),
        classes: NEURONS,
      }).pipe(toArray()),
    );
    expect(evaluations.map(({ frames, confusion }) => [frames, confusion[0]?.[0]])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it.each([
    ["a truth beyond the classes, answered", images([0], [2])],
    ["a truth beyond the classes, unanswered", images([-1], [2])],
    ["an answer beyond the classes", images([3], [0])],
  ])("refuses %s", async (_, batch) => {
    const options = { network: echoNetwork(), readout: namedReadout(NEURONS), classes: 2 };
    await expect(lastValueFrom(evaluate(of(batch), options))).rejects.toMatchObject({
      code: "EVALUATE_CLASS",
    });
  });

  it("frees its source when it is unsubscribed", async () => {
    const frames$ = new Subject<LabelledFrames>();
    const options = { network: echoNetwork(), readout: namedReadout(1), classes: NEURONS };
    const first = firstValueFrom(evaluate(frames$, options));
    frames$.next(images([0]));
    await first;
    expect(frames$.observed).toBe(false);
  });
});
