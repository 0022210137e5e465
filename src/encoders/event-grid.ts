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
  readonly #pool: number;
  readonly #columns: number;
  /** Input lines from the OFF plane to the ON plane; 0 merges them. */
  readonly #onPlane: number;
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
    this.#pool = grid.pool;
    this.#columns = Math.ceil(geometry.width / grid.pool);
    const plane = this.#columns * Math.ceil(geometry.height / grid.pool);
    this.#onPlane = grid.polarity === "split" ? plane : 0;
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
    const { width, height } = this.#geometry;
    const pool = this.#pool;
    for (let i = 0; i < batch.length; i++) {
      const x = batch.x[i] ?? 0;
      const y = batch.y[i] ?? 0;
      if (x >= width || y >= height) {
        this.#outOfRange++;
        continue;
      }
      const timeUs = batch.startUs + (batch.offsetUs[i] ?? 0);
      if (timeUs < this.#lastUs) {
        this.#timeBack++;
        continue;
      }
      const on = batch.polarity[i] === 0 ? 0 : this.#onPlane;
      const neuron = on + Math.trunc(y / pool) * this.#columns + Math.trunc(x / pool);
      this.#addSpike(timeUs, neuron, batch.episode, out);
    }
  }

  #addSpike(timeUs: number, neuron: number, episode: Episode | undefined, out: SpikeBatch[]): void {
    if (this.#window === undefined) this.#window = { startUs: timeUs, episode };
    if (this.#windowUs !== undefined && timeUs - this.#window.startUs >= this.#windowUs) {
      this.#advance(timeUs, out);
    }
    this.#lastUs = timeUs;
    const offsetUs = timeUs - this.#window.startUs;
    if (this.#spikes.length === MAX_WINDOW_SPIKES || offsetUs >= MAX_WINDOW_US) {
      this.#windowFull++;
      return;
    }
    if (this.#refractoryUs > 0) {
      if (timeUs - (this.#spikedUs[neuron] ?? 0) < this.#refractoryUs) {
        this.#filtered++;
        return;
      }
      this.#spikedUs[neuron] = timeUs;
    }
    this.#spikes.push(offsetUs, neuron);
    if (this.#spikes.length === this.#windowEvents) this.#close(out);
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
