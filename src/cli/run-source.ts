/** What `--source` of `spikeline run` means, and which of its companions make sense beside it. */
import { basename, resolve } from "node:path";
import type { z } from "zod";
import type { runOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { openPackagedDigits } from "../datasets/packaged-digits.ts";
import { listRecordings } from "../datasets/recording-folder.ts";
import type { SourceDescription } from "../pipeline/open-source.ts";
import { SCENE_SIDE } from "../sensors/digit-saccades.ts";
import { recordingsSize, standardInputSize } from "./recording-size.ts";

type SourceOptions = Pick<
  z.output<typeof runOptions>,
  "source" | "labels" | "passes" | "frames" | "seed" | "speed" | "format" | "size" | "salvage"
>;

export type DescribedSource = {
  readonly description: SourceDescription;
  /** The sensor's, for a fresh model. */
  readonly size: { readonly width: number; readonly height: number };
  /** Frames it will bring, where that can be told before. */
  readonly total: number | undefined;
};

const SIMULATED = /^sim:/i;
const DIGITS = "sim:digits";
const STDIN = "-";

/** Reads the beginnings of recordings, to know the size of their sensor; plays nothing. */
export async function describeSource(options: SourceOptions): Promise<DescribedSource> {
  const { source } = options;
  if (SIMULATED.test(source)) return describeSimulated(options);
  if (options.frames !== undefined) {
    throw usageError(
      "RUN_FRAMES",
      `Expected --frames only with --source ${DIGITS}, but ${options.frames} came for ${source}; --passes says how often a folder is played.`,
    );
  }
  return source === STDIN ? describeStandardInput(options) : describeRecordings(options);
}

async function describeRecordings(options: SourceOptions): Promise<DescribedSource> {
  const { source, labels, passes = 1, speed, format, size, salvage } = options;
  const others = salvage ? "list" : "refuse";
  const recordings = listRecordings({ path: source, labelsFile: labels, others });
  const sensor = await recordingsSize(recordings, { format, size, salvage });
  const name = basename(resolve(source));
  const play = { name, recordings, passes, speed: speedOf(speed), format, size, salvage };
  return {
    description: { kind: "recordings", ...play, ...sensor },
    size: sensor,
    // Of N-MNIST's sensor a recording is a frame; others are seen in windows of time.
    total: isNmnist(sensor) ? recordings.length * passes : undefined,
  };
}

async function describeStandardInput(options: SourceOptions): Promise<DescribedSource> {
  const { labels, passes, speed, format, size, salvage } = options;
  if (labels !== undefined || passes !== undefined) {
    throw usageError(
      "STDIN_OPTION",
      `Expected neither --labels nor --passes with --source ${STDIN}, which plays standard input once, but ${labels ?? passes} came.`,
    );
  }
  const { head, ...sensor } = await standardInputSize({ format, size, salvage });
  const recordings = [{ path: STDIN, name: "stdin", label: undefined, head }];
  const play = { name: "stdin", recordings, speed: speedOf(speed), format, size, salvage };
  return { description: { kind: "recordings", ...play, ...sensor }, size: sensor, total: undefined };
}

function describeSimulated(options: SourceOptions): DescribedSource {
  const { source, labels, passes, frames, seed, speed, format, size, salvage } = options;
  if (source !== DIGITS) {
    throw usageError(
      "SIM_NAME",
      `Expected ${DIGITS} as the simulated source, but ${JSON.stringify(source)} came${suggestion(source, [DIGITS]) || "."}`,
    );
  }
  if (labels !== undefined) {
    throw usageError(
      "SIM_LABELS",
      `Expected no --labels with --source ${DIGITS}, which knows what it shows, but ${labels} came.`,
    );
  }
  if (format !== undefined || size !== undefined || salvage) {
    throw usageError(
      "SIM_RECORDING",
      `Expected --format, --size and --salvage only with recordings, but one came for ${DIGITS}.`,
    );
  }
  if (passes !== undefined && frames !== undefined) {
    throw usageError(
      "SIM_LENGTH",
      `Expected --passes or --frames with --source ${DIGITS}, but both came: ${passes} and ${frames}.`,
    );
  }
  const total = passes === undefined ? frames : passes * openPackagedDigits().count;
  return {
    description: {
      kind: "simulated-digits",
      name: DIGITS,
      seed,
      speed: speed === "1" ? 1 : (speed ?? "auto"),
      count: total ?? Number.POSITIVE_INFINITY,
    },
    size: { width: SCENE_SIDE, height: SCENE_SIDE },
    total,
  };
}

/** A recording has a pace of its own; only a source that makes its own time can hurry. */
const speedOf = (speed: SourceOptions["speed"]) => (speed === "max" ? speed : 1);

const isNmnist = ({ width, height }: DescribedSource["size"]) => width === 34 && height === 34;
