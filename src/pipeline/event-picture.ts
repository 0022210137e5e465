/** Keeps the last event of each pixel and draws them with their ages as one picture for the page. */
import type { EventBatch } from "../core/batches.ts";
import { ageCode, type EventPicture, MAX_PICTURE_SIDE } from "../core/telemetry.ts";

/** Ages are looked up in steps of half a millisecond; the table ends where code 1 begins, the code of all beyond. */
const STEP_US = 500;
const CODES = Int8Array.from({ length: 2896 }, (_, step) => ageCode((step * STEP_US) / 1000));

export class EventPictureBuilder {
  readonly #sensor: { readonly width: number; readonly height: number };
  /** Sensor pixels per side of a picture's pixel. */
  readonly #cell: number;
  readonly #width: number;
  readonly #height: number;
  readonly #lastUs: Float64Array;
  /** +1 ON, −1 OFF, 0 never. */
  readonly #sign: Int8Array;
  #nowUs = 0;
  #on = 0;
  #off = 0;

  constructor(sensor: { readonly width: number; readonly height: number }) {
    this.#sensor = sensor;
    this.#cell = Math.ceil(Math.max(sensor.width, sensor.height) / MAX_PICTURE_SIDE);
    this.#width = Math.ceil(sensor.width / this.#cell);
    this.#height = Math.ceil(sensor.height / this.#cell);
    this.#lastUs = new Float64Array(this.#width * this.#height);
    this.#sign = new Int8Array(this.#width * this.#height);
  }

  /** Events outside the sensor are not drawn; the encoder counts them. */
  add(batch: EventBatch): void {
    const { width, height } = this.#sensor;
    const cell = this.#cell;
    for (let i = 0; i < batch.length; i++) {
      const x = batch.x[i] ?? 0;
      const y = batch.y[i] ?? 0;
      if (x >= width || y >= height) continue;
      const pixel = Math.floor(y / cell) * this.#width + Math.floor(x / cell);
      const isOn = batch.polarity[i] !== 0;
      this.#lastUs[pixel] = batch.startUs + (batch.offsetUs[i] ?? 0);
      this.#sign[pixel] = isOn ? 1 : -1;
      if (isOn) this.#on++;
      else this.#off++;
    }
    const lastOffsetUs = batch.length === 0 ? 0 : (batch.offsetUs[batch.length - 1] ?? 0);
    this.#nowUs = Math.max(this.#nowUs, batch.startUs + lastOffsetUs);
  }

  /** The picture at the time of the newest batch, in memory of its own that may be transferred. */
  take(): EventPicture {
    const pixels = new Int8Array(this.#width * this.#height);
    const oldest = CODES[CODES.length - 1] ?? 1;
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const sign = this.#sign[pixel] ?? 0;
      if (sign === 0) continue;
      const ageUs = Math.max(0, this.#nowUs - (this.#lastUs[pixel] ?? 0));
      pixels[pixel] = sign * (CODES[Math.floor(ageUs / STEP_US)] ?? oldest);
    }
    const [on, off] = [this.#on, this.#off];
    this.#on = 0;
    this.#off = 0;
    const { width: sensorWidth, height: sensorHeight } = this.#sensor;
    return { width: this.#width, height: this.#height, sensorWidth, sensorHeight, pixels, on, off };
  }
}
