// Measures diehl-cook-2015 on the whole of MNIST for several seeds and sizes: the README's accuracy table.
// One pass over the 60,000 training digits, neurons named with all of them, judged on the 10,000 test digits.
//
// usage: node scripts/measure-mnist.mjs [neurons,neurons,… [seed,seed,…]]        (after npm ci; about 20 s a run)
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const numbers = (text) => text.split(",").map(Number);
const [sizes = "100,400", seeds = "1,2,3"] = process.argv.slice(2);

async function spikeline(...words) {
  const { stdout } = await run(process.execPath, [program, ...words, "--json", "--quiet"]);
  return JSON.parse(stdout);
}

const folder = await mkdtemp(join(tmpdir(), "spikeline-measure-"));
try {
  for (const neurons of numbers(sizes)) {
    const accuracies = [];
    for (const seed of numbers(seeds)) {
      const file = join(folder, `${neurons}-${seed}.safetensors`);
      const trained = await spikeline(
        "train",
        "diehl-cook-2015",
        "--neurons",
        String(neurons),
        "--seed",
        String(seed),
        "--out",
        file,
      );
      const judged = await spikeline("eval", file, "--dataset", "mnist");
      accuracies.push(100 * judged.accuracy);
      const { trainFps } = trained;
      const { accuracy, testFps } = judged;
      process.stdout.write(
        `${JSON.stringify({ neurons, seed, accuracy, trainFps: Math.round(trainFps), testFps: Math.round(testFps) })}\n`,
      );
    }
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
    const spread = Math.sqrt(
      accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, accuracies.length - 1),
    );
    process.stdout.write(
      `${JSON.stringify({ neurons, seeds: accuracies.length, mean: +mean.toFixed(2), std: +spread.toFixed(2) })}\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
