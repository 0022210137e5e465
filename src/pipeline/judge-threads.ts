/** Measures a wave model on images with several threads at once, each with a network of its own: the same answers. */
import { Worker } from "node:worker_threads";
import { defer, finalize, from, map, mergeMap, type Observable, switchMap } from "rxjs";
import { type Clock, systemClock } from "../core/clock.ts";
import { EXIT, SpikelineError, usageError } from "../core/errors.ts";
import type { LabelledImages } from "../datasets/labelled-frames.ts";
import { encodeModel } from "../model/save.ts";
import type { WaveModel } from "../model/wave-schema.ts";
import { countAnswers, type Evaluation } from "./evaluator.ts";
import { answeredFrames } from "./wave-trainer.ts";

/** From the sources (tests) the compiled thread runs: Node 20 loads no TypeScript. */
const THREAD_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/pipeline/judge-thread.js" : "./judge-thread.js",
  import.meta.url,
);
/** Batches that a thread has at hand: with one alone it would wait for the main thread after each. */
const AT_HAND = 2;
const MOST_THREADS = 64;

export type ThreadedEvaluation = Evaluation & {
  /** Since the threads were ready, in microseconds. */
  readonly wallUs: number;
};

/**
 * Emits the evaluation so far after every batch, as `evaluateWaves` does; the last one is the result. Its CPU time is
 * that of the whole process since the threads were ready. The threads end with the subscription.
 * @throws SpikelineError EVALUATE_THREADS; emits the error JUDGE_THREAD if a thread dies
 */
export function evaluateOnThreads(
  images$: Observable<LabelledImages>,
  options: { readonly model: WaveModel; readonly threads: number; readonly url?: URL },
  clock: Clock = systemClock,
): Observable<ThreadedEvaluation> {
  const { model, threads, url = THREAD_URL } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw usageError(
      "EVALUATE_THREADS",
      `Expected 1 to ${MOST_THREADS} threads to judge on, found ${threads}.`,
    );
  }
  return defer(() => {
    const pool = new JudgeThreads(encodeModel(model), { threads, url });
    return from(pool.ready).pipe(
      switchMap(() => judgeOn(pool, { images$, classes: model.description.readout.classes, clock })),
      finalize(() => pool.end()),
    );
  });
}

function judgeOn(
  pool: JudgeThreads,
  options: { readonly images$: Observable<LabelledImages>; readonly classes: number; readonly clock: Clock },
): Observable<ThreadedEvaluation> {
  const { images$, classes, clock } = options;
  const startUs = clock.nowUs();
  let beforeUs = clock.cpuUs();
  return images$.pipe(
    mergeMap(async ({ images, labels }) => ({ labels, answers: await pool.answer(images) }), pool.atHand),
    map(({ labels, answers }) => {
      const cpuUs = clock.cpuUs() - beforeUs;
      beforeUs += cpuUs;
      return answeredFrames(labels, { answers, cpuUs });
    }),
    countAnswers(classes),
    map((evaluation) => ({ ...evaluation, wallUs: clock.nowUs() - startUs })),
  );
}

/** Threads that share the work: each batch goes to the one with the fewest at hand. */
class JudgeThreads {
  readonly ready: Promise<unknown>;
  readonly atHand: number;
  readonly #threads: readonly JudgeThread[];

  constructor(model: Uint8Array, { threads, url }: { readonly threads: number; readonly url: URL }) {
    this.#threads = Array.from({ length: threads }, () => new JudgeThread(model, url));
    this.ready = Promise.all(this.#threads.map(({ ready }) => ready));
    this.atHand = threads * AT_HAND;
  }

  answer(images: Uint8Array): Promise<Int16Array> {
    const [first, ...others] = this.#threads;
    const freest = others.reduce((best, each) => (best && best.waiting <= each.waiting ? best : each), first);
    return freest?.answer(images) ?? Promise.reject(died("there is none"));
  }

  end(): void {
    for (const thread of this.#threads) thread.end();
  }
}

type Waiting = {
  readonly resolve: (answers: Int16Array) => void;
  readonly reject: (reason: SpikelineError) => void;
};

/** A thread answers in the order of asking; its first answer, an empty one, says that it is ready. */
class JudgeThread {
  readonly ready: Promise<Int16Array>;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #death: SpikelineError | undefined;

  constructor(model: Uint8Array, url: URL) {
    this.#worker = new Worker(url, { workerData: { model } });
    this.ready = this.#next();
    this.#worker.on("message", (answers: Int16Array) => this.#waiting.shift()?.resolve(answers));
    this.#worker.once("error", (error) => this.#die(error.message));
    this.#worker.once("exit", () => this.#die("it ended"));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  answer(images: Uint8Array): Promise<Int16Array> {
    // A view would take the whole of its memory along; a Buffer's slice is one.
    const own = new Uint8Array(images);
    if (this.#death === undefined) this.#worker.postMessage(own, [own.buffer]);
    return this.#next();
  }

  end(): void {
    void this.#worker.terminate();
  }

  #next(): Promise<Int16Array> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #die(reason: string): void {
    this.#death ??= died(reason);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}

const died = (reason: string) =>
  new SpikelineError(
    "JUDGE_THREAD",
    EXIT.internal,
    `Expected every thread to judge its images to the end, but one died: ${reason}.`,
  );
