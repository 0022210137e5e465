/**
 * The handwritten digits that travel with the package (models/digits.bin, its card beside it): a small choice of
 * MNIST's training digits for the simulated camera. For learning and judging in earnest there is ./mnist.ts.
 *
 * Layout: an IDX file of images (count × 28 × 28), and behind it an IDX file of as many labels.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dataError, ioError, noInputError, systemCode } from "../core/errors.ts";
import { parseIdx } from "./idx.ts";
import type { ImagePart } from "./labelled-frames.ts";

const FILE = new URL("../../models/digits.bin", import.meta.url);
const SIDE = 28;
const CLASSES = 10;
const IMAGES_HEADER_BYTES = 16;

export function openPackagedDigits(file: string | URL = FILE): ImagePart {
  const name = file instanceof URL ? fileURLToPath(file) : file;
  return parseDigits(readBytes(file, name), name);
}

function readBytes(file: string | URL, name: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      throw noInputError(
        "DIGITS_ABSENT",
        `Expected the package's digits at ${name}, found none; install spikeline again.`,
      );
    }
    throw ioError(
      "DIGITS_READ",
      `Expected to read the package's digits at ${name}, the system answered ${systemCode(error)}.`,
      error,
    );
  }
}

function parseDigits(bytes: Uint8Array, name: string): ImagePart {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const announced = bytes.length < IMAGES_HEADER_BYTES ? 0 : view.getUint32(4);
  const imagesEnd = IMAGES_HEADER_BYTES + announced * SIDE * SIDE;
  const images = parseIdx(bytes.subarray(0, imagesEnd), { name: `in ${name} (images)`, dimensions: 3 });
  const labels = parseIdx(bytes.subarray(imagesEnd), { name: `in ${name} (labels)`, dimensions: 1 });
  const [count = 0, height, width] = images.sizes;
  const isWhole = count > 0 && height === SIDE && width === SIDE && labels.data.length === count;
  if (!isWhole || labels.data.some((label) => label >= CLASSES)) {
    throw dataError(
      "DIGITS_DAMAGED",
      `Expected digits of ${SIDE} × ${SIDE} pixels, each with a label from 0 to ${CLASSES - 1}, in ${name}, found ${images.sizes.join(" × ")} with ${labels.data.length} labels; install spikeline again.`,
    );
  }
  return { images: images.data, labels: labels.data, count };
}
