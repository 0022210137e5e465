/** How fast the flagships for images are through the whole JavaScript path: image in, class out. */
import { from, lastValueFrom } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import { batches, type ImagePart } from "../datasets/labelled-frames.ts";
import { openPackagedDigits } from "../datasets/packaged-digits.ts";
import type { WaveModel } from "../model/wave-schema.ts";
import { WaveNetwork } from "../network/wave-network.ts";
import { evaluateOnThreads } from "../pipeline/judge-threads.ts";
import { evaluateWaves } from "../pipeline/wave-trainer.ts";
import { createReadout, type FeatureReadout } from "../readout/feature-readout.ts";
import { describeWaveSystem } from "../systems/describe-system.ts";
import { flagshipImages, flagshipImagesSmall } from "../systems/flagship-images.ts";
import type { WaveRecipe } from "../systems/recipe.ts";
import { type BenchOptions, type BenchRow, median, row, type Tick } from "./bench-rows.ts";
import { BATCH_FRAMES, THREAD_BATCH_FRAMES } from "./frame-set.ts";
import { PUBLISHED_TEST_FPS, PUBLISHED_TRAIN_FPS } from "./learn.ts";

/** How often a run shows the package's 400 digits, so that it takes about half a second. */
const ROUNDS = 25;
/** Then the filters have taken shape, from 3,200 digits, and spikes are as many as in a finished model. */
const ROUNDS_TO_LEARN = 8;

export const IMAGE_ROWS = [
  "flagship-images.test",
  "flagship-images.train",
  "flagship-images.test.2threads",
  "flagship-images-small.test",
] as const;

/** A network and a readout that have learned the package's digits, and go on doing so. */
class ImagesBench {
  readonly #digits: ImagePart;
  readonly #network: WaveNetwork;
  readonly #readout: FeatureReadout;
  readonly #model: () => WaveModel;
  readonly #clock: Clock;

  constructor(recipe: WaveRecipe, clock: Clock) {
    const { images, labels, count } = openPackagedDigits();
    this.#digits = {
      images: Uint8Array.from({ length: images.length * ROUNDS }, (_, i) => images[i % images.length] ?? 0),
      labels: Uint8Array.from({ length: count * ROUNDS }, (_, i) => labels[i % count] ?? 0),
      count: count * ROUNDS,
    };
    const description = describeWaveSystem(recipe, { seed: 7, presentations: 0 });
    this.#network = WaveNetwork.create(description);
    this.#readout = createReadout(description.readout);
    for (let round = 0; round < ROUNDS_TO_LEARN; round++) this.#network.learn(images);
    this.#readout.learn(this.#network.present(images), labels);
    this.#model = () => ({
      description,
      tensors: new Map([...this.#network.tensors(), ...this.#readout.tensors()]),
    });
    this.#clock = clock;
  }

  /** Frames per CPU second, and per second of wall time. */
  async test(): Promise<{ readonly cpu: number; readonly wall: number }> {
    const startUs = this.#clock.nowUs();
    const parts = { network: this.#network, readout: this.#readout, classes: 10 };
    const { testFps, frames } = await lastValueFrom(evaluateWaves(this.#batches$(), parts, this.#clock));
    return { cpu: testFps, wall: frames / ((this.#clock.nowUs() - startUs) / 1e6) };
  }

  /** Frames per second of wall time on two threads. */
  async testOnTwo(): Promise<number> {
    const model = this.#model();
    const judged$ = evaluateOnThreads(
      this.#batches$(THREAD_BATCH_FRAMES),
      { model, threads: 2 },
      this.#clock,
    );
    const { frames, wallUs } = await lastValueFrom(judged$);
    return frames / (wallUs / 1e6);
  }

  /** Frames per CPU second when each is learned by the convolution, presented, and learned by the readout. */
  train(): number {
    const startUs = this.#clock.cpuUs();
    for (const { images, labels } of batches(this.#digits, { size: BATCH_FRAMES })) {
      this.#network.learn(images);
      this.#readout.learn(this.#network.present(images), labels);
    }
    return this.#digits.count / ((this.#clock.cpuUs() - startUs) / 1e6);
  }

  dispose(): void {
    this.#network.dispose();
    this.#readout.dispose();
  }

  #batches$(size = BATCH_FRAMES) {
    return from(batches(this.#digits, { size }));
  }
}

const LARGE = "128 maps, the package's digits, per CPU second";

async function largeRows(runs: number, tick: Tick, clock: Clock): Promise<BenchRow[]> {
  const bench = new ImagesBench(flagshipImages, clock);
  try {
    await bench.test();
    tick("warm-up, images");
    const alone: { readonly cpu: number; readonly wall: number }[] = [];
    const together: number[] = [];
    for (let run = 0; run < runs; run++) {
      alone.push(await bench.test());
      together.push(await bench.testOnTwo());
      tick(`run ${run + 1}, images`);
    }
    const trained = Array.from({ length: runs }, () => bench.train());
    tick("training on images");
    const onOne = median(alone.map(({ wall }) => wall));
    const onTwo = "two threads, per second of wall time, beside one";
    return [
      row("flagship-images.test", median(alone.map(({ cpu }) => cpu)), "frames/s", PUBLISHED_TEST_FPS, LARGE),
      row("flagship-images.train", median(trained), "frames/s", PUBLISHED_TRAIN_FPS, `${LARGE}, both layers`),
      row("flagship-images.test.2threads", median(together), "frames/s", onOne, onTwo),
    ];
  } finally {
    bench.dispose();
  }
}

async function smallRow(runs: number, tick: Tick, clock: Clock): Promise<BenchRow> {
  const bench = new ImagesBench(flagshipImagesSmall, clock);
  try {
    await bench.test();
    const tested: number[] = [];
    for (let run = 0; run < runs; run++) tested.push((await bench.test()).cpu);
    tick("small images");
    const what = "64 maps, the package's digits, per CPU second";
    return row("flagship-images-small.test", median(tested), "frames/s", PUBLISHED_TEST_FPS, what);
  } finally {
    bench.dispose();
  }
}

/** Steps that `imageRows` ticks. */
export const imageSteps = (runs: number): number => runs + 3;

/** Networks that learned the 400 digits of the package, judging and learning those: no data set is needed. */
export async function imageRows(
  { runs }: Pick<BenchOptions, "runs">,
  tick: Tick,
  clock: Clock = systemClock,
): Promise<BenchRow[]> {
  return [...(await largeRows(runs, tick, clock)), await smallRow(runs, tick, clock)];
}
