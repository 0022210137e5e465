/** Small further layers of wave networks for the native tests: parameters, spikes, and what a call gives back. */
import type { Random } from "../../src/core/random.ts";
import type {
  NativeWaveLayer,
  NativeWaveLayerParams,
  NativeWaveSpikes,
  NativeWaveState,
} from "../../src/native/binding.ts";
import { waveLayerShape } from "../../src/network/wave-shape.ts";
import type { Named } from "./world.ts";

/** A small layer that speaks: five spikes over fresh weights bring a map over its lower threshold. */
export function layerParamsWith(overrides: Partial<NativeWaveLayerParams> = {}): NativeWaveLayerParams {
  return {
    width: 11,
    height: 9,
    channels: 4,
    seed: 1,
    maps: 6,
    pool: 2,
    poolStride: 2,
    window: 3,
    pad: 1,
    firstOnly: 1,
    thresholds: Float64Array.of(3.5, 5),
    initialMean: 0.8,
    initialStd: 0.05,
    learningThreshold: 4,
    thetaPlus: 0.1,
    aPlus: 0.01,
    aPlusMax: 0.15,
    aRatio: 0.75,
    doublingFrames: 4,
    winners: 3,
    inhibitionRadius: 1,
    ...overrides,
  };
}

/** Spikes at random places, up to `most` a frame; a third of them at the time of the one before. */
export function drawSpikes(
  { channels, width, height }: NativeWaveLayerParams,
  options: { readonly frames: number; readonly most?: number; readonly random: Random },
): NativeWaveSpikes {
  const { frames, most = 60, random } = options;
  const offsets = new Uint32Array(frames + 1);
  for (let frame = 0; frame < frames; frame++)
    offsets[frame + 1] = (offsets[frame] ?? 0) + random.nextBelow(most + 1);
  const spikes = offsets.at(-1) ?? 0;
  const draw = (below: number) => Uint16Array.from({ length: spikes }, () => random.nextBelow(below));
  const rank = draw(3);
  for (let frame = 0; frame < frames; frame++) {
    let now = 0;
    for (let k = offsets[frame] ?? 0; k < (offsets[frame + 1] ?? 0); k++) {
      now += rank[k] ?? 0;
      rank[k] = now;
    }
  }
  return [offsets, draw(channels), draw(width), draw(height), rank];
}

export function emptyLayerState(params: NativeWaveLayerParams): NativeWaveState {
  return {
    weights: new Float32Array(waveLayerShape(params).taps * params.maps),
    theta: new Float32Array(params.maps),
    counters: new Uint32Array(2),
  };
}

export function layerStateOf(
  layer: Pick<NativeWaveLayer, "readState">,
  params: NativeWaveLayerParams,
): NativeWaveState {
  const state = emptyLayerState(params);
  layer.readState(state);
  return state;
}

/** Room for what a layer says of so many frames. */
export function roomFor(params: NativeWaveLayerParams, frames: number): NativeWaveSpikes {
  const list = () => new Uint16Array(frames * waveLayerShape(params).mostFeatures);
  return [new Uint32Array(frames + 1), list(), list(), list(), list()];
}

type Presenting = Pick<NativeWaveLayer, "presentSpikes" | "learnSpikes">;

export function presentLayer(
  layer: Presenting,
  params: NativeWaveLayerParams,
  spikes: NativeWaveSpikes,
): Named {
  const room = roomFor(params, spikes[0].length - 1);
  layer.presentSpikes(...spikes, ...room);
  const [offsets, feature, x, y, rank] = room;
  return { offsets, feature, x, y, rank };
}

export function learnLayer(
  layer: Presenting,
  params: NativeWaveLayerParams,
  spikes: NativeWaveSpikes,
): Named {
  const winnerMap = new Uint16Array((spikes[0].length - 1) * params.winners);
  layer.learnSpikes(...spikes, winnerMap);
  return { winnerMap };
}
