/** Invented snapshots for the page's tests: a stroke that moves over a small sensor. Nothing here is measured. */
import type { EventPicture, Snapshot } from "../../src/core/telemetry.ts";

const SIZE = 34;
/** A seven, as a line through unit coordinates. */
const STROKE: ReadonlyArray<readonly [number, number]> = [
  [0.28, 0.22],
  [0.74, 0.22],
  [0.44, 0.84],
];
const SPEED_PIXELS_PER_MS = 0.06;

function isInk(x: number, y: number, shift: number): boolean {
  for (let i = 1; i < STROKE.length; i++) {
    const [a, b] = [STROKE[i - 1] ?? [0, 0], STROKE[i] ?? [0, 0]];
    const [ax, ay, bx, by] = [a[0] * SIZE + shift, a[1] * SIZE, b[0] * SIZE + shift, b[1] * SIZE];
    const along = Math.min(
      1,
      Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)),
    );
    if (Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) < 1.7) return true;
  }
  return false;
}

/** The stroke drifts right: ON at its front, OFF behind it, each with the age of its last change. */
export function strokePicture(step: number): EventPicture {
  const pixels = new Int16Array(SIZE * SIZE);
  const drift = (step % 60) * 0.1 - 3;
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    for (let ageMs = 0; ageMs < 88 && pixels[i] === 0; ageMs += 2) {
      const at = drift - ageMs * SPEED_PIXELS_PER_MS;
      const [now, before] = [isInk(x, y, at), isInk(x, y, at - 2 * SPEED_PIXELS_PER_MS)];
      if (now !== before) pixels[i] = (now ? 1 : -1) * (255 - Math.round((ageMs * 256) / 90));
    }
  }
  return { width: SIZE, height: SIZE, pixels };
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

export function digitsSnapshot(step: number, changes: Partial<Snapshot> = {}): Snapshot {
  const label = step % 30 < 20 ? 7 : 1;
  const received = 12_400_000 + step * 1373;
  const held = 500 + (step % 7) * 31;
  const frames = 84_120 + step;
  const events = { unit: "events", dropped: {} };
  return {
    sequence: step,
    state: "running",
    message: undefined,
    source: "sim:digits",
    system: "diehl-cook-2015",
    learning: true,
    classNames: DIGITS,
    frames,
    eventsPerSecond: 41_200 + (step % 10) * 20,
    decision: {
      id: step,
      label,
      margin: 0.42,
      confidence: 0.66,
      shares: DIGITS.map((_, i) => (i === label ? 0.66 : i === 9 ? 0.24 : i === 4 ? 0.05 : 0.05 / 7)),
      truth: 7,
      name: undefined,
      spikes: 23,
    },
    accuracy: { right: 81_933, judged: 84_120, recent: 487, recentOf: 500 },
    speed: { trainFps: 824.3, testFps: 1190, liveFps: 30 + (step % 3) * 0.4, load: 0.36 },
    stages: [
      { name: "sensor", received, delivered: received, held: 0, ...events },
      { name: "encoder", received, delivered: received - held, held, ...events },
      { name: "network", received: frames, delivered: frames, held: 0, unit: "frames", dropped: {} },
      { name: "readout", received: frames, delivered: frames, held: 0, unit: "frames", dropped: {} },
      {
        name: "snapshots",
        received: step + 50,
        delivered: step + 10,
        held: 0,
        unit: "snapshots",
        dropped: { superseded: 40 },
      },
    ],
    picture: strokePicture(step),
    ...changes,
  };
}

const LONG_NAMES = [
  "circle",
  "square",
  "triangle",
  "star",
  "hexagon",
  "cross",
  "arrow",
  "an unusually long name!!",
  "bar",
  "heart",
  "spiral",
  "WWWWWWWWWWWWWWWWWWWWWWWW",
];

/** The longest of everything, with losses: what the layout has to bear. */
export function fullSnapshot(step: number): Snapshot {
  const lost = 1_000_000_000 + step;
  const received = 9_876_543_210 + step * 100;
  return digitsSnapshot(step, {
    source: "/home/somebody/recordings/a-very-long-recording-name.raw",
    system: "a-system-with-a-long-name-2026",
    learning: false,
    classNames: LONG_NAMES,
    frames: 1_234_567_890,
    eventsPerSecond: 999_400_000,
    decision: {
      id: step,
      label: 7,
      margin: 0.31,
      confidence: 0.61,
      shares: [0.3, 0, 0.06, 0, 0, 0.03, 0, 0.61],
      truth: 2,
      name: "a-very-long-recording-name.raw",
      spikes: 3,
    },
    accuracy: { right: 1_134_567_890, judged: 1_234_567_890, recent: 500, recentOf: 500 },
    speed: { trainFps: 49_000, testFps: 61_234, liveFps: 58_000, load: 1 },
    stages: [
      {
        name: "sensor",
        received,
        delivered: received - lost,
        held: 0,
        dropped: { "queue full": lost },
        unit: "events",
      },
      {
        name: "encoder",
        received: received - lost,
        delivered: received - lost - 1_234_567,
        held: 1_234_567,
        dropped: {},
        unit: "events",
      },
      {
        name: "network",
        received: 1_234_567_890,
        delivered: 1_234_567_890,
        held: 0,
        dropped: {},
        unit: "frames",
      },
      {
        name: "readout",
        received: 1_234_567_890,
        delivered: 1_234_567_890,
        held: 0,
        dropped: {},
        unit: "frames",
      },
    ],
    picture: {
      width: 320,
      height: 180,
      pixels: Int16Array.from({ length: 320 * 180 }, (_, i) =>
        (i * 7919) % 97 === 0 ? 200 + (i % 55) : (i * 104729) % 89 === 0 ? -230 : 0,
      ),
    },
  });
}
