/**
 * Oracle of src/encoders/event-grid.ts: one event after another, each asked every question anew. Slow on purpose. It has
 * the encoder's face but bounds no window's number of spikes.
 */
import type { Episode, EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import type { EventGridDescription, Geometry } from "../../src/encoders/event-grid.ts";

const MAX_SILENCE_US = 1_000_000;
const MAX_SILENT_WINDOWS = 10_000;
const MAX_WINDOW_US = 2 ** 32 - 1;

type Spike = { readonly timeUs: number; readonly neuron: number };
type Frame = { readonly startUs: number; readonly episode: Episode | undefined; readonly spikes: Spike[] };

export class ReferenceEventGrid {
  readonly dropped = { "out-of-range": 0, "time-back": 0, filtered: 0, "window-full": 0 };
  gaps = 0;
  readonly #geometry: Geometry;
  readonly #grid: EventGridDescription;
  readonly #windowUs: number;
  readonly #spikedUs = new Map<number, number>();
  #frame: Frame | undefined;
  #episode: number | undefined;
  #lastUs = 0;
  #out: SpikeBatch[] = [];

  constructor(geometry: Geometry, grid: EventGridDescription) {
    this.#geometry = geometry;
    this.#grid = grid;
    const { window } = grid;
    this.#windowUs =
      window.by === "time" ? Math.max(1, Math.round(window.durationMs * 1000)) : Number.POSITIVE_INFINITY;
  }

  push(batch: EventBatch): SpikeBatch[] {
    const { startUs, length, episode } = batch;
    if (episode?.index !== this.#episode) {
      this.#close();
      this.#episode = episode?.index;
      this.#lastUs = startUs;
    }
    const opens = this.#grid.window.by !== "count" && (length > 0 || episode !== undefined);
    if (opens) this.#frame ??= { startUs, episode, spikes: [] };
    this.#goTo(startUs);
    for (let i = 0; i < length; i++) this.#addEvent(batch, i);
    return this.#taken();
  }

  flush(): SpikeBatch[] {
    this.#close();
    return this.#taken();
  }

  #taken(): SpikeBatch[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #addEvent({ startUs, offsetUs, x, y, polarity, episode }: EventBatch, i: number): void {
    const [column = 0, row = 0, timeUs] = [x[i], y[i], startUs + (offsetUs[i] ?? 0)];
    const { width, height } = this.#geometry;
    if (column >= width || row >= height) {
      this.dropped["out-of-range"]++;
      return;
    }
    if (timeUs < this.#lastUs || timeUs < (this.#frame?.startUs ?? 0)) {
      this.dropped["time-back"]++;
      return;
    }
    this.#goTo(timeUs);
    this.#lastUs = timeUs;
    this.#frame ??= { startUs: timeUs, episode, spikes: [] };
    if (timeUs - this.#frame.startUs >= MAX_WINDOW_US) {
      this.dropped["window-full"]++;
      return;
    }
    const neuron = this.#lineOf(column, row, polarity[i] ?? 0);
    const { refractoryUs = 0, window } = this.#grid;
    const sinceUs = timeUs - (this.#spikedUs.get(neuron) ?? Number.NEGATIVE_INFINITY);
    if (refractoryUs > 0 && sinceUs < refractoryUs) {
      this.dropped.filtered++;
      return;
    }
    this.#spikedUs.set(neuron, timeUs);
    this.#frame.spikes.push({ timeUs, neuron });
    if (window.by === "count" && this.#frame.spikes.length === window.events) this.#close();
  }

  #lineOf(x: number, y: number, polarity: number): number {
    const { pool } = this.#grid;
    const [columns, rows] = [this.#geometry.width, this.#geometry.height].map((n) => Math.ceil(n / pool));
    const plane = this.#grid.polarity === "split" && polarity !== 0 ? 1 : 0;
    return (plane * (rows ?? 0) + Math.floor(y / pool)) * (columns ?? 0) + Math.floor(x / pool);
  }

  /** Gives out every window by time that is over. */
  #goTo(timeUs: number): void {
    const windowUs = this.#windowUs;
    let frame = this.#frame;
    if (frame === undefined || timeUs - frame.startUs < windowUs) return;
    const silentUs = timeUs - frame.startUs - windowUs;
    const isGap = silentUs > Math.min(MAX_SILENCE_US, MAX_SILENT_WINDOWS * windowUs);
    if (isGap) this.gaps++;
    const { episode } = frame;
    for (let isFirst = true; timeUs - frame.startUs >= windowUs; isFirst = false) {
      if (isFirst || !isGap) this.#give(frame, windowUs);
      frame = { startUs: frame.startUs + windowUs, episode, spikes: [] };
    }
    this.#frame = frame;
  }

  #close(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    const seenUs = Math.min(Math.max(1, this.#lastUs - frame.startUs + 1), MAX_WINDOW_US);
    this.#give(frame, Number.isFinite(this.#windowUs) ? this.#windowUs : seenUs);
    this.#frame = undefined;
  }

  #give({ startUs, episode, spikes }: Frame, durationUs: number): void {
    this.#out.push({
      startUs,
      durationUs,
      offsetUs: Uint32Array.from(spikes, ({ timeUs }) => timeUs - startUs),
      neuron: Uint32Array.from(spikes, ({ neuron }) => neuron),
      length: spikes.length,
      ...(episode === undefined ? {} : { episode }),
    });
  }
}
