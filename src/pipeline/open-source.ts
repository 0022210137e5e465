/** The table of sources the pipeline can open from plain data. A new sensor is a line here. */
import { openPackagedDigits } from "../datasets/packaged-digits.ts";
import { type RecordingFolderOptions, RecordingFolderSensor } from "../sensors/recording-folder.ts";
import type { EventSensor } from "../sensors/sensor.ts";
import { type SimulatedDigitsOptions, SimulatedDigitsSensor } from "../sensors/simulated-digits.ts";

export type SourceDescription =
  | ({ readonly kind: "recordings" } & RecordingFolderOptions)
  | ({ readonly kind: "simulated-digits"; readonly name: string } & SimulatedDigitsOptions);

export function openSource(source: SourceDescription): EventSensor {
  switch (source.kind) {
    case "recordings":
      return new RecordingFolderSensor(source);
    case "simulated-digits":
      return new SimulatedDigitsSensor(source, openPackagedDigits());
  }
}

/** The classes that a source says it will show, each with something that shows it. */
export function announcedLabels(
  source: SourceDescription,
): readonly { readonly name: string; readonly label: number | undefined }[] {
  switch (source.kind) {
    case "recordings":
      return source.recordings;
    case "simulated-digits":
      return Array.from({ length: 10 }, (_, label) => ({ name: `the digit ${label}`, label }));
  }
}
