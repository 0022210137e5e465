/** Invented snapshots for the page's tests: a stroke that moves over a small sensor. Nothing here is measured. */
import { systemClock } from "../../src/core/clock.ts";
import { ageCode, type Decision, type EventPicture, type Snapshot } from "../../src/core/telemetry.ts";
import {
  digitsLearned,
  digitsRaster,
  distanceTo,
  frameAt,
  frameEndUs,
  frameStartUs,
  labelOf,
  STROKES,
} from "./synthetic-learned.ts";

const SIZE = 34;
const SPEED_PIXELS_PER_MS = 0.06;
/** What was learned is told about twice a second. */
const LEARNED_EVERY_STEPS = 15;
/** Invented: how long ago the events of the newest frame arrived when it is told. */
const ANSWERED_AFTER_US = 4_100;

const isInk = (x: number, y: number, shift: number) => distanceTo(STROKES[7] ?? [], x - shift, y, SIZE) < 1.7;

/** The stroke drifts right: ON at its front, OFF behind it, each with the age of its last change. */
export function strokePicture(step: number): EventPicture {
  const pixels = new Int8Array(SIZE * SIZE);
  const drift = (step % 60) * 0.1 - 3;
  let [on, off] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    for (let ageMs = 0; ageMs < 90 && pixels[i] === 0; ageMs += 2) {
      const at = drift - ageMs * SPEED_PIXELS_PER_MS;
      const [now, before] = [isInk(x, y, at), isInk(x, y, at - 2 * SPEED_PIXELS_PER_MS)];
      if (now === before) continue;
      pixels[i] = (now ? 1 : -1) * ageCode(ageMs);
      if (ageMs < 33 && now) on++;
      else if (ageMs < 33) off++;
    }
  }
  // A real digit trembles: the rates rise and fall.
  const tremble = 2 + 10 * Math.sin((step * Math.PI) / 10) ** 2;
  return {
    width: SIZE,
    height: SIZE,
    sensorWidth: SIZE,
    sensorHeight: SIZE,
    pixels,
    on: Math.round(on * tremble),
    off: Math.round(0.8 * off * tremble),
  };
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

function digitsDecision(step: number): Decision {
  const frame = frameAt(step);
  const label = labelOf(frame);
  return {
    id: frame,
    label,
    margin: 0.42,
    confidence: 0.66,
    shares: DIGITS.map((_, i) => (i === label ? 0.66 : i === 9 ? 0.24 : i === 4 ? 0.05 : 0.05 / 7)),
    truth: 7,
    name: undefined,
    spikes: 23,
    group: label,
    startUs: frameStartUs(frame),
    endUs: frameEndUs(frame),
    arrivedUs: systemClock.nowUs() - ANSWERED_AFTER_US,
  };
}

export const LATENCIES: Snapshot["latencies"] = [
  { name: "encoder", p50Us: 240, p99Us: 900 },
  { name: "queue", p50Us: 110, p99Us: 2_300 },
  { name: "network", p50Us: 3_900, p99Us: 6_100 },
  { name: "readout", p50Us: 60, p99Us: 180 },
  { name: "answer", p50Us: 4_100, p99Us: 8_600 },
];

export function digitsSnapshot(step: number, changes: Partial<Snapshot> = {}): Snapshot {
  const received = 12_400_000 + step * 1373;
  const held = 500 + (step % 7) * 31;
  const frames = 84_120 + frameAt(step);
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
    decision: digitsDecision(step),
    margins: undefined,
    enough: 0.1,
    accuracy: { right: 81_933, judged: 84_120, recent: 487, recentOf: 500 },
    rewardable: "count",
    rewards: { right: 0, wrong: 0, taught: 0, missed: 0 },
    speed: {
      trainFps: 824.3,
      testFps: 1190,
      liveFps: 30 + (step % 3) * 0.4,
      load: 0.36,
      timesRealTime: 1,
    },
    latencies: LATENCIES,
    stages: [
      { name: "sensor", received, delivered: received, held: 0, ...events },
      { name: "encoder", received, delivered: received - held, held, ...events },
      { name: "queue", received: frames, delivered: frames, held: 0, limit: 8, unit: "frames", dropped: {} },
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
    raster: digitsRaster(step),
    wave: undefined,
    learned: step % LEARNED_EVERY_STEPS === 0 ? digitsLearned(step) : undefined,
    ...changes,
  };
}

/** Something was lost before the page came, and nothing since. */
export function lostSnapshot(step: number): Snapshot {
  const snapshot = digitsSnapshot(step);
  const stages = snapshot.stages.map((stage, i) =>
    i === 0 ? { ...stage, received: stage.received + 48_213, dropped: { "queue full": 48_213 } } : stage,
  );
  return { ...snapshot, stages };
}

export const LONG_NAMES = [
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

const fullLearned = (step: number) => {
  const learned = digitsLearned(step, { neurons: 1_234_567_890, changePerMinute: 99.99 });
  const groups = learned.groups.map((group, i) => ({ ...group, name: LONG_NAMES[i % LONG_NAMES.length] }));
  return { ...learned, groups };
};

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
      group: 7,
      startUs: frameStartUs(frameAt(step)),
      endUs: frameEndUs(frameAt(step)),
      arrivedUs: systemClock.nowUs() - 950_000,
    },
    accuracy: { right: 1_134_567_890, judged: 1_234_567_890, recent: 500, recentOf: 500 },
    speed: { trainFps: 49_000, testFps: 61_234, liveFps: 58_000, load: 1, timesRealTime: 9_999 },
    latencies: LATENCIES.map((one) => ({ ...one, p50Us: 888_888, p99Us: 99_999_999 })),
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
      sensorWidth: 1280,
      sensorHeight: 720,
      pixels: Int8Array.from({ length: 320 * 180 }, (_, i) =>
        (i * 7919) % 97 === 0 ? 100 + (i % 27) : (i * 104729) % 89 === 0 ? -115 : 0,
      ),
      on: 16_000_000,
      off: 17_000_000,
    },
    learned: step % LEARNED_EVERY_STEPS === 0 ? fullLearned(step) : undefined,
  });
}
