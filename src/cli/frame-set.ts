/** Opens what a command learns from or is judged on: a data set's images, or a folder of recordings, as frames. */
import { basename, resolve } from "node:path";
import { from, type Observable } from "rxjs";
import type { SpikeBatch } from "../core/batches.ts";
import { dataError, usageError } from "../core/errors.ts";
import { batches, type ImagePart } from "../datasets/labelled-frames.ts";
import { openMnist } from "../datasets/mnist.ts";
import {
  type LabelledRecording,
  listRecordings,
  splitRecordings,
  unlabelledCount,
} from "../datasets/recording-folder.ts";
import { EventGridEncoder } from "../encoders/event-grid.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { LabelledFrames } from "../pipeline/operators/present-frames.ts";
import { through } from "../pipeline/operators/through.ts";
import { RecordingFolderSensor } from "../sensors/recording-folder.ts";

/** Frames that can be played any number of times, always in the same order. */
export type FramePart = {
  readonly count: number;
  /** How many of them bring their truth. */
  readonly labelled: number;
  /** The first `count` frames, all when left out. */
  frames(options?: { readonly count?: number; readonly passes?: number }): Observable<LabelledFrames>;
};

/** The same of recordings, a window each. */
export type RecordingPart = Omit<FramePart, "frames"> & {
  frames(options?: { readonly count?: number; readonly passes?: number }): Observable<SpikeBatch>;
};

export type RecordingSet = {
  readonly name: string;
  readonly train: RecordingPart;
  readonly test: RecordingPart;
};

/** What takes the frames of recordings: of a model's description what matters for them. */
export type EventTaker = Pick<ModelDescription, "system" | "input" | "encoder"> & {
  readonly inputs: number;
  readonly classes: number;
};

export type FrameSet = { readonly name: string; readonly train: FramePart; readonly test: FramePart };

export type FrameSetOptions = {
  readonly dataset?: "mnist" | "n-mnist" | undefined;
  readonly data?: string | undefined;
  readonly source?: string | undefined;
  readonly labels?: string | undefined;
  /**
   * Share of the training frames kept for testing: of images the last ones, of recordings some of each class.
   * Without it all train, and the test part of a data set, or all recordings, test.
   */
  readonly validation?: number | undefined;
  readonly seed: number;
};

/** Images to a call: enough to make the native border cheap, few enough for a smooth progress bar. */
export const BATCH_FRAMES = 100;

export function openFrameSet(options: FrameSetOptions, description: ModelDescription): FrameSet {
  const takesImages = description.encoder.kind === "poisson";
  checkKind(options, takesImages);
  if (takesImages) return openFrames(options, description);
  const { inputs } = description.layers[0];
  return openRecordings(options, {
    ...description,
    inputs,
    classes: description.readout.classNames.length,
  });
}

/** The recordings for a model that sees events. */
export function openRecordingSet(options: FrameSetOptions, taker: EventTaker): RecordingSet {
  checkKind(options, false);
  return openRecordings(options, taker);
}

/** Refuses recordings for what sees images, and images for what sees events. */
function checkKind({ dataset, data, source, labels }: FrameSetOptions, takesImages: boolean): void {
  if (source !== undefined && (dataset !== undefined || data !== undefined)) {
    throw usageError(
      "SOURCE_TWICE",
      "Expected either recordings (--source) or a data set (--dataset, --data), but both were given.",
    );
  }
  const wantsImages = source === undefined && (dataset ?? (takesImages ? "mnist" : "n-mnist")) === "mnist";
  if (takesImages !== wantsImages) {
    throw usageError(
      "SOURCE_KIND",
      takesImages
        ? "Expected a data set of images such as --dataset mnist for a system that sees images, but recordings were given."
        : "Expected recordings of events (--source DIR --labels FILE) for a system that sees events, but images were given.",
    );
  }
  if (wantsImages && labels !== undefined) {
    throw usageError("SOURCE_LABELS", "Expected --labels only with recordings, but images bring their own.");
  }
}

export type ImageSet = { readonly name: string; readonly train: ImagePart; readonly test: ImagePart };

