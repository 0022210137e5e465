/** Busy times of the newest frames, for frames per second over a sliding window. */

/** At 1,600 frames a second the window is full; faster, it becomes shorter than its span. */
const CAPACITY = 16_384;

export class FrameTimes {
  readonly #spanUs: number;
  readonly #minFrames: number;
  readonly #endUs = new Float64Array(CAPACITY);
  readonly #busyUs = new Float64Array(CAPACITY);
  #frames = 0;

  /** The window is the last `spanUs`, or the last `minFrames` frames where that reaches further back. */
  constructor(options: { readonly spanUs: number; readonly minFrames: number }) {
    this.#spanUs = options.spanUs;
    this.#minFrames = options.minFrames;
  }

  add(endUs: number, busyUs: number): void {
    const slot = this.#frames % CAPACITY;
    this.#endUs[slot] = endUs;
    this.#busyUs[slot] = busyUs;
    this.#frames++;
  }

  /** Frames ÷ busy seconds, or undefined before `minFrames` frames. */
  framesPerSecond(nowUs: number): number | undefined {
    if (this.#frames < this.#minFrames) return undefined;
    let frames = 0;
    let busyUs = 0;
    const available = Math.min(this.#frames, CAPACITY);
    while (frames < available) {
      const slot = (this.#frames - 1 - frames) % CAPACITY;
      if (frames >= this.#minFrames && (this.#endUs[slot] ?? 0) < nowUs - this.#spanUs) break;
      busyUs += this.#busyUs[slot] ?? 0;
      frames++;
    }
    return busyUs > 0 ? frames / (busyUs / 1e6) : undefined;
  }
}
