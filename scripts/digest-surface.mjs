/**
 * Prints SHA-256 digests of the native surface network after fixed lessons on synthetic events, as JSON: the same on
 * every machine. `--write` makes them the expected ones (test/native/digest-surface.json); `--check` compares and exits
 * 1 if they differ. Needs dist/ and the addon, no packages of its own, so that it runs under emulation too.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const EXPECTED = new URL("../test/native/digest-surface.json", import.meta.url);

const FRAMES = 4;
const EVENTS = 1500;

/** The flagship's shape, and one that fills no vector and forgets often. */
const SURFACES = {
  digits: {
    width: 34,
    height: 34,
    prototypes: 32,
    radius: 3,
    planes: 2,
    tauUs: 20_000,
    binUs: 105_000,
    bins: 3,
  },
  odd: { width: 23, height: 17, prototypes: 45, radius: 2, planes: 1, tauUs: 333.3, binUs: 50_000, bins: 2 },
};
const LEARNING = { centre: 1, vigilance: 0.9, rate: 0.001 };

/** Strokes that wander over the sensor, over some 0.3 s. */
export function drawFrame({ width, height }, random) {
  const offsetUs = new Uint32Array(EVENTS);
  const input = new Uint32Array(EVENTS);
  let [us, x, y] = [0, width >> 1, height >> 1];
  for (let k = 0; k < EVENTS; k++) {
    us += random.nextBelow(400);
    x = (x + random.nextBelow(3) + width - 1) % width;
    y = (y + random.nextBelow(3) + height - 1) % height;
    offsetUs[k] = us;
    input[k] = (random.nextBelow(2) * height + y) * width + x;
  }
  return { offsetUs, input };
}

/**
 * Runs the networks.
 * @param parts the addon and Random, from dist/ or from the sources
 * @returns by name of the run: feature spikes, and digests of them, of the prototypes and of their wins
 */
export function runSurfaceDigests({ native, Random }) {
  const digests = {};
  for (const [name, shape] of Object.entries(SURFACES)) {
    const network = new native.SurfaceNetwork({ ...shape, ...LEARNING });
    const random = Random.fromKey(34);
    const frames = Array.from({ length: FRAMES }, () => drawFrame(shape, random));
    const out = [
      new Uint32Array(EVENTS),
      new Uint16Array(EVENTS),
      new Uint8Array(EVENTS),
      new Uint8Array(EVENTS),
    ];
    for (const { offsetUs, input } of frames) network.learn(offsetUs, input, ...out);
    const features = frames.flatMap(({ offsetUs, input }) => {
      const spikes = network.present(offsetUs, input, ...out);
      return out.flatMap((list) => [...list.subarray(0, spikes)]);
    });
    const { prototypes, planes, radius } = shape;
    const state = {
      weights: new Float32Array(planes * (2 * radius + 1) ** 2 * prototypes),
      wins: new Uint32Array(prototypes),
      counters: new Uint32Array(2),
    };
    network.readState(state);
    network.dispose();
    digests[name] = {
      spikes: features.length / out.length,
      used: state.wins.filter((wins) => wins > 0).length,
      features: sha256(Uint32Array.from(features)),
      weights: sha256(state.weights),
      wins: sha256(state.wins),
    };
  }
  return digests;
}

export function sha256(array) {
  return createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
}

async function main() {
  const [{ native }, { Random }] = await Promise.all([
    import("../dist/native/binding.js"),
    import("../dist/core/random.js"),
  ]);
  const json = `${JSON.stringify(runSurfaceDigests({ native, Random }), null, 2)}\n`;
  if (argv.includes("--write")) writeFileSync(EXPECTED, json);
  process.stdout.write(json);
  if (!argv.includes("--check") || json === readFileSync(EXPECTED, "utf8")) return;
  process.stderr.write(
    "Expected the digests of test/native/digest-surface.json, but this machine gives others.\n",
  );
  process.exitCode = 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
