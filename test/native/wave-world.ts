/** Small wave networks for the native tests: parameters to start from, pictures, and what a call gives back. */
import type { Random } from "../../src/core/random.ts";
import type { NativeWaveNetwork, NativeWaveParams, NativeWaveState } from "../../src/native/binding.ts";
import { waveShape } from "../../src/network/wave-shape.ts";
import type { Named } from "./world.ts";

/** A small network that speaks: five to six spikes over fresh weights bring a map over its lower threshold. */
export function waveParamsWith(overrides: Partial<NativeWaveParams> = {}): NativeWaveParams {
  return {
    width: 12,
    height: 10,
    seed: 1,
    maps: 5,
    window: 5,
    pad: 2,
    maxSpikes: 80,
    cell: 3,
    sigmaCentre: 1,
    sigmaSurround: 2,
    contrast: 0.02,
    thresholds: Float64Array.of(4, 6.5),
    initialMean: 0.8,
    initialStd: 0.05,
    learningThreshold: 5,
    thetaPlus: 0.1,
    aPlus: 0.01,
    aPlusMax: 0.15,
    aRatio: 0.75,
    doublingFrames: 4,
    winners: 3,
    inhibitionRadius: 2,
    ...overrides,
  };
}

export function emptyWaveState(params: NativeWaveParams): NativeWaveState {
  return {
    weights: new Float32Array(waveShape(params).taps * params.maps),
    theta: new Float32Array(params.maps),
    counters: new Uint32Array(2),
  };
}

export function waveStateOf(
  network: Pick<NativeWaveNetwork, "readState">,
  params: NativeWaveParams,
): NativeWaveState {
  const state = emptyWaveState(params);
  network.readState(state);
  return state;
}

/** Soft bars and dots on a grey ground, brighter and darker than it. */
export function drawFrames(params: NativeWaveParams, frames: number, random: Random): Uint8Array {
  const { width, height } = params;
  const pixels = new Uint8Array(frames * width * height).fill(90);
  for (let frame = 0; frame < frames; frame++) {
    for (let bar = 0; bar < 3; bar++) {
      let [x, y] = [random.nextBelow(width), random.nextBelow(height)];
      const [stepX, stepY] = [random.nextBelow(3) - 1, random.nextBelow(3) - 1];
      const value = random.nextBelow(256);
      for (let k = 0; k < 8; k++, x += stepX, y += stepY) {
        const at = ((y + height) % height) * width + ((x + width) % width);
        if (at >= 0) pixels[frame * width * height + at] = value;
      }
    }
  }
  return pixels;
}

type Presenting = Pick<NativeWaveNetwork, "presentImages" | "learnImages" | "encodeImages">;

export function presentWave(network: Presenting, params: NativeWaveParams, pixels: Uint8Array): Named {
  const shape = waveShape(params);
  const frames = pixels.length / shape.pixels;
  const list = () => new Uint16Array(frames * shape.mostFeatures);
  const [feature, x, y, rank] = [list(), list(), list(), list()] as const;
  const inputSpikes = new Uint32Array(frames);
  const counts = new Uint8Array(frames * shape.counts);
  const offsets = new Uint32Array(frames + 1);
  network.presentImages(pixels, inputSpikes, counts, offsets, feature, x, y, rank);
  return { inputSpikes, counts, offsets, feature, x, y, rank };
}

export function learnWave(network: Presenting, params: NativeWaveParams, pixels: Uint8Array): Named {
  const frames = pixels.length / waveShape(params).pixels;
  const inputSpikes = new Uint32Array(frames);
  const winnerMap = new Uint16Array(frames * params.winners);
  network.learnImages(pixels, inputSpikes, winnerMap);
  return { inputSpikes, winnerMap };
}

export function encodeFrames(network: Presenting, params: NativeWaveParams, pixels: Uint8Array): Named {
  const frames = pixels.length / waveShape(params).pixels;
  const room = frames * params.maxSpikes;
  const offsets = new Uint32Array(frames + 1);
  const [x, y, channel] = [new Uint16Array(room), new Uint16Array(room), new Uint8Array(room)] as const;
  network.encodeImages(pixels, offsets, x, y, channel);
  return { offsets, x, y, channel };
}
