/** Opens what a command learns from or is judged on: a data set's images, or a folder of recordings, as frames. */
import { basename, resolve } from "node:path";
import { from, type Observable } from "rxjs";
import { usageError } from "../core/errors.ts";
import { batches, type ImagePart } from "../datasets/labelled-frames.ts";
import { openMnist } from "../datasets/mnist.ts";
import { type LabelledRecording, listRecordings, splitRecordings } from "../datasets/recording-folder.ts";
import { EventGridEncoder } from "../encoders/event-grid.ts";
import type { ModelDescription } from "../model/schema.ts";
import type { LabelledFrames } from "../pipeline/operators/present-frames.ts";
import { through } from "../pipeline/operators/through.ts";
import { RecordingFolderSensor } from "../sensors/recording-folder.ts";

/** Frames that can be played any number of times, always in the same order. */
export type FramePart = {
  readonly count: number;
  /** The first `count` frames, all when left out. */
  frames(options?: { readonly count?: number; readonly passes?: number }): Observable<LabelledFrames>;
};

export type FrameSet = { readonly name: string; readonly train: FramePart; readonly test: FramePart };

export type FrameSetOptions = {
  readonly dataset?: "mnist" | "n-mnist" | undefined;
  readonly data?: string | undefined;
  readonly source?: string | undefined;
  readonly labels?: string | undefined;
  /** Share of the recordings kept for testing; without it all train and all test. */
  readonly validation?: number | undefined;
  readonly seed: number;
};

/** Images to a call: enough to make the native border cheap, few enough for a smooth progress bar. */
const BATCH_FRAMES = 100;

export function openFrameSet(
  options: FrameSetOptions,
  description: Pick<ModelDescription, "encoder" | "input">,
): FrameSet {
  const { dataset, source } = options;
  const takesImages = description.encoder.kind === "poisson";
  const wantsImages = source === undefined && (dataset ?? (takesImages ? "mnist" : "n-mnist")) === "mnist";
  if (takesImages !== wantsImages) {
    throw usageError(
      "SOURCE_KIND",
      takesImages
        ? "Expected a data set of images such as --dataset mnist for a system that sees images, but recordings were given."
        : "Expected recordings of events (--source DIR --labels FILE) for a system that sees events, but images were given.",
    );
  }
  return wantsImages ? openImages(options) : openRecordings(options, description);
}

function openImages({ data }: FrameSetOptions): FrameSet {
  const mnist = openMnist({ dataDir: data });
  return { name: "mnist", train: imagePart(mnist.train), test: imagePart(mnist.test) };
}

function imagePart(part: ImagePart): FramePart {
  function* repeat(count: number, passes: number) {
    for (let pass = 0; pass < passes; pass++) yield* batches(part, { count, size: BATCH_FRAMES });
  }
  return {
    count: part.count,
    frames: ({ count = part.count, passes = 1 } = {}) => from(repeat(Math.min(count, part.count), passes)),
  };
}

function openRecordings(
  options: FrameSetOptions,
  description: Pick<ModelDescription, "encoder" | "input">,
): FrameSet {
  const folder = options.source ?? options.data;
  if (folder === undefined) {
    throw usageError(
      "SOURCE_ABSENT",
      "Expected a folder of N-MNIST recordings with --source DIR and their labels with --labels FILE, but none was given.",
    );
  }
  const list = listRecordings({ folder, labelsFile: options.labels });
  const { validation, seed } = options;
  const split =
    validation === undefined
      ? { train: list, validation: list }
      : splitRecordings(list, { validationShare: validation, seed });
  return {
    name: basename(resolve(folder)),
    train: recordingPart(folder, split.train, description),
    test: recordingPart(folder, labelledOnly(split.validation, folder), description),
  };
}

function recordingPart(
  name: string,
  recordings: readonly LabelledRecording[],
  { encoder, input }: Pick<ModelDescription, "encoder" | "input">,
): FramePart {
  return {
    count: recordings.length,
    frames: ({ count = recordings.length, passes = 1 } = {}) => {
      if (encoder.kind !== "event-grid")
        throw usageError("SOURCE_KIND", "Expected an event-grid encoder for recordings.");
      const sensor = new RecordingFolderSensor({
        name,
        recordings: recordings.slice(0, count),
        speed: "max",
        passes,
        ...input,
      });
      return sensor.open().pipe(through(new EventGridEncoder(input, encoder)));
    },
  };
}

/** Judging needs the truth. */
function labelledOnly(
  recordings: readonly LabelledRecording[],
  folder: string,
): readonly LabelledRecording[] {
  const labelled = recordings.filter(({ label }) => label !== undefined);
  if (labelled.length > 0) return labelled;
  throw usageError(
    "LABELS_NONE",
    `Expected labels for the recordings of ${folder}, but none has one; give them with --labels FILE.`,
  );
}
