/** Invented receptive fields and spikes for the page's tests: digits as strokes. Nothing here is measured. */
import type { Learned, NeuronGroup, Raster } from "../../src/core/telemetry.ts";

type Stroke = ReadonlyArray<readonly [number, number]>;

/** The ten digits as lines through unit coordinates. */
export const STROKES: readonly Stroke[] = [
  [
    [0.5, 0.16],
    [0.7, 0.3],
    [0.7, 0.7],
    [0.5, 0.84],
    [0.3, 0.7],
    [0.3, 0.3],
    [0.5, 0.16],
  ],
  [
    [0.42, 0.3],
    [0.56, 0.16],
    [0.5, 0.84],
  ],
  [
    [0.3, 0.3],
    [0.5, 0.16],
    [0.7, 0.32],
    [0.3, 0.82],
    [0.74, 0.82],
  ],
  [
    [0.3, 0.2],
    [0.68, 0.24],
    [0.46, 0.46],
    [0.7, 0.66],
    [0.5, 0.84],
    [0.28, 0.76],
  ],
  [
    [0.62, 0.84],
    [0.62, 0.16],
    [0.26, 0.62],
    [0.78, 0.62],
  ],
  [
    [0.7, 0.18],
    [0.36, 0.18],
    [0.34, 0.48],
    [0.68, 0.5],
    [0.68, 0.76],
    [0.3, 0.82],
  ],
  [
    [0.66, 0.18],
    [0.36, 0.44],
    [0.34, 0.74],
    [0.6, 0.82],
    [0.66, 0.58],
    [0.36, 0.56],
  ],
  [
    [0.28, 0.22],
    [0.74, 0.22],
    [0.44, 0.84],
  ],
  [
    [0.5, 0.48],
    [0.32, 0.32],
    [0.5, 0.16],
    [0.68, 0.32],
    [0.32, 0.68],
    [0.5, 0.84],
    [0.68, 0.68],
    [0.5, 0.48],
  ],
  [
    [0.66, 0.42],
    [0.38, 0.46],
    [0.36, 0.22],
    [0.66, 0.2],
    [0.64, 0.5],
    [0.54, 0.84],
  ],
];

/** Pixels from a point to a stroke drawn on a square of `size`. */
export function distanceTo(stroke: Stroke, x: number, y: number, size: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < stroke.length; i++) {
    const [a, b] = [stroke[i - 1] ?? [0, 0], stroke[i] ?? [0, 0]];
    const [ax, ay, dx, dy] = [a[0] * size, a[1] * size, (b[0] - a[0]) * size, (b[1] - a[1]) * size];
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx ** 2 + dy ** 2)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

const FIELD = 28;
const GROUPS = 40;
const NEURONS = 400;
const ROWS = 200;
/** The last groups have no name, the very last have learned nothing. */
const NAMED = 37;
const FORMED = 38;

/** A fixed invented share of 0..1 for whole numbers. */
const noise = (i: number) => (((Math.sin(i * 127.1) * 43758.5453) % 1) + 1) % 1;

function field(group: number, planes: 1 | 2): Uint8Array {
  const pixels = new Uint8Array(planes * FIELD * FIELD);
  const stroke = STROKES[group % 10] ?? [];
  const lean = (noise(group) - 0.5) * 6;
  for (let i = 0; i < FIELD * FIELD; i++) {
    const [x, y] = [i % FIELD, Math.floor(i / FIELD)];
    const sheared = x - lean * (y / FIELD - 0.5);
    const at = (shift: number) => Math.exp(-((distanceTo(stroke, sheared + shift, y, FIELD) / 1.6) ** 2));
    for (let plane = 0; plane < planes; plane++) {
      const formed = at(planes === 1 ? 0 : plane === 0 ? 1.2 : -1.2);
      const grain = 0.12 * noise(i * 7 + plane + group * 31);
      const value = group < FORMED ? Math.min(1, formed + grain) : noise(i + plane * 977 + group * 3571);
      pixels[plane * FIELD * FIELD + i] = Math.round(255 * value);
    }
  }
  return pixels;
}

const fieldsOf = new Map<number, Uint8Array>();

function fields(planes: 1 | 2): Uint8Array {
  const known = fieldsOf.get(planes);
  if (known !== undefined) return known;
  const made = new Uint8Array(GROUPS * planes * FIELD * FIELD);
  for (let group = 0; group < GROUPS; group++) made.set(field(group, planes), group * planes * FIELD * FIELD);
  fieldsOf.set(planes, made);
  return made;
}

/** What a network of 400 neurons in forty groups has learned; `changes` for what a test is about. */
export function digitsLearned(revision: number, changes: Partial<Learned> = {}): Learned {
  const groups: NeuronGroup[] = Array.from({ length: GROUPS }, (_, group) => ({
    name: group < NAMED ? String(group % 10) : undefined,
    isGiven: false,
    neurons: NEURONS / GROUPS,
    share: (0.2 + 0.8 * noise(group + 5)) / 24,
    isForming: group >= FORMED,
  }));
  return {
    revision,
    kind: "groups",
    groups,
    neurons: NEURONS,
    groupOfRow: Uint16Array.from({ length: ROWS }, (_, row) => Math.floor(row / (ROWS / GROUPS))),
    planes: 2,
    width: FIELD,
    height: FIELD,
    fields: fields(changes.planes ?? 2),
    features: undefined,
    changePerMinute: 0.008,
    ...changes,
  };
}

/** A frame of 300 ms and a pause of 30 ms, in steps of 33 ms. */
export const STEPS_PER_FRAME = 10;
const FRAME_US = 300_000;
const PERIOD_US = 330_000;
const BIN_US = 5000;

/** The frame that is newest at a step: it is told when it is over. */
export const frameAt = (step: number) => Math.floor(step / STEPS_PER_FRAME);
export const frameStartUs = (frame: number) => frame * PERIOD_US;
export const frameEndUs = (frame: number) => frame * PERIOD_US + FRAME_US;
/** Sevens, and every third a one. */
export const labelOf = (frame: number) => (frame % 3 < 2 ? 7 : 1);

/** The spikes of the frame that ends at this step, or undefined at all others. */
export function digitsRaster(step: number): Raster | undefined {
  if (step % STEPS_PER_FRAME !== 0) return undefined;
  const frame = frameAt(step);
  const label = labelOf(frame);
  const spikes: Array<readonly [offsetUs: number, row: number]> = [];
  for (let row = 0; row < ROWS; row++) {
    const isSpeaking = Math.floor(row / (ROWS / GROUPS)) % 10 === label;
    for (let atMs = 0; atMs < 300; atMs += 4) {
      const chance = noise(frame * 7919 + row * 89 + atMs);
      if (chance < (isSpeaking ? 0.12 : 0.004)) spikes.push([Math.round((atMs + 3 * chance) * 1000), row]);
    }
  }
  spikes.sort((a, b) => a[0] - b[0]);
  const startUs = frameStartUs(frame);
  return {
    fromUs: startUs,
    toUs: frameStartUs(frame + 1),
    frames: [{ startUs, endUs: frameEndUs(frame), label, group: label, right: label === 7 }],
    binUs: BIN_US,
    inputs: Uint16Array.from({ length: PERIOD_US / BIN_US }, (_, bin) =>
      bin * BIN_US < FRAME_US
        ? Math.round(80 * Math.sin((bin * Math.PI * 3) / 60) ** 2 + 12 * noise(bin))
        : 0,
    ),
    offsetUs: Uint32Array.from(spikes, ([offsetUs]) => offsetUs),
    row: Uint16Array.from(spikes, ([, row]) => row),
    shownOneIn: 1,
  };
}
