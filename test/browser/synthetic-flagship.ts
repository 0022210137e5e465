/** Invented snapshots of a model with features, classes and rewards for the page's tests. Nothing here is measured. */
import type {
  FeatureMaps,
  FrameWave,
  Learned,
  MarginTrace,
  Raster,
  Snapshot,
} from "../../src/core/telemetry.ts";
import { digitsSnapshot } from "./synthetic.ts";
import {
  digitsLearned,
  digitsRaster,
  frameAt,
  frameEndUs,
  frameStartUs,
  STEPS_PER_FRAME,
} from "./synthetic-learned.ts";

const FEATURES = 32;
const FEATURE_SIDE = 7;
const MAP_SIDE = 7;
const CLASSES = 10;
const WAVE_SPIKES = 118;
const DECIDED_AT = 20;

const noise = (i: number) => (((Math.sin(i * 127.1) * 43758.5453) % 1) + 1) % 1;

/** The lead that is enough for an answer. */
const ENOUGH = 0.3;

/** How the lead grew: enough after a third, or never. */
export function marginTrace(decision: number, isSure = true): MarginTrace {
  const points = Array.from({ length: 60 }, (_, i) => i);
  const top = isSure ? 0.44 : 0.17;
  return {
    decision,
    spikes: WAVE_SPIKES,
    offsetUs: points.map((i) => 9000 + i * 4300),
    spikesSoFar: points.map((i) => 1 + 2 * i),
    margin: points.map((i) =>
      Number((top * (1 - Math.exp(-((i / 17) ** 2))) + 0.02 * noise(i + decision)).toFixed(3)),
    ),
    enough: ENOUGH,
    decidedAt: isSure ? DECIDED_AT : undefined,
  };
}

/** Edges first, then their neighbours: early features at the front of the frame. */
export function frameWave(frame: number): FrameWave {
  const order = Array.from({ length: WAVE_SPIKES }, (_, i) => i);
  return {
    decision: frame,
    startUs: frameStartUs(frame),
    durationUs: frameEndUs(frame) - frameStartUs(frame),
    features: FEATURES,
    width: MAP_SIDE,
    height: MAP_SIDE,
    offsetUs: Uint32Array.from(order, (i) => 9000 + Math.floor((i / WAVE_SPIKES) ** 1.6 * 255_000)),
    feature: Uint16Array.from(order, (i) => Math.floor(FEATURES * noise(i * 3 + frame) ** (1 + i / 200))),
    x: Uint8Array.from(order, (i) => Math.floor(MAP_SIDE * noise(i * 5 + 1))),
    y: Uint8Array.from(order, (i) => Math.floor(MAP_SIDE * noise(i * 7 + 2))),
    shownOneIn: 1,
  };
}

/** Bars at as many angles, ON at one side and OFF at the other. */
function featureMaps(): FeatureMaps {
  const size = FEATURE_SIDE * FEATURE_SIDE;
  const fields = new Uint8Array(FEATURES * 2 * size);
  for (let feature = 0; feature < FEATURES; feature++) {
    const angle = (feature * Math.PI) / 8;
    for (let i = 0; i < size; i++) {
      const [x, y] = [(i % FEATURE_SIDE) - 3, Math.floor(i / FEATURE_SIDE) - 3];
      const across = x * Math.cos(angle) + y * Math.sin(angle) - (feature >> 3) + 1.5;
      const at = feature * 2 * size + i;
      fields[at] = Math.round(255 * Math.exp(-((across + 1) ** 2)));
      fields[at + size] = Math.round(255 * Math.exp(-((across - 1) ** 2)));
    }
  }
  const share = Float32Array.from({ length: FEATURES }, (_, i) => (0.3 + noise(i)) / (0.8 * FEATURES));
  return { count: FEATURES, planes: 2, width: FEATURE_SIDE, height: FEATURE_SIDE, fields, share };
}

export function flagshipLearned(revision: number, names?: readonly string[]): Learned {
  const digits = digitsLearned(revision);
  const { planes, width, height } = digits;
  const count = names?.length ?? CLASSES;
  const groups = Array.from({ length: count }, (_, i) => ({
    name: names?.[i] ?? String(i),
    isGiven: false,
    neurons: 0,
    share: (0.3 + noise(i)) / CLASSES,
    isForming: false,
  }));
  return {
    ...digits,
    kind: "classes",
    groups,
    neurons: FEATURES,
    groupOfRow: new Uint16Array(),
    fields: digits.fields.slice(0, count * planes * width * height),
    features: featureMaps(),
  };
}

function featureRaster(step: number): Raster | undefined {
  const raster = digitsRaster(step);
  return raster && { ...raster, row: raster.row.map((row) => (row * 7) % FEATURES) };
}

/** A decision every third of a second, its margins with every snapshot and its wave with the first. */
export function flagshipSnapshot(step: number, changes: Partial<Snapshot> = {}): Snapshot {
  const frame = frameAt(step);
  const isFirst = step % STEPS_PER_FRAME === 0;
  const snapshot = digitsSnapshot(step);
  return {
    ...snapshot,
    system: "flagship-events",
    margins: marginTrace(frame),
    enough: ENOUGH,
    rewardable: "reward",
    raster: featureRaster(step),
    wave: isFirst ? frameWave(frame) : undefined,
    learned: step % 15 === 0 ? flagshipLearned(step) : undefined,
    ...changes,
  };
}
