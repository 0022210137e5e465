/** The table of sources the pipeline can open from plain data. A new sensor is a line here. */
import { type RecordingFolderOptions, RecordingFolderSensor } from "../sensors/recording-folder.ts";
import type { EventSensor } from "../sensors/sensor.ts";

export type SourceDescription = { readonly kind: "recordings" } & RecordingFolderOptions;

export function openSource(source: SourceDescription): EventSensor {
  switch (source.kind) {
    case "recordings":
      return new RecordingFolderSensor(source);
  }
}
