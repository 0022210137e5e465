/** What the main thread and the pipeline thread say to each other, as plain data. */
import type { Control } from "../core/control.ts";
import type { ExitCode } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import type { AnyModel } from "../model/any-model.ts";
import type { CheckpointerState } from "./checkpointer.ts";
import type { SourceDescription } from "./open-source.ts";

export type StartOptions = {
  readonly source: SourceDescription;
  /** A model file's bytes and what to call it, or a description to begin anew from. */
  readonly model:
    | { readonly bytes: Uint8Array; readonly name: string }
    | { readonly description: AnyModel["description"] };
  /** Learn from the first frame on. */
  readonly learn: boolean;
  /**
   * Save what was learned while it runs as numbered generations beside this model file (which itself is left alone):
   * every minute, when a group was named, and at the end.
   */
  readonly checkpoints?: string;
  /** Whether the result carries the model as a file's bytes. */
  readonly wantModel?: boolean;
};

/** Main thread → pipeline. */
export type ToPipeline =
  | { readonly kind: "start"; readonly options: StartOptions }
  | { readonly kind: "control"; readonly control: Control }
  /** The last snapshot has been dealt with: the next may come. */
  | { readonly kind: "seen" };

export type PipelineResult = {
  readonly snapshot: Snapshot;
  /** The model as a file's bytes, where it was asked for. */
  readonly model: Uint8Array | undefined;
  /** What became of the checkpoints, where they were asked for. */
  readonly checkpoint: CheckpointerState | undefined;
};

/** Pipeline → main thread; the last message is "result" or "failed". */
export type FromPipeline =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "result"; readonly result: PipelineResult }
  | { readonly kind: "failed"; readonly code: string; readonly exitCode: ExitCode; readonly message: string };
