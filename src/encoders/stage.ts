/** What every filter and encoder is: takes batches in, gives none, one or several out, and keeps exact accounts. */
import type { StageCounts } from "../core/telemetry.ts";

export type Stage<In, Out> = {
  push(input: In): readonly Out[];
  /** The stream is over: gives out what is still open. */
  flush(): readonly Out[];
  /** Forgets what is open and begins to count anew. */
  reset(): void;
  counts(): StageCounts;
};
