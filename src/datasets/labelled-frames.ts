/** Labelled images as the network takes them: many frames in one array. Batches are views, never copies. */
import { usageError } from "../core/errors.ts";

export type LabelledImages = {
  /** frames × pixels, 0..255, row-major. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly frames: number;
};

/** One part of a data set: `images` holds `count` images of equal size. */
export type ImagePart = { readonly images: Uint8Array; readonly labels: Uint8Array; readonly count: number };

export type BatchOptions = {
  /** First image, 0 when left out. */
  readonly from?: number;
  /** How many images, all that follow when left out. */
  readonly count?: number;
  /** Images in a batch; the last may hold fewer. */
  readonly size: number;
};

/** Walks over `count` images from `from` in order. A range outside the part is refused at the call. */
export function batches(part: ImagePart, options: BatchOptions): Generator<LabelledImages, void, void> {
  const { from = 0, count = part.count - from, size } = options;
  const whole = [from, count, size].every(Number.isInteger);
  if (!whole || from < 0 || count < 0 || from + count > part.count || size < 1) {
    throw usageError(
      "BATCH_RANGE",
      `Expected batches of 1 or more images within the ${part.count} of the data set, found ${count} from ${from} in batches of ${size}.`,
    );
  }
  return walk(part, { from, end: from + count, size });
}

function* walk(
  part: ImagePart,
  range: { readonly from: number; readonly end: number; readonly size: number },
): Generator<LabelledImages, void, void> {
  const pixels = part.count === 0 ? 0 : part.images.length / part.count;
  for (let first = range.from; first < range.end; first += range.size) {
    const last = Math.min(first + range.size, range.end);
    yield {
      images: part.images.subarray(first * pixels, last * pixels),
      labels: part.labels.subarray(first, last),
      frames: last - first,
    };
  }
}
