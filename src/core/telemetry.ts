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
  /** How much it may hold, where that is bounded by a number: a queue's capacity. */
  readonly limit?: number;
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
  /** The group of `Learned.groups` whose neurons spoke most, or undefined when none spoke. */
  readonly group: number | undefined;
  /** The frame on the stream's clock, in microseconds. */
  readonly startUs: number;
  readonly endUs: number;
  /** When the frame's last events arrived, on this machine's monotonic clock, in microseconds. */
  readonly arrivedUs: number;
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
  /** Seconds of the stream's clock that went by in the last second: 1 in real time, more when a source is hurried. */
  readonly timesRealTime: number;
};

/** How long something took, over about the last minute, in microseconds. */
export type Latency = {
  /** A stage's name, or "answer": from the arrival of a frame's last events to its decision. */
  readonly name: string;
  readonly p50Us: number;
  readonly p99Us: number;
};

/** Pictures are at most this wide and high; of larger sensors each cell of pixels shows its last event. */
export const MAX_PICTURE_SIDE = 320;

/** The last event per pixel, for the picture: polarity and age. */
export type EventPicture = {
  readonly width: number;
  readonly height: number;
  /** Size of the sensor in pixels, which is the picture's unless that was too large. */
  readonly sensorWidth: number;
  readonly sensorHeight: number;
  /** Per pixel: 0 none yet, else ± a code of the age (`ageCode`): the sign is the polarity (+ ON). */
  readonly pixels: Int8Array;
  /** ON and OFF events since the last picture. */
  readonly on: number;
  readonly off: number;
};

/** The code of an age: 127 is now, 1 is 1.4 s or more; steps grow with age, 12 to a doubling of (1 ms + age). */
export const ageCode = (ageMs: number): number =>
  Math.max(1, 127 - Math.floor(AGE_CODES_PER_DOUBLING * Math.log2(1 + Math.max(0, ageMs))));
/** The youngest age of a code, in milliseconds. */
export const ageOfCode = (code: number): number => 2 ** ((127 - code) / AGE_CODES_PER_DOUBLING) - 1;
const AGE_CODES_PER_DOUBLING = 12;

/** A frame and what was answered, as a block on the stream's time axis. */
export type AnsweredFrame = {
  readonly startUs: number;
  readonly endUs: number;
  /** Class index, or undefined for no answer. */
  readonly label: number | undefined;
  readonly group: number | undefined;
  /** Whether the answer was right, where the truth is known. */
  readonly right: boolean | undefined;
};

/** Spikes in and out since the last snapshot, on the stream's clock. What a viewer skips is not sent again. */
export type Raster = {
  /** The stretch of stream time that is covered: whole frames. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly frames: readonly AnsweredFrame[];
  /** Input spikes per bin of `binUs`, beginning at `fromUs`. */
  readonly binUs: number;
  readonly inputs: Uint16Array;
  /** Output spikes: microseconds after `fromUs`, never falling, and the row of `Learned.groupOfRow`. */
  readonly offsetUs: Uint32Array;
  readonly row: Uint16Array;
  /** Every so manieth output spike is listed; 1 lists all. */
  readonly shownOneIn: number;
};

/** Points of a margin trace are thinned to this many. */
export const MAX_TRACE_POINTS = 64;

/** How the lead of the best class over the second grew within the frame of a decision, spike by spike. */
export type MarginTrace = {
  /** `Decision.id`. */
  readonly decision: number;
  /** Feature spikes of the whole frame. */
  readonly spikes: number;
  /**
   * At most MAX_TRACE_POINTS points in the order of time, the point `decidedAt` and the last spike among them:
   * microseconds after the frame's start, spikes up to there, and the share of the evidence for the best class minus
   * that for the second, 0..1. All three have the same length.
   */
  readonly offsetUs: readonly number[];
  readonly spikesSoFar: readonly number[];
  readonly margin: readonly number[];
  /** The lead that is enough for an answer, 0..1. */
  readonly enough: number;
  /** Index of the point where the lead was first enough; undefined when it never was. */
  readonly decidedAt: number | undefined;
};

