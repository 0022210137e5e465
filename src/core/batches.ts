/**
 * The currencies of the pipeline: batches of events and of spikes, as structs of arrays over typed arrays.
 * A batch is immutable once emitted: whoever receives one may keep it, nobody may write into it.
 */

/** A stretch of a stream that belongs together, for example one recording of a folder. */
export type Episode = {
  /** Counts up by one from 0 in the order of the stream. */
  readonly index: number;
  readonly name: string;
  /** Class index, where the source knows the truth. */
  readonly label: number | undefined;
};

/** Events of a vision sensor, sorted by time. Arrays may be longer than `length`; only the first `length` count. */
export type EventBatch = {
  /** Time of the batch in microseconds of the sensor's clock, below 2^53. */
  readonly startUs: number;
  /** Microseconds after `startUs`, never falling. */
  readonly offsetUs: Uint32Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  /** 1 for ON (brighter), 0 for OFF (darker). */
  readonly polarity: Uint8Array;
  readonly length: number;
  readonly episode?: Episode;
};

/**
 * Spikes on numbered lines, sorted by time: the one currency between encoders and networks.
 * One batch is one frame: one presentation to the network.
 */
export type SpikeBatch = {
  readonly startUs: number;
  readonly durationUs: number;
  /** Microseconds after `startUs`, never falling, below `durationUs`. */
  readonly offsetUs: Uint32Array;
  readonly neuron: Uint32Array;
  readonly length: number;
  readonly episode?: Episode;
};
