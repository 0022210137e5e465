/**
 * Prints SHA-256 digests of the native networks after fixed runs on synthetic images, as JSON: the same on every
 * machine. `--write` makes them the expected ones (test/native/digest.json); `--check` compares and exits 1 if they
 * differ. Needs dist/ and the addon, no packages of its own, so that it runs under emulation too.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const EXPECTED = new URL("../test/native/digest.json", import.meta.url);

const SIDE = 12;
const FRAMES = 12;
const NEURONS = 205;

/** Small, so that emulation thirty times slower is done in seconds; every rule, storage and competition is in. */
const RULES = {
  "post-target-soft": { rule: "post-target", eta: 0.05, xTarget: 0.2, mu: 1, tauPreMs: 20 },
  "post-target-hard": { rule: "post-target", eta: 0.02, xTarget: 0.2, mu: 0, tauPreMs: 20 },
  pair: { rule: "pair", etaPre: 0.001, etaPost: 0.02, tauPreMs: 20, tauPostMs: 15 },
  triplet: { rule: "triplet", etaPre: 0.001, etaPost: 0.05, tauPreMs: 20, tauPostMs: 15, tauPost2Ms: 40 },
};

/** @returns the description of a small network for images of SIDE×SIDE pixels */
function describeModel(plasticity, weights) {
  return {
    format: "spikeline-model",
    version: 1,
    system: "digest",
    seed: 20_150_803,
    input: { width: SIDE, height: SIDE },
    encoder: { kind: "poisson", maxRateHz: 63.75, brighterHz: 31.875 },
    layers: [
      {
        kind: "clocked",
        inputs: SIDE * SIDE,
        neurons: NEURONS,
        dtMs: 0.5,
        neuron: {
          tauMemMs: 100,
          vLeakMv: -65,
          vResetMv: -60,
          vThresholdMv: -52,
          vExcitatoryMv: 0,
          vInhibitoryMv: -100,
          refractoryMs: 5,
          thetaPlusMv: 0.3,
          thetaInitialMv: 2,
          tauThetaMs: 1e5,
        },
        synapses: { weights, wMax: 1, initialMax: 0.3, gain: 0.08, normalisedSum: SIDE * SIDE * 0.1 },
        plasticity,
        competition: { kind: plasticity.rule === "pair" ? "hard" : "soft", inhibition: 0.8 },
        presentation: { durationMs: 100, restMs: 30, minSpikes: 3, maxRepeats: 2 },
      },
    ],
    readout: { kind: "vote", vote: "majority", classNames: ["none"] },
    provenance: { createdAt: "", spikelineVersion: "", dataset: "synthetic", framesSeen: 0 },
    accuracy: [],
  };
}

/** Fills no vector and no cell. */
const ODD = {
  width: 33,
  height: 21,
  maps: 70,
  window: 4,
  pad: 1,
  cell: 5,
  thresholds: [2.5, 4, 5.5],
  theta: 5,
};
/** Wave layers: the flagship's shape, the odd one, and other ways to make spikes. */
const WAVES = {
  "wave-digits": { width: 28, height: 28, maps: 128, window: 7, pad: 3, cell: 4, thresholds: [17, 22.1] },
  "wave-odd": ODD,
  "wave-bins": { ...ODD, latencyBins: 12 },
  "wave-oriented": {
    width: 30,
    height: 27,
    maps: 20,
    window: 5,
    pad: 2,
    cell: 4,
    thresholds: [4],
    theta: 5,
    gabor: {
      orientations: 4,
      size: 5,
      pool: 3,
      stride: 2,
      inhibition: Float64Array.of(0.15, 0.12, 0.1, 0.07, 0.05),
    },
  },
};
const WAVE_FRAMES = 6;

/** Further layers over the second of these: as published, and with overlapping cells and no competition. */
const LAYERS = {
  "wave-layer-first": { maps: 100, pool: 2, poolStride: 2, window: 5, pad: 2, firstOnly: 1, thresholds: [6] },
  "wave-layer-all": {
    maps: 37,
    pool: 3,
    poolStride: 2,
    window: 3,
    pad: 1,
    firstOnly: 0,
    thresholds: [30, 110],
  },
};

function describeWave({ thresholds, theta = 20, ...shape }) {
  return {
    ...shape,
    thresholds: Float64Array.from(thresholds),
    seed: 20_180_301,
    maxSpikes: 512,
    sigmaCentre: 1,
    sigmaSurround: 2,
    contrast: 0.02,
    initialMean: 0.8,
    initialStd: 0.05,
    learningThreshold: theta,
    thetaPlus: 0.1,
    aPlus: 0.05,
    aPlusMax: 0.15,
    aRatio: 0.75,
    doublingFrames: 4,
    winners: 5,
    inhibitionRadius: 2,
  };
}

function describeLayer({ thresholds, ...shape }, below, { positionsX: width, positionsY: height, features }) {
  const { seed, ...plasticity } = below;
  return {
    ...plasticity,
    ...shape,
    width,
    height,
    channels: features,
    seed: seed + 1,
    thresholds: Float64Array.from(thresholds),
    learningThreshold: 6,
  };
}

/** Bars at random places and angles on black. */
function drawImages(random) {
  const pixels = new Uint8Array(FRAMES * SIDE * SIDE);
  for (let frame = 0; frame < FRAMES; frame++) {
    const [stepX, stepY] = [random.nextBelow(5) - 2, 1 + random.nextBelow(2)];
    let [x, y] = [random.nextBelow(SIDE), 0];
    for (; y < SIDE; x += stepX, y += stepY) {
      for (let k = 0; k < 3; k++) {
        const at = frame * SIDE * SIDE + y * SIDE + ((x + k + 2 * SIDE) % SIDE);
        pixels[at] = 128 + random.nextBelow(128);
      }
    }
  }
  return pixels;
}