/** Spikes of a wave are thinned to this many. */
export const MAX_WAVE_SPIKES = 1000;

/** The feature spikes of one frame: which feature spoke when, and where on its map. */
export type FrameWave = {
  /** `Decision.id`. */
  readonly decision: number;
  /** The frame on the stream's clock, in microseconds. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly features: number;
  /** Size of a feature's map. */
  readonly width: number;
  readonly height: number;
  /** At most MAX_WAVE_SPIKES spikes: microseconds after `startUs`, never falling; feature; position on its map. */
  readonly offsetUs: Uint32Array;
  readonly feature: Uint16Array;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  /** Every so manieth spike is listed; 1 lists all. */
  readonly shownOneIn: number;
};

/** A group of neurons with similar receptive fields, or a class of the readout, in a fixed order. */
export type NeuronGroup = {
  /** What most of its neurons are called, or undefined while they have no name. */
  readonly name: string | undefined;
  /** Whether that name was given by hand. */
  readonly isGiven: boolean;
  /** 0 for a class. */
  readonly neurons: number;
  /** Share of all output spikes of about the last minute, 0..1; of a class, of the answers. */
  readonly share: number;
  /** Its field is still noise. */
  readonly isForming: boolean;
};

/** Receptive fields of the features of a convolution, and how much each of them says. */
export type FeatureMaps = {
  readonly count: number;
  /** Size of a field, as in `Learned`. */
  readonly planes: 1 | 2;
  readonly width: number;
  readonly height: number;
  /** count × planes × height × width: the weights of each feature, its largest as 255. */
  readonly fields: Uint8Array;
  /** Share of all feature spikes of about the last minute, 0..1, per feature. */
  readonly share: Float32Array;
};

/** What the network has learned, a few times a second at most. */
export type Learned = {
  /** Grows with every change. */
  readonly revision: number;
  /**
   * What `groups` are: groups of neurons, or the classes of a readout over features. `Decision.group` and
   * `AnsweredFrame.group` are then the class.
   */
  readonly kind: "groups" | "classes";
  readonly groups: readonly NeuronGroup[];
  /** Neurons of the network; the raster shows `groupOfRow.length` of them, always the same. With classes: features. */
  readonly neurons: number;
  /** Group of each row of the raster. Empty with classes: then each feature is a row. */
  readonly groupOfRow: Uint16Array;
  /** Size of a field: planes × height × width. Two planes are OFF and ON, one is both together. */
  readonly planes: 1 | 2;
  readonly width: number;
  readonly height: number;
  /** groups × planes × height × width: mean weights of each group or evidence for each class, its largest as 255. */
  readonly fields: Uint8Array;
  readonly features: FeatureMaps | undefined;
  /** Mean change of a weight in a minute as a share of the mean weight; undefined until measured. */
  readonly changePerMinute: number | undefined;
};

/** What lookers-on have said about answers, since the start. */
export type Rewards = {
  readonly right: number;
  readonly wrong: number;
  /** Of these, those that were learned from. */
  readonly taught: number;
  /** Of these, those that came too late: the frame was no longer kept. */
  readonly missed: number;
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
  /** How it came to the decision, where the readout can tell; goes with every snapshot of that decision. */
  readonly margins: MarginTrace | undefined;
  /** The margin below which an answer is unsure, 0..1. */
  readonly enough: number;
  readonly accuracy: Accuracy;
  /** Whether the readout learns by reward, or what is said about its answers is only counted. */
  readonly rewardable: "reward" | "count";
  readonly rewards: Rewards;
  readonly speed: Speed;
  readonly latencies: readonly Latency[];
  readonly stages: readonly StageCounts[];
  readonly picture: EventPicture | undefined;
  readonly raster: Raster | undefined;
  /** A frame's wave, told once and at most ten times a second. What a viewer skips is not sent again. */
  readonly wave: FrameWave | undefined;
  /** Only when it has changed; what came before still holds. */
  readonly learned: Learned | undefined;
};
