/**
 * What a class looks like to the model: the mean of the frames it answered so, of late, by where their feature spikes
 * lay. A picture of its answers and not of its weights, which on a grid of a few cells show little.
 */
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { Tensor } from "../model/schema.ts";

/** Weight of a new frame: about the last twenty of a class are in its picture. */
const SHARE = 0.05;

type Size = { readonly width: number; readonly height: number };

export class MeanFrames {
  readonly #width: number;
  readonly #height: number;
  readonly #spikes: Float32Array;
  /** classes × height × width; each class's sums to 1, or to 0 before it was answered. */
  #means: Float32Array;

  constructor({ width, height }: Size, classes: number) {
    this.#width = width;
    this.#height = height;
    this.#spikes = new Float32Array(width * height);
    this.#means = new Float32Array(classes * width * height);
  }

  static restore(size: Size, classes: number, tensor: Tensor | undefined): MeanFrames {
    const frames = new MeanFrames(size, classes);
    if (tensor !== undefined) frames.#means.set(tensor.data);
    return frames;
  }

  /** Takes in a frame that was answered with a class, which may be a new one. */
  add(label: number, { x, y }: Pick<FeatureSpikes, "x" | "y">): void {
    if (x.length === 0) return;
    this.#makeRoom(label + 1);
    const spikes = this.#spikes.fill(0);
    for (let i = 0; i < x.length; i++) {
      const at = (y[i] ?? 0) * this.#width + (x[i] ?? 0);
      spikes[at] = (spikes[at] ?? 0) + 1 / x.length;
    }
    const mean = this.#means.subarray(label * spikes.length, (label + 1) * spikes.length);
    const share = mean.some((value) => value > 0) ? SHARE : 1;
    for (let i = 0; i < mean.length; i++)
      mean[i] = (mean[i] ?? 0) + share * ((spikes[i] ?? 0) - (mean[i] ?? 0));
  }

  /** classes × height × width, a copy. */
  fields(classes: number): Float32Array {
    this.#makeRoom(classes);
    return this.#means.slice(0, classes * this.#spikes.length);
  }

  tensor(classes: number): Tensor {
    return { shape: [classes, this.#height, this.#width], data: this.fields(classes) };
  }

  #makeRoom(classes: number): void {
    if (classes * this.#spikes.length <= this.#means.length) return;
    const means = new Float32Array(classes * this.#spikes.length);
    means.set(this.#means);
    this.#means = means;
  }
}
