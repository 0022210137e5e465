/**
 * The benchmark's workload: 400 neurons on MNIST through the whole JavaScript path (encoding, network, readout).
 * Also the entry of a worker thread, so that two cores can work at once.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { from, lastValueFrom } from "rxjs";
import { z } from "zod";
import { type Clock, systemClock } from "../core/clock.ts";
import { batches } from "../datasets/labelled-frames.ts";
import { type Mnist, openMnist } from "../datasets/mnist.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { evaluate } from "../pipeline/evaluator.ts";
import { nameNeurons, train } from "../pipeline/trainer.ts";
import { VoteReadout } from "../readout/vote.ts";
import { describeSystem } from "../systems/describe-system.ts";
import { diehlCook2015 } from "../systems/diehl-cook-2015.ts";

export const TRAIN_FRAMES = 10_000;
export const TEST_FRAMES = 10_000;
const BATCH_FRAMES = 100;

export type DigitsRun = {
  readonly frames: number;
  /** CPU time of encoding, network and readout. */
  readonly cpuUs: number;
  readonly wallUs: number;
  /** Weight reads of the drive. */
  readonly synapticEvents: number;
};

/** One network that goes on learning from run to run, as a live one would. */
export class DigitsBench {
  readonly #mnist: Mnist;
  readonly #clock: Clock;
  readonly #network: SpikingNetwork;
  readonly #profile: VoteReadout;
  #next = 0;

  constructor(
    options: { readonly data: string | undefined; readonly seed: number },
    clock: Clock = systemClock,
  ) {
    this.#mnist = openMnist({ dataDir: options.data });
    this.#clock = clock;
    const description = describeSystem(diehlCook2015.name, { seed: options.seed });
    this.#network = SpikingNetwork.create(description);
    this.#profile = VoteReadout.create(description);
  }

  train(): Promise<DigitsRun> {
    const { train: part } = this.#mnist;
    const count = Math.min(TRAIN_FRAMES, part.count);
    if (this.#next + count > part.count) this.#next = 0;
    const frames$ = from(batches(part, { from: this.#next, count, size: BATCH_FRAMES }));
    this.#next += count;
    return this.#timed(() =>
      lastValueFrom(train(frames$, { network: this.#network, profile: this.#profile })),
    );
  }

  test(): Promise<DigitsRun> {
    const { test: part } = this.#mnist;
    const frames$ = from(batches(part, { count: Math.min(TEST_FRAMES, part.count), size: BATCH_FRAMES }));
    return this.#timed(() =>
      lastValueFrom(evaluate(frames$, { network: this.#network, readout: this.#profile, classes: 10 })),
    );
  }

  /** Names the neurons, so that testing decides as a finished model would. */
  async name(): Promise<void> {
    const frames$ = from(
      batches(this.#mnist.train, { count: Math.min(1000, this.#mnist.train.count), size: BATCH_FRAMES }),
    );
    await lastValueFrom(nameNeurons(frames$, { network: this.#network, readout: this.#profile }));
  }

  async #timed(work: () => Promise<{ readonly frames: number; readonly cpuUs: number }>): Promise<DigitsRun> {
    const startUs = this.#clock.nowUs();
    const eventsBefore = this.#network.synapticEvents();
    const { frames, cpuUs } = await work();
    const wallUs = this.#clock.nowUs() - startUs;
    return { frames, cpuUs, wallUs, synapticEvents: this.#network.synapticEvents() - eventsBefore };
  }
}

const orderSchema = z.object({ bench: z.literal("digits"), data: z.string().optional(), seed: z.number() });

/** As a worker: warm up, say ready, then run "train" or "test" at each message and answer with the run. */
async function serve(data: unknown): Promise<void> {
  const order = orderSchema.safeParse(data);
  const port = parentPort;
  if (!order.success || port === null) return;
  const bench = new DigitsBench({ data: order.data.data, seed: order.data.seed });
  await bench.train();
  await bench.name();
  port.on("message", async (what: unknown) => {
    port.postMessage(what === "train" ? await bench.train() : await bench.test());
  });
  port.postMessage("ready");
}

if (!isMainThread) await serve(workerData);
