/** A small model and three small recordings for the pipeline in its own thread. */
import { filter, firstValueFrom } from "rxjs";
import type { Snapshot } from "../../src/core/telemetry.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import type { StartOptions } from "../../src/pipeline/messages.ts";
import type { PipelineWorker } from "../../src/pipeline/start-worker.ts";
import type { RecordingFolderOptions } from "../../src/sensors/recording-folder.ts";
import { nmnistBytes, wanderingWords } from "../formats/nmnist-bytes.ts";
import { tinyDescription } from "../model/tiny-model.ts";
import { writeRecordings } from "../sensors/recording-world.ts";

export function description(classes = 3, neurons = 6): ModelDescription {
  const tiny = tinyDescription({ inputs: 34 * 34, neurons, classes });
  const encoder = {
    kind: "event-grid",
    pool: 1,
    polarity: "merge",
    window: { by: "time", durationMs: 20 },
  } as const;
  return { ...tiny, input: { width: 34, height: 34 }, encoder };
}

/** Three recordings of 60 ms at 100 events a millisecond. */
export function toySource(
  folder: string,
  over: Partial<RecordingFolderOptions> = {},
): StartOptions["source"] {
  const bytes = nmnistBytes(wanderingWords(6000, 10));
  const recordings = writeRecordings(folder, { a: bytes, b: bytes, c: bytes });
  return { kind: "recordings", name: "toys", recordings, speed: "max", ...over };
}

/** The first snapshot that is as wanted. */
export const until = (
  { snapshots$ }: Pick<PipelineWorker, "snapshots$">,
  wanted: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> => firstValueFrom(snapshots$.pipe(filter(wanted)));
