/**
 * Prints SHA-256 digests of the native event-driven convolution after fixed lessons on synthetic events, as JSON: the
 * same on every machine. `--write` makes them the expected ones (test/native/digest-event-convolution.json); `--check`
 * compares and exits 1 if they differ. Needs dist/ and the addon, no packages of its own, so that it runs under
 * emulation too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { drawFrame, sha256 } from "./digest-surface.mjs";

const EXPECTED = new URL("../test/native/digest-event-convolution.json", import.meta.url);

const FRAMES = 4;

const LEARNING = { initialLow: 0.2, initialHigh: 0.8, rise: 0.05, fall: 0.03, thresholdRate: 0.02 };
/** The shape that is measured, and one that fills no vector, forgets often and silences neighbours. */
const CONVOLUTIONS = {
  digits: {
    ...{ width: 34, height: 34, maps: 32, radius: 2, lateral: 0, seed: 1, centre: 1 },
    ...{ tauUs: 20_000, windowUs: 20_000, threshold: 4, reset: 0, binUs: 105_000, bins: 3 },
  },
  odd: {
    ...{ width: 23, height: 17, maps: 45, radius: 3, lateral: 1, seed: 2, centre: 1 },
    ...{ tauUs: 3333.3, windowUs: 5000, threshold: 2, reset: -0.7, binUs: 50_000, bins: 2 },
  },
};

/**
 * Runs the networks.
 * @param parts the addon and Random, from dist/ or from the sources
 * @returns by name of the run: feature spikes, and digests of them, of the weights and of the thresholds
 */
export function runConvolutionDigests({ native, Random }) {
  const digests = {};
  for (const [name, shape] of Object.entries(CONVOLUTIONS)) {
    const network = new native.EventConvolution({ ...shape, ...LEARNING });
    const random = Random.fromKey(34);
    const frames = Array.from({ length: FRAMES }, () => drawFrame(shape, random));
    const events = frames[0].offsetUs.length;
    const bytes = () => new Uint8Array(events);
    const out = [new Uint32Array(events), new Uint16Array(events), bytes(), bytes()];
    for (const { offsetUs, input } of frames) network.learn(offsetUs, input, ...out);
    const features = frames.flatMap(({ offsetUs, input }) => {
      const spikes = network.present(offsetUs, input, ...out);
      return out.flatMap((list) => [...list.subarray(0, spikes)]);
    });
    const { maps, radius } = shape;
    const state = {
      weights: new Float32Array(2 * (2 * radius + 1) ** 2 * maps),
      thresholds: new Float32Array(maps),
      counters: new Uint32Array(2),
    };
    network.readState(state);
    network.dispose();
    digests[name] = {
      spikes: features.length / out.length,
      learned: state.counters[0],
      features: sha256(Uint32Array.from(features)),
      weights: sha256(state.weights),
      thresholds: sha256(state.thresholds),
    };
  }
  return digests;
}

async function main() {
  const [{ native }, { Random }] = await Promise.all([
    import("../dist/native/binding.js"),
    import("../dist/core/random.js"),
  ]);
  const json = `${JSON.stringify(runConvolutionDigests({ native, Random }), null, 2)}\n`;
  if (argv.includes("--write")) writeFileSync(EXPECTED, json);
  process.stdout.write(json);
  if (!argv.includes("--check") || json === readFileSync(EXPECTED, "utf8")) return;
  process.stderr.write(
    "Expected the digests of test/native/digest-event-convolution.json, but this machine gives others.\n",
  );
  process.exitCode = 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