/**
 * Runs everything.
 * @param parts SpikingNetwork and Random, from dist/ or from the sources
 * @returns by name of the run: output spikes, and digests of the counts, weights and thetas
 */
export function runDigests({ SpikingNetwork, Random }) {
  const pixels = drawImages(Random.fromKey(12));
  const digests = {};
  for (const [rule, plasticity] of Object.entries(RULES)) {
    for (const weights of ["float32", "uint8"]) {
      const network = SpikingNetwork.create(describeModel(plasticity, weights));
      const { counts } = network.presentImages(pixels, { frames: FRAMES, learn: true });
      const tensors = network.tensors();
      network.dispose();
      digests[`${rule}-${weights}`] = {
        spikes: counts.reduce((total, count) => total + count, 0),
        counts: sha256(counts),
        weights: sha256(tensors.get("layer0.weights").data),
        scale: sha256(tensors.get("layer0.scale").data),
        theta: sha256(tensors.get("layer0.theta").data),
      };
    }
  }
  return digests;
}

/**
 * Runs the wave networks.
 * @param parts the addon, waveShape and Random, from dist/ or from the sources
 * @returns by name of the run: feature spikes, and digests of them, of the counts, weights and thresholds
 */
export function runWaveDigests({ native, waveShape, Random }) {
  const digests = {};
  for (const [name, shape] of Object.entries(WAVES)) {
    const params = describeWave(shape);
    const { pixels, counts, mostFeatures, taps } = waveShape(params);
    const random = Random.fromKey(28);
    const images = Uint8Array.from({ length: WAVE_FRAMES * pixels }, () => random.nextBelow(256));
    const network = new native.WaveNetwork(params);
    network.learnImages(images, new Uint32Array(WAVE_FRAMES), new Uint16Array(WAVE_FRAMES * params.winners));
    const pooled = new Uint8Array(WAVE_FRAMES * counts);
    const offsets = new Uint32Array(WAVE_FRAMES + 1);
    const lists = Array.from({ length: 4 }, () => new Uint16Array(WAVE_FRAMES * mostFeatures));
    network.presentImages(images, new Uint32Array(WAVE_FRAMES), pooled, offsets, ...lists);
    const weights = new Float32Array(taps * params.maps);
    const theta = new Float32Array(params.maps);
    network.readState({ weights, theta, counters: new Uint32Array(2) });
    network.dispose();
    digests[name] = {
      spikes: offsets[WAVE_FRAMES],
      counts: sha256(pooled),
      weights: sha256(weights),
      features: sha256(Uint16Array.from(lists.flatMap((list) => [...list]))),
      theta: sha256(theta),
    };
  }
  return digests;
}

/**
 * Runs further layers over a wave network's spikes.
 * @param parts the addon, waveShape, waveLayerShape and Random, from dist/ or from the sources
 * @returns by name of the run: feature spikes, and digests of them, of the winners, weights and thresholds
 */
export function runLayerDigests({ native, waveShape, waveLayerShape, Random }) {
  const below = describeWave(WAVES["wave-odd"]);
  const shape = waveShape(below);
  const random = Random.fromKey(29);
  const images = Uint8Array.from({ length: WAVE_FRAMES * shape.pixels }, () => random.nextBelow(256));
  const room = (most) => [
    new Uint32Array(WAVE_FRAMES + 1),
    ...Array.from({ length: 4 }, () => new Uint16Array(WAVE_FRAMES * most)),
  ];
  const spikes = room(shape.mostFeatures);
  const network = new native.WaveNetwork(below);
  network.presentImages(images, new Uint32Array(WAVE_FRAMES), new Uint8Array(0), ...spikes);
  network.dispose();
  const digests = {};
  for (const [name, described] of Object.entries(LAYERS)) {
    const params = describeLayer(described, below, shape);
    const { mostFeatures, taps } = waveLayerShape(params);
    const layer = new native.WaveLayer(params);
    const winners = new Uint16Array(WAVE_FRAMES * params.winners);
    layer.learnSpikes(...spikes, winners);
    const said = room(mostFeatures);
    layer.presentSpikes(...spikes, ...said);
    const weights = new Float32Array(taps * params.maps);
    const theta = new Float32Array(params.maps);
    layer.readState({ weights, theta, counters: new Uint32Array(2) });
    layer.dispose();
    digests[name] = {
      spikes: said[0][WAVE_FRAMES],
      winners: sha256(winners),
      weights: sha256(weights),
      features: sha256(Uint16Array.from(said.slice(1).flatMap((list) => [...list]))),
      theta: sha256(theta),
    };
  }
  return digests;
}

function sha256(array) {
  return createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
}

async function main() {
  const [{ SpikingNetwork }, { native }, { waveLayerShape, waveShape }, { Random }] = await Promise.all([
    import("../dist/network/spiking-network.js"),
    import("../dist/native/binding.js"),
    import("../dist/network/wave-shape.js"),
    import("../dist/core/random.js"),
  ]);
  const digests = {
    ...runDigests({ SpikingNetwork, Random }),
    ...runWaveDigests({ native, waveShape, Random }),
    ...runLayerDigests({ native, waveShape, waveLayerShape, Random }),
  };
  const json = `${JSON.stringify(digests, null, 2)}\n`;
  if (argv.includes("--write")) writeFileSync(EXPECTED, json);
  process.stdout.write(json);
  if (!argv.includes("--check") || json === readFileSync(EXPECTED, "utf8")) return;
  process.stderr.write("Expected the digests of test/native/digest.json, but this machine gives others.\n");
  process.exitCode = 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
