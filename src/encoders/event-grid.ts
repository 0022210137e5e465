/**
 * Events on a grid of input lines: input = (polarity·rows + y/pool)·columns + x/pool, one window one frame.
 * Merged polarities use the plane of polarity 0 alone. A window never spans two episodes.
 *
 * A refractory time thins busy lines out, evenly over the picture, as a neuron's does; what it takes is "filtered".
 *
 * Windows by time stand on a fixed grid that begins at the first batch of the episode. Silence is data: windows
 * without events are frames too, up to one second (and 10,000 windows); a longer silence is a gap, and what lies inside a gap is no frame.
 */
import type { Episode, EventBatch, SpikeBatch } from "../core/batches.ts";
import type { StageCounts } from "../core/telemetry.ts";
import { SpikeColumns } from "./spike-columns.ts";
import type { Stage } from "./stage.ts";

/** The part of a model's description that names this encoder (src/model/schema.ts checks it). */
export type EventGridDescription = {
  readonly kind: "event-grid";
  readonly pool: number;
  readonly polarity: "split" | "merge";
  readonly window:
    | { readonly by: "episode" }
    | { readonly by: "time"; readonly durationMs: number }
    | { readonly by: "count"; readonly events: number };
  /** A line that has spiked passes nothing on for so long; 0, as when left out, filters none. */
  readonly refractoryUs?: number | undefined;
};

export type Geometry = { readonly width: number; readonly height: number };

/** The number of input lines. */
export function eventGridInputs({ width, height }: Geometry, grid: EventGridDescription): number {
  const planes = grid.polarity === "split" ? 2 : 1;
  return planes * Math.ceil(width / grid.pool) * Math.ceil(height / grid.pool);
}

/** The longest silence that is a still scene and not a gap in the stream. */
const MAX_SILENCE_US = 1_000_000;
/** Bounds the memory of a silence when windows are absurdly short. */
const MAX_SILENT_WINDOWS = 10_000;
/** Bounds the memory of a window that nothing closes: 80 MB. */
const MAX_WINDOW_SPIKES = 10_000_000;
/** Offsets and durations are 32 bits. */
const MAX_WINDOW_US = 2 ** 32 - 1;

const NEVER_US = Number.NEGATIVE_INFINITY;

type Window = { readonly startUs: number; readonly episode: Episode | undefined };

export class EventGridEncoder implements Stage<EventBatch, SpikeBatch> {
  readonly inputs: number;
  readonly #geometry: Geometry;
  /**
   * Per x, per y and per polarity what it adds to the number of the line: no division an event, and no branch on
   * polarity, which no processor can foretell.
   */
  readonly #columnOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #planeOf: Int32Array;
  /** Length of a window by time, otherwise undefined. */
  readonly #windowUs: number | undefined;
  readonly #windowEvents: number;
  readonly #refractoryUs: number;
  /** Per line the time of its last spike; empty without a refractory time. */
  readonly #spikedUs: Float64Array;

  readonly #spikes = new SpikeColumns();
  /** By time and by episode a window opens with the episode; by count with its first event. */
  #window: Window | undefined;
  /** Index of the episode whose batches are coming; undefined for batches outside any. */
  #episode: number | undefined;
  #lastUs = 0;

  #received = 0;
  #delivered = 0;
  #outOfRange = 0;
  #timeBack = 0;
  #windowFull = 0;
  #filtered = 0;
  /** Silences too long to be a still scene. */
  #gaps = 0;

