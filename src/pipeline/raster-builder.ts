/**
 * Gathers the spikes of the frames since the last snapshot for the page's raster: input spikes per bin, output spikes
 * of sampled neurons, answers. Bounded: of a hurried source only the newest stretch is kept.
 */
import type { SpikeBatch } from "../core/batches.ts";
import type { AnsweredFrame, Raster } from "../core/telemetry.ts";

const BIN_US = 10_000;
/** Of a dozen spikes a frame, a sample of neurons shows next to nothing: all are shown, but for very large networks. */
const MOST_ROWS = 2000;
/** More spikes than this in a picture are thinned evenly. */
const MOST_SPIKES = 2000;
/** The newest so many frames, or so much stream time, are kept between two snapshots; the rest is not shown. */
const MOST_FRAMES = 64;
const MOST_SPAN_US = 10_000_000;

type Gathered = {
  readonly input: SpikeBatch;
  readonly output: SpikeBatch;
  readonly answer: AnsweredFrame;
};

export class RasterBuilder {
  readonly rows: number;
  /** Row of each neuron, or -1 for one that is not sampled. */
  readonly #rowOf: Int32Array;
  #gathered: Gathered[] = [];

  constructor(neurons: number) {
    this.rows = Math.min(neurons, MOST_ROWS);
    this.#rowOf = new Int32Array(neurons).fill(-1);
    for (let row = 0; row < this.rows; row++) this.#rowOf[this.neuronOf(row)] = row;
  }

  /** The neuron of a row: spread evenly, always the same. */
  neuronOf(row: number): number {
    return Math.floor((row * this.#rowOf.length) / this.rows);
  }

  add(input: SpikeBatch, output: SpikeBatch, answer: AnsweredFrame): void {
    this.#gathered.push({ input, output, answer });
    if (this.#gathered.length > MOST_FRAMES) this.#gathered.shift();
  }

  /** Everything since the last time, or undefined when no frame was finished. */
  take(): Raster | undefined {
    const newest = this.#gathered.at(-1);
    if (newest === undefined) return undefined;
    const toUs = newest.answer.endUs;
    // The newest may be longer than that: then it is shown alone.
    const isShown = (frame: Gathered) => frame === newest || frame.answer.startUs > toUs - MOST_SPAN_US;
    const frames = this.#gathered.filter(isShown);
    this.#gathered = [];
    const fromUs = Math.min(...frames.map(({ answer }) => answer.startUs));
    return {
      fromUs,
      toUs,
      frames: frames.map(({ answer }) => answer),
      binUs: BIN_US,
      inputs: binned(frames, { fromUs, toUs }),
      ...this.#listed(frames, fromUs),
    };
  }

  /** A hurried source brings 100,000 spikes between two snapshots: those that are not shown are only counted. */
  #listed(frames: readonly Gathered[], fromUs: number): Pick<Raster, "offsetUs" | "row" | "shownOneIn"> {
    let sampled = 0;
    this.#eachSampled(frames, () => sampled++);
    const shownOneIn = Math.max(1, Math.ceil(sampled / MOST_SPIKES));
    const shown = Math.ceil(sampled / shownOneIn);
    const offsetUs = new Uint32Array(shown);
    const rows = new Uint16Array(shown);
    let at = 0;
    this.#eachSampled(frames, (row, output, i) => {
      if (at % shownOneIn === 0) {
        offsetUs[at / shownOneIn] = output.startUs - fromUs + (output.offsetUs[i] ?? 0);
        rows[at / shownOneIn] = row;
      }
      at++;
    });
    return { offsetUs, row: rows, shownOneIn };
  }

  #eachSampled(
    frames: readonly Gathered[],
    take: (row: number, output: SpikeBatch, i: number) => void,
  ): void {
    for (const { output } of frames) {
      for (let i = 0; i < output.length; i++) {
        const row = this.#rowOf[output.neuron[i] ?? 0] ?? -1;
        if (row >= 0) take(row, output, i);
      }
    }
  }
}

function binned(
  frames: readonly Gathered[],
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): Uint16Array {
  const bins = new Uint16Array(Math.max(1, Math.ceil((toUs - fromUs) / BIN_US)));
  for (const { input } of frames) {
    const shiftUs = input.startUs - fromUs;
    for (let i = 0; i < input.length; i++) {
      const bin = Math.floor((shiftUs + (input.offsetUs[i] ?? 0)) / BIN_US);
      if (bin < bins.length) bins[bin] = Math.min(0xffff, (bins[bin] ?? 0) + 1);
    }
  }
  return bins;
}
