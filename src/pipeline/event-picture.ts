/** Keeps the last event of each pixel and draws them, fading with age, as one picture for the page. */
import type { EventBatch } from "../core/batches.ts";
import type { EventPicture } from "../core/telemetry.ts";

/** About the time a moving edge stays in the eye. */
const TAU_MS = 30;
/** At three time constants 5 % are left: older events are not drawn. */
const WINDOW_TAUS = 3;
const AGE_BINS = 256;

export class EventPictureBuilder {
  readonly #width: number;
  readonly #height: number;
  readonly #windowUs: number;
  readonly #lastUs: Float64Array;
  /** +1 ON, −1 OFF, 0 never. */
  readonly #sign: Int8Array;
  #nowUs = 0;

  constructor(options: { readonly width: number; readonly height: number; readonly tauMs?: number }) {
    const { width, height, tauMs = TAU_MS } = options;
    this.#width = width;
    this.#height = height;
    this.#windowUs = WINDOW_TAUS * tauMs * 1000;
    this.#lastUs = new Float64Array(width * height);
    this.#sign = new Int8Array(width * height);
  }

  /** Events outside the picture are not drawn; the encoder counts them. */
  add(batch: EventBatch): void {
    const width = this.#width;
    const height = this.#height;
    for (let i = 0; i < batch.length; i++) {
      const x = batch.x[i] ?? 0;
      const y = batch.y[i] ?? 0;
      if (x >= width || y >= height) continue;
      const pixel = y * width + x;
      this.#lastUs[pixel] = batch.startUs + (batch.offsetUs[i] ?? 0);
      this.#sign[pixel] = batch.polarity[i] === 0 ? -1 : 1;
    }
    const lastOffsetUs = batch.length === 0 ? 0 : (batch.offsetUs[batch.length - 1] ?? 0);
    this.#nowUs = Math.max(this.#nowUs, batch.startUs + lastOffsetUs);
  }

  /** The picture at the time of the newest batch, in memory of its own that may be transferred. */
  take(): EventPicture {
    const pixels = new Int16Array(this.#width * this.#height);
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const sign = this.#sign[pixel] ?? 0;
      if (sign === 0) continue;
      const ageUs = Math.max(0, this.#nowUs - (this.#lastUs[pixel] ?? 0));
      const ageBin = 1 + Math.floor((ageUs / this.#windowUs) * AGE_BINS);
      if (ageBin < AGE_BINS) pixels[pixel] = sign * (AGE_BINS - ageBin);
    }
    return { width: this.#width, height: this.#height, pixels };
  }
}