  constructor(geometry: Geometry, grid: EventGridDescription) {
    this.#geometry = geometry;
    const { width, height } = geometry;
    const columns = Math.ceil(width / grid.pool);
    this.#columnOf = Int32Array.from({ length: width }, (_, x) => Math.trunc(x / grid.pool));
    this.#rowOf = Int32Array.from({ length: height }, (_, y) => Math.trunc(y / grid.pool) * columns);
    const plane = columns * Math.ceil(height / grid.pool);
    this.#planeOf = new Int32Array(256).fill(grid.polarity === "split" ? plane : 0);
    this.#planeOf[0] = 0;
    this.#windowUs =
      grid.window.by === "time" ? Math.max(1, Math.round(grid.window.durationMs * 1000)) : undefined;
    this.#windowEvents = grid.window.by === "count" ? grid.window.events : Number.POSITIVE_INFINITY;
    this.inputs = eventGridInputs(geometry, grid);
    this.#refractoryUs = grid.refractoryUs ?? 0;
    this.#spikedUs = new Float64Array(this.#refractoryUs > 0 ? this.inputs : 0).fill(NEVER_US);
  }

  get gaps(): number {
    return this.#gaps;
  }

  push(batch: EventBatch): readonly SpikeBatch[] {
    const out: SpikeBatch[] = [];
    if (batch.episode?.index !== this.#episode) {
      this.#close(out);
      this.#episode = batch.episode?.index;
      this.#lastUs = batch.startUs;
    }
    this.#received += batch.length;
    if (batch.length > 0 || batch.episode !== undefined) this.#openAt(batch.startUs, batch.episode);
    if (this.#window !== undefined) this.#advance(batch.startUs, out);
    // A tick alone may have opened it: what lies before it comes too late.
    if (this.#window !== undefined) this.#lastUs = Math.max(this.#lastUs, this.#window.startUs);
    this.#addEvents(batch, out);
    return out;
  }

  flush(): readonly SpikeBatch[] {
    const out: SpikeBatch[] = [];
    this.#close(out);
    return out;
  }

  reset(): void {
    this.#spikes.clear();
    this.#window = undefined;
    this.#episode = undefined;
    this.#lastUs = 0;
    this.#received = 0;
    this.#delivered = 0;
    this.#outOfRange = 0;
    this.#timeBack = 0;
    this.#windowFull = 0;
    this.#filtered = 0;
    this.#gaps = 0;
    this.#spikedUs.fill(NEVER_US);
  }

  counts(): StageCounts {
    return {
      name: "encoder",
      received: this.#received,
      delivered: this.#delivered,
      held: this.#spikes.length,
      dropped: {
        ...(this.#outOfRange > 0 && { "out-of-range": this.#outOfRange }),
        ...(this.#timeBack > 0 && { "time-back": this.#timeBack }),
        ...(this.#filtered > 0 && { filtered: this.#filtered }),
        ...(this.#windowFull > 0 && { "window-full": this.#windowFull }),
      },
      unit: "events",
    };
  }

  #addEvents(batch: EventBatch, out: SpikeBatch[]): void {
    let at = 0;
    while (at < batch.length) {
      at = this.#addRun(batch, at);
      if (this.#spikes.length === this.#windowEvents) this.#close(out);
      else if (at < batch.length && !this.#makeWay(batch, at, out)) at++;
    }
  }

  /**
   * Adds events from index `from` on to the open window. Works on locals: fields cost more than the events.
   * @returns the index of the first good event that the window does not take, or the batch's length
   */
  #addRun({ startUs, offsetUs, x, y, polarity, length }: EventBatch, from: number): number {
    const { width, height } = this.#geometry;
    const [columnOf, rowOf, planeOf] = [this.#columnOf, this.#rowOf, this.#planeOf];
    const isThinned = this.#refractoryUs > 0;
    const openUs = this.#window?.startUs ?? 0;
    const lengthUs =
      this.#window === undefined ? 0 : Math.min(this.#windowUs ?? MAX_WINDOW_US, MAX_WINDOW_US);
    const mostSpikes = Math.min(this.#windowEvents, MAX_WINDOW_SPIKES);
    const columns = this.#spikes.reserve(Math.min(length - from, mostSpikes - this.#spikes.length));
    const [outOffsetUs, outNeuron] = [columns.offsetUs, columns.neuron];
    let [spikes, lastUs, outOfRange, timeBack] = [this.#spikes.length, this.#lastUs, 0, 0];
    let i = from;
    for (; i < length; i++) {
      const column = x[i] ?? 0;
      const row = y[i] ?? 0;
      if (column >= width || row >= height) {
        outOfRange++;
        continue;
      }
      const timeUs = startUs + (offsetUs[i] ?? 0);
      if (timeUs < lastUs) {
        timeBack++;
        continue;
      }
      if (timeUs - openUs >= lengthUs || spikes === mostSpikes) break;
      lastUs = timeUs;
      const neuron = (planeOf[polarity[i] ?? 0] ?? 0) + (rowOf[row] ?? 0) + (columnOf[column] ?? 0);
      if (isThinned && this.#isTired(neuron, timeUs)) continue;
      outOffsetUs[spikes] = timeUs - openUs;
      outNeuron[spikes] = neuron;
      spikes++;
    }
    this.#spikes.length = spikes;
    this.#lastUs = lastUs;
    this.#outOfRange += outOfRange;
    this.#timeBack += timeBack;
    return i;
  }

  /** Whether the line has spiked within the refractory time; if not, it spikes now. */
  #isTired(neuron: number, timeUs: number): boolean {
    if (timeUs - (this.#spikedUs[neuron] ?? 0) < this.#refractoryUs) {
      this.#filtered++;
      return true;
    }
    this.#spikedUs[neuron] = timeUs;
    return false;
  }

  /** Opens a window for an event that the open one does not take; if there is none to open, the event is dropped. */
  #makeWay({ startUs, offsetUs, episode }: EventBatch, at: number, out: SpikeBatch[]): boolean {
    const timeUs = startUs + (offsetUs[at] ?? 0);
    const window = this.#window;
    if (window === undefined) {
      this.#window = { startUs: timeUs, episode };
      return true;
    }
    if (this.#windowUs !== undefined && timeUs - window.startUs >= this.#windowUs) {
      this.#advance(timeUs, out);
      return true;
    }
    this.#lastUs = timeUs;
    this.#windowFull++;
    return false;
  }

  #openAt(startUs: number, episode: Episode | undefined): void {
    const byCount = Number.isFinite(this.#windowEvents);
    if (this.#window === undefined && !byCount) this.#window = { startUs, episode };
  }

  /** Closes all windows by time that end at or before `timeUs` and opens the one it lies in. */
  #advance(timeUs: number, out: SpikeBatch[]): void {
    const windowUs = this.#windowUs;
    const window = this.#window;
    if (windowUs === undefined || window === undefined) return;
    let startUs = window.startUs;
    if (timeUs - startUs < windowUs) return;
    this.#emit(window, windowUs, out);
    startUs += windowUs;
    const silentUs = timeUs - startUs;
    if (silentUs > Math.min(MAX_SILENCE_US, MAX_SILENT_WINDOWS * windowUs)) {
      this.#gaps++;
      startUs += Math.floor(silentUs / windowUs) * windowUs;
    }
    for (; timeUs - startUs >= windowUs; startUs += windowUs) {
      this.#emit({ startUs, episode: window.episode }, windowUs, out);
    }
    this.#window = { startUs, episode: window.episode };
  }

  #close(out: SpikeBatch[]): void {
    const window = this.#window;
    if (window === undefined) return;
    const seenUs = Math.min(Math.max(1, this.#lastUs - window.startUs + 1), MAX_WINDOW_US);
    this.#emit(window, this.#windowUs ?? seenUs, out);
    this.#window = undefined;
  }

  #emit({ startUs, episode }: Window, durationUs: number, out: SpikeBatch[]): void {
    const spikes = this.#spikes.take();
    this.#delivered += spikes.length;
    out.push({ startUs, durationUs, ...spikes, ...(episode === undefined ? {} : { episode }) });
  }
}
