/**
 * What the pipeline tells the outside, as plain data that crosses threads and sockets.
 * The pipeline fills it, the dashboard shows it; neither knows the other.
 */

/** Exact loss accounting of one stage: `received = delivered + held + Σ dropped[reason]`. */
export type StageCounts = {
  readonly name: string;
  readonly received: number;
  readonly delivered: number;
  /** Received and still inside (an open window, a queue). */
  readonly held: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** What the counts count: "events", "frames", "snapshots". */
  readonly unit: string;
};

export type Decision = {
  /** Counts up by one with every decision. */
  readonly id: number;
  /** Class index, or undefined while no neuron is named or none has fired. */
  readonly label: number | undefined;
  /** Share of the votes of the first class minus that of the second, 0..1. */
  readonly margin: number;
  /** Share of the votes of the first class, 0..1. Not a calibrated chance of being right. */
  readonly confidence: number;
  /** Share of the votes per class, summing to 1, or all 0 when nothing voted. */
  readonly shares: readonly number[];
  readonly truth: number | undefined;
  /** Name of the recording, where there is one. */
  readonly name: string | undefined;
  /** Output spikes of the frame. */
  readonly spikes: number;
};

/** Running accuracy where the source knows the truth. */
export type Accuracy = {
  readonly right: number;
  readonly judged: number;
  readonly recent: number;
  readonly recentOf: number;
};

/** Frames per second as the design defines them: frames ÷ busy time in encode + network + readout. */
export type Speed = {
  /** Learning on; undefined until measured. */
  readonly trainFps: number | undefined;
  /** Learning off; undefined until measured. */
  readonly testFps: number | undefined;
  /** Frames finished in the last second. */
  readonly liveFps: number;
  /** Busy share of one core over the last second, 0..1. */
  readonly load: number;
};

/** The last event per pixel, for the picture: polarity and age. */
export type EventPicture = {
  readonly width: number;
  readonly height: number;
  /**
   * Per pixel: 0 none yet or faded, else ±(256 − age bin): the sign is the polarity (+ ON), 1..255, new is 255.
   * A bin is 90/256 ms of the sensor's time.
   */
  readonly pixels: Int16Array;
};

/** One complete view of the running pipeline; the newest replaces all before it. */
export type Snapshot = {
  readonly sequence: number;
  readonly state: "opening" | "running" | "ended" | "failed";
  /** One sentence when the state needs one. */
  readonly message: string | undefined;
  readonly source: string;
  readonly system: string;
  readonly learning: boolean;
  readonly classNames: readonly string[];
  readonly frames: number;
  readonly eventsPerSecond: number;
  readonly decision: Decision | undefined;
  readonly accuracy: Accuracy;
  readonly speed: Speed;
  readonly stages: readonly StageCounts[];
  readonly picture: EventPicture | undefined;
};
