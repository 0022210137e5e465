/** What `--source` of `spikeline run` means, and which of its companions make sense beside it. Opens nothing. */
import { basename, resolve } from "node:path";
import type { z } from "zod";
import type { runOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { openPackagedDigits } from "../datasets/packaged-digits.ts";
import { listRecordings } from "../datasets/recording-folder.ts";
import type { SourceDescription } from "../pipeline/open-source.ts";

type SourceOptions = Pick<
  z.output<typeof runOptions>,
  "source" | "labels" | "passes" | "frames" | "seed" | "speed"
>;

export type DescribedSource = {
  readonly description: SourceDescription;
  /** Frames it will bring; undefined when it has no end. */
  readonly total: number | undefined;
};

const SIMULATED = /^sim:/i;
const DIGITS = "sim:digits";

export function describeSource(options: SourceOptions): DescribedSource {
  return SIMULATED.test(options.source) ? describeSimulated(options) : describeFolder(options);
}

function describeFolder({ source, labels, passes = 1, frames, speed }: SourceOptions): DescribedSource {
  if (frames !== undefined) {
    throw usageError(
      "RUN_FRAMES",
      `Expected --frames only with --source ${DIGITS}, but ${frames} came for ${source}; --passes says how often a folder is played.`,
    );
  }
  const recordings = listRecordings({ folder: source, labelsFile: labels });
  const name = basename(resolve(source));
  return {
    description: { kind: "recordings", name, recordings, speed: speedOf(speed), passes },
    total: recordings.length * passes,
  };
}

function describeSimulated({ source, labels, passes, frames, seed, speed }: SourceOptions): DescribedSource {
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
    total,
  };
}

/** A recording has a pace of its own; only a source that makes its own time can hurry. */
const speedOf = (speed: SourceOptions["speed"]) => (speed === "max" ? speed : 1);
