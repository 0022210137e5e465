/** What the benchmark measures, row by row: medians of several runs after a warm-up. */

import { once } from "node:events";
import { availableParallelism, cpus } from "node:os";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { type Clock, systemClock } from "../core/clock.ts";
import { native } from "../native/binding.ts";
import { DigitsBench, type DigitsRun } from "./bench-digits.ts";
import { PUBLISHED_TEST_FPS, PUBLISHED_TRAIN_FPS } from "./learn.ts";

export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with, or null. */
  readonly reference: number | null;
  /** value ÷ reference, or null. */
  readonly ratio: number | null;
  readonly note: string;
};

export type BenchOptions = { readonly runs: number; readonly data: string | undefined };
export type Tick = (done: string) => void;

const GIGA = 1e9;
const FLOAT_BYTES = 4;
/** Half of the smallest second-level cache in use; a Raspberry Pi 5's has 512 KiB a core. */
const L2_BYTES = 256 * 1024;
/** Far beyond every last-level cache. */
const MEMORY_BYTES = 512 * 1024 * 1024;
const PROBE_BYTES = 1024 * 1024 * 1024;

export const median = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

export const row = (
  name: string,
  value: number,
  unit: string,
  reference: number | null,
  note: string,
): BenchRow => ({
  name,
  value,
  unit,
  reference,
  ratio: reference === null ? null : value / reference,
  note,
});

export function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? "unknown",
    cores: availableParallelism(),
    arch: process.arch,
    node: process.version,
    kernels: native.kernelNames(),
  };
}

/** Bytes a second that one core reads from an array of this size, by the access the network's drive makes. */
function readBandwidth(bytes: number, runs: number, clock: Clock): number {
  const data = new Float32Array(bytes / FLOAT_BYTES).fill(1);
  const repeats = Math.max(1, Math.round(PROBE_BYTES / bytes));
  native.sumAll(data, 1);
  const rates = Array.from({ length: runs }, () => {
    const startUs = clock.cpuUs();
    native.sumAll(data, repeats);
    return (bytes * repeats) / ((clock.cpuUs() - startUs) / 1e6);
  });
  return median(rates);
}

const perCpuSecond = (run: DigitsRun) => run.frames / (run.cpuUs / 1e6);
const updatesPerCpuSecond = (run: DigitsRun) => run.synapticEvents / (run.cpuUs / 1e6);

export function bandwidthRows({ runs }: BenchOptions, tick: Tick, clock: Clock = systemClock): BenchRow[] {
  const l2 = readBandwidth(L2_BYTES, runs, clock) / GIGA;
  tick("l2");
  const memory = readBandwidth(MEMORY_BYTES, runs, clock) / GIGA;
  tick("memory");
  return [
    row("memory.read", memory, "GB/s", null, "512 MiB, one core"),
    row("l2.read", l2, "GB/s", null, "256 KiB, one core"),
  ];
}

export async function digitsRows({ runs, data }: BenchOptions, l2: number, tick: Tick): Promise<BenchRow[]> {
  const bench = new DigitsBench({ data, seed: 7 });
  await bench.train();
  await bench.name();
  tick("warm-up");
  const trained: DigitsRun[] = [];
  const tested: DigitsRun[] = [];
  for (let run = 0; run < runs; run++) {
    trained.push(await bench.train());
    tested.push(await bench.test());
    tick(`run ${run + 1}`);
  }
  const share = (list: readonly DigitsRun[]) => (median(list.map(updatesPerCpuSecond)) * FLOAT_BYTES) / GIGA;
  const train = median(trained.map(perCpuSecond));
  const test = median(tested.map(perCpuSecond));
  const what = "400 neurons, 350 steps of 1 ms, per CPU second";
  return [
    row("dc400.train", train, "frames/s", PUBLISHED_TRAIN_FPS, what),
    row("dc400.test", test, "frames/s", PUBLISHED_TEST_FPS, what),
    row(
      "dc400.train.updates",
      median(trained.map(updatesPerCpuSecond)),
      "synapses/s",
      null,
      "weight reads of the drive",
    ),
    row(
      "dc400.test.updates",
      median(tested.map(updatesPerCpuSecond)),
      "synapses/s",
      null,
      "weight reads of the drive",
    ),
    row("dc400.train.bytes", share(trained), "GB/s", l2, "of the measured L2 bandwidth"),
    row("dc400.test.bytes", share(tested), "GB/s", l2, "of the measured L2 bandwidth"),
  ];
}

const runSchema = z.object({
  frames: z.number(),
  cpuUs: z.number(),
  wallUs: z.number(),
  synapticEvents: z.number(),
});

async function runBoth(workers: readonly Worker[], what: "train" | "test", clock: Clock): Promise<number> {
  const startUs = clock.nowUs();
  const answers = workers.map(async (worker) => {
    const [answer] = await once(worker, "message");
    return runSchema.parse(answer).frames;
  });
  for (const worker of workers) worker.postMessage(what);
  const frames = (await Promise.all(answers)).reduce((sum, count) => sum + count, 0);
  return frames / ((clock.nowUs() - startUs) / 1e6);
}

/** Two networks at once in two threads: frames of both per second of wall time. */
export async function twoCoreRows(
  { runs, data }: BenchOptions,
  tick: Tick,
  clock: Clock = systemClock,
): Promise<BenchRow[]> {
  const workers = [7, 8].map(
    (seed) =>
      new Worker(new URL("./bench-digits.js", import.meta.url), {
        workerData: { bench: "digits", data, seed },
      }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
    tick("warm-up, two cores");
    const train: number[] = [];
    const test: number[] = [];
    for (let run = 0; run < runs; run++) {
      train.push(await runBoth(workers, "train", clock));
      test.push(await runBoth(workers, "test", clock));
      tick(`run ${run + 1}, two cores`);
    }
    const what = "two networks in two threads, per second of wall time";
    return [
      row("dc400.train.2cores", median(train), "frames/s", PUBLISHED_TRAIN_FPS, what),
      row("dc400.test.2cores", median(test), "frames/s", PUBLISHED_TEST_FPS, what),
    ];
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