/** The images for a model that sees them, and how many inputs its network has for them. */
export function openImages(
  options: FrameSetOptions,
  model: Pick<ModelDescription, "system" | "input"> & { readonly inputs: number },
): ImageSet {
  checkKind(options, true);
  const { data, validation } = options;
  const { train, test, width, height } = openMnist({ dataDir: data });
  const { input, inputs, system } = model;
  if (input.width !== width || input.height !== height || inputs !== width * height) {
    throw dataError(
      "SOURCE_SIZE",
      `Expected a model of ${width} × ${height} pixels for mnist, but ${system} has ${inputs} inputs for ${input.width} × ${input.height}.`,
    );
  }
  if (validation === undefined) return { name: "mnist", train, test };
  const kept = Math.round(train.count * validation);
  if (kept === 0 || kept === train.count) throw emptyPart(validation, `the ${train.count} images of mnist`);
  const first = train.count - kept;
  return {
    name: "mnist",
    train: firstImages(train, first),
    test: {
      images: train.images.subarray(first * width * height),
      labels: train.labels.subarray(first),
      count: kept,
    },
  };
}

/** The first `count` images of a part, or all. */
export function firstImages(part: ImagePart, count: number): ImagePart {
  if (count >= part.count) return part;
  const pixels = part.images.length / part.count;
  return { images: part.images.subarray(0, count * pixels), labels: part.labels.subarray(0, count), count };
}

function openFrames(options: FrameSetOptions, description: ModelDescription): FrameSet {
  const { name, train, test } = openImages(options, { ...description, inputs: description.layers[0].inputs });
  return { name, train: imagePart(train), test: imagePart(test) };
}

const emptyPart = (share: number, whole: string) =>
  usageError(
    "VALIDATION_EMPTY",
    `Expected --validation to leave frames to learn from and frames to test, but ${share} of ${whole} does not.`,
  );

function imagePart(images: ImagePart): FramePart {
  const most = images.count;
  function* repeat(count: number, passes: number) {
    for (let pass = 0; pass < passes; pass++) yield* batches(images, { count, size: BATCH_FRAMES });
  }
  return {
    count: most,
    labelled: most,
    frames: ({ count = most, passes = 1 } = {}) => from(repeat(Math.min(count, most), passes)),
  };
}

function openRecordings(options: FrameSetOptions, taker: EventTaker): RecordingSet {
  const folder = options.source ?? options.data;
  if (folder === undefined) {
    throw usageError(
      "SOURCE_ABSENT",
      "Expected a folder of N-MNIST recordings with --source DIR and their labels with --labels FILE, but none was given.",
    );
  }
  const list = listRecordings({ path: folder, labelsFile: options.labels });
  checkLabels(list, { folder, classes: taker.classes });
  const { validation, seed } = options;
  const split =
    validation === undefined
      ? { train: list, validation: list }
      : splitRecordings(list, { validationShare: validation, seed });
  const test = split.validation.filter(({ label }) => label !== undefined);
  if (validation !== undefined && test.length === 0) {
    throw emptyPart(validation, `each class of the ${list.length} recordings of ${folder}`);
  }
  return {
    name: basename(resolve(folder)),
    train: recordingPart(folder, split.train, taker),
    test: recordingPart(folder, test, taker),
  };
}

/** Learning needs no labels; those that are there must be classes of the model. */
function checkLabels(
  list: readonly LabelledRecording[],
  { folder, classes }: { readonly folder: string; readonly classes: number },
): void {
  const stranger = list.find(({ label = 0 }) => label >= classes);
  if (stranger === undefined) return;
  throw dataError(
    "LABELS_CLASS",
    `Expected labels below ${classes}, the model's number of classes, for the recordings of ${folder}, but ${stranger.name} has ${stranger.label}.`,
  );
}

function recordingPart(
  name: string,
  recordings: readonly LabelledRecording[],
  { encoder, input, inputs: taken, system }: EventTaker,
): RecordingPart {
  if (encoder.kind !== "event-grid") {
    throw usageError("SOURCE_KIND", "Expected an event-grid encoder for recordings.");
  }
  const { inputs } = new EventGridEncoder(input, encoder);
  if (inputs !== taken) {
    throw dataError(
      "SOURCE_SIZE",
      `Expected ${inputs} inputs in the network of ${system} for its event grid, but it has ${taken}.`,
    );
  }
  return {
    count: recordings.length,
    labelled: recordings.length - unlabelledCount(recordings),
    frames: ({ count = recordings.length, passes = 1 } = {}) => {
      const played = recordings.slice(0, count);
      const play = { name, recordings: played, speed: "max", passes, ...input, size: input } as const;
      const sensor = new RecordingFolderSensor(play);
      return sensor.open().pipe(through(new EventGridEncoder(input, encoder)));
    },
  };
}
