/** Small worlds on disk for the program: MNIST's four files with ten shapes, and a folder of event recordings. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../src/core/random.ts";
import { idxBytes } from "../datasets/idx-bytes.ts";
import { nmnistBytes, type Word } from "../formats/nmnist-bytes.ts";

const SIDE = 28;
const near = (a: number, b: number, width = 2) => Math.abs(a - b) <= width;
const inside = (x: number, y: number, left: number, top: number) =>
  x >= left && x < left + 9 && y >= top && y < top + 9;

/** Ten shapes that nobody confuses: is the pixel at x, y lit? */
const SHAPES: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => near(Math.hypot(x - 14, y - 14), 9),
  (x, y) => near(x, 14) && near(y, 14, 11),
  (x, y) => near(y, 14) && near(x, 14, 11),
  (x, y) => near(x, y) && near(x, 14, 9),
  (x, y) => near(x, 27 - y) && near(x, 14, 9),
  (x, y) => inside(x, y, 2, 2),
  (x, y) => inside(x, y, 17, 2),
  (x, y) => inside(x, y, 2, 17),
  (x, y) => inside(x, y, 17, 17),
  (x) => near(x, 3, 1) || near(x, 24, 1),
];

function drawShape(label: number, random: Random): Uint8Array {
  const right = random.nextBelow(3) - 1;
  const down = random.nextBelow(3) - 1;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const isLit = SHAPES[label]?.((i % SIDE) - right, Math.floor(i / SIDE) - down) ?? false;
    return isLit && random.nextBelow(20) > 0 ? 180 + random.nextBelow(76) : 0;
  });
}

/** Writes the four IDX files of a tiny MNIST and gives its folder. */
export function writeShapes(
  folder: string,
  options: { readonly train: number; readonly test: number },
): string {
  mkdirSync(folder, { recursive: true });
  const random = Random.fromKey(20);
  for (const [prefix, count] of [
    ["train", options.train],
    ["t10k", options.test],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, () => random.nextBelow(SHAPES.length));
    const images = new Uint8Array(count * SIDE * SIDE);
    for (const [i, label] of labels.entries()) images.set(drawShape(label, random), i * SIDE * SIDE);
    writeFileSync(join(folder, `${prefix}-images-idx3-ubyte`), idxBytes([count, SIDE, SIDE], images));
    writeFileSync(join(folder, `${prefix}-labels-idx1-ubyte`), idxBytes([count], labels));
  }
  return folder;
}

/** Events of a square that moves in one corner of the sensor, a corner for each of four classes. */
export function cornerWords(
  label: number,
  options: { readonly events: number; readonly seed: number },
): Word[] {
  const random = Random.fromKey(options.seed);
  const left = (label % 2) * 17;
  const top = (label >> 1) * 17;
  const stepUs = Math.floor(300_000 / options.events);
  return Array.from({ length: options.events }, (_, i) => ({
    x: left + random.nextBelow(17),
    y: top + random.nextBelow(17),
    polarity: random.nextBelow(2),
    timeUs: i * stepUs,
  }));
}

export type Recordings = { readonly folder: string; readonly labels: string; readonly count: number };

/** Writes recordings 1.bs2 … and a labels file beside the folder. */
export function writeCorners(
  folder: string,
  options: { readonly count: number; readonly events?: number },
): Recordings {
  const { count, events = 3000 } = options;
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  for (let i = 1; i <= count; i++) {
    writeFileSync(join(folder, `${i}.bs2`), nmnistBytes(cornerWords(i % 4, { events, seed: i })));
    lines.push(`${i} ${i % 4}`);
  }
  const labels = `${folder}-labels.txt`;
  writeFileSync(labels, `${lines.join("\n")}\n`);
  return { folder, labels, count };
}
