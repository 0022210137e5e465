/**
 * A readout of feature spikes in an ONNX file, one that `spikeline export` wrote or anybody's own, run by
 * onnxruntime-node in place of a native one. Pooling stays native; onnx-file.ts says what goes in and comes out. Of the
 * file's outputs the scores are `scores`, or else its only float32 output. It never learns. A file is run as it is:
 * open only such as come from somebody you trust.
 */
import { dataError, usageError } from "../core/errors.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import { readModelFile } from "../model/load.ts";
import { quote } from "../model/quote.ts";
import { native } from "../native/binding.ts";
import type { NativeFeatureRows } from "../native/readouts.ts";
import { INPUT_NAME, SCORES_NAME } from "./onnx-file.ts";
import { loadOnnxRuntime, type OnnxRuntime, type OnnxSession, type OnnxValueInfo } from "./onnx-runtime.ts";
import { flat, framesIn, inputsOf, type Judged, judgedOf, nativePool, type Pooling } from "./pooling.ts";

/** What a file has to fit: where features speak, and how many classes they are told apart into. */
export type OnnxReadoutPlace = { readonly pooling: Pooling; readonly classes: number };

/** Pooled values at a time, 2 MB: more made it no faster (scripts/measure-onnx.mjs), less made it slower. */
const MOST_POOLED = 2 ** 19;

type Parts = {
  readonly file: string;
  readonly place: OnnxReadoutPlace;
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
  readonly input: OnnxValueInfo;
  readonly output: OnnxValueInfo;
};

export class OnnxReadout {
  readonly #parts: Parts;
  readonly #rows: NativeFeatureRows;
  /** Room for pooled values, unless a call has it: fresh memory for each would cost more than the product. */
  #room: Float32Array | undefined;
  #isDisposed = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#rows = new native.FeatureRows(nativePool(parts.place.pooling));
  }

  /**
   * Opens a file and checks that it takes what the model's pooling gives, and scores the model's classes.
   * @throws SpikelineError ONNX_RUNTIME, ONNX_FILE, ONNX_INPUT, ONNX_OUTPUT, MODEL_* if the file cannot be read
   */
  static async open(
    file: string,
    { pooling, classes }: OnnxReadoutPlace,
    load: () => Promise<OnnxRuntime> = loadOnnxRuntime,
  ): Promise<OnnxReadout> {
    const place = { pooling, classes };
    const bytes = await readModelFile(file);
    const runtime = await load();
    const session = await runtime.openSession(bytes).catch((error: unknown) => {
      throw dataError(
        "ONNX_FILE",
        `Expected an ONNX model in one file at ${file}, but onnxruntime says ${reasonOf(error)}.`,
      );
    });
    try {
      const input = inputOf(session, { file, place });
      const output = outputOf(session, { file, place });
      return new OnnxReadout({ file, place, runtime, session, input, output });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Decides on many frames, as the native readouts do; of equal scores the lower class comes first.
   * @throws SpikelineError ONNX_RUN, ONNX_SCORES, Error SPIKELINE_KERNEL if a spike is off the map
   */
  async judge(spikes: FeatureSpikes): Promise<Judged> {
    if (this.#isDisposed)
      throw usageError("ONNX_DISPOSED", "Expected an ONNX readout that was not disposed of; open it again.");
    const { place, input } = this.#parts;
    const frames = framesIn(spikes);
    const most = input.shape?.[0] === 1 ? 1 : Math.max(1, Math.floor(MOST_POOLED / inputsOf(place.pooling)));
    const judged = judgedOf(frames, place.classes);
    for (let first = 0; first < frames; first += most) {
      const last = Math.min(frames, first + most);
      const scores = await this.#scores(framesOf(spikes, first, last));
      for (let frame = first; frame < last; frame++) {
        const from = (frame - first) * place.classes;
        decide(scores.subarray(from, from + place.classes), judged, frame);
      }
    }
    return judged;
  }

  /** Frees the session and the native memory; idempotent. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#rows.dispose();
    await this.#parts.session.release();
  }

  /** Calls may overlap: one that finds no room makes its own, and leaves it for the next. */
  #takeRoom(length: number): Float32Array {
    const room = this.#room;
    this.#room = undefined;
    return room !== undefined && room.length >= length ? room : new Float32Array(length);
  }

  /** @returns frames × classes */
  async #scores(spikes: FeatureSpikes): Promise<Float32Array> {
    const { file, place, runtime, session, input, output } = this.#parts;
    const frames = framesIn(spikes);
    const inputs = inputsOf(place.pooling);
    const room = this.#takeRoom(frames * inputs);
    const pooled = room.subarray(0, frames * inputs);
    this.#rows.fill(...flat(spikes), pooled);
    const feeds = { [input.name]: runtime.tensor(pooled, [frames, inputs]) };
    const answers = await session.run(feeds, [output.name]).catch((error: unknown) => {
      throw dataError("ONNX_RUN", `Expected ${file} to run, but onnxruntime says ${reasonOf(error)}.`);
    });
    this.#room = room;
    const { data, dims = [] } = answers[output.name] ?? {};
    const isShaped = dims.length === 2 && dims[0] === frames && dims[1] === place.classes;
    if (!(data instanceof Float32Array) || !isShaped || !data.every(Number.isFinite)) {
      const found = isShaped ? "some that are not finite" : `a tensor of [${dims.join(", ")}]`;
      throw dataError(
        "ONNX_SCORES",
        `Expected [${frames}, ${place.classes}] scores from ${file}, but it gave ${found}; export it again.`,
      );
    }
    return data;
  }
}

type Fit = { readonly file: string; readonly place: OnnxReadoutPlace };

/** Whether a shape allows for such a tensor; an axis with a name, or none at all, allows for any. */
const fits = (shape: OnnxValueInfo["shape"] = [], columns: number) =>
  shape.length === 0 ||
  (shape.length === 2 &&
    (typeof shape[0] === "string" || shape[0] === 1) &&
    (typeof shape[1] === "string" || shape[1] === columns));

const isFloats = ({ isTensor, type }: OnnxValueInfo) => isTensor && type === "float32";

/** @throws SpikelineError ONNX_INPUT */
function inputOf({ inputMetadata }: OnnxSession, { file, place }: Fit): OnnxValueInfo {
  const [input] = inputMetadata;
  const { features, grid } = place.pooling;
  const inputs = inputsOf(place.pooling);
  if (input !== undefined && inputMetadata.length === 1 && isFloats(input) && fits(input.shape, inputs)) {
    return input;
  }
  throw dataError(
    "ONNX_INPUT",
    `Expected one float32 input such as ${INPUT_NAME} [frames, ${inputs}] in ${file}, for ${features} features in ` +
      `${grid} × ${grid} cells, with any number of frames or 1, found ${shown(inputMetadata)}; export it for this model.`,
  );
}

/** @throws SpikelineError ONNX_OUTPUT */
function outputOf({ outputMetadata }: OnnxSession, { file, place }: Fit): OnnxValueInfo {
  const floats = outputMetadata.filter(isFloats);
  const named = floats.find(({ name }) => name === SCORES_NAME);
  const output = named ?? (floats.length === 1 ? floats[0] : undefined);
  if (output !== undefined && fits(output.shape, place.classes)) return output;
  throw dataError(
    "ONNX_OUTPUT",
    `Expected one float32 output, or one named ${SCORES_NAME}, of [frames, ${place.classes}] in ${file}, found ` +
      `${shown(outputMetadata)}; export it for this model.`,
  );
}

/** Inputs or outputs in words: `x float32 [frames, 10]`. */
function shown(values: readonly OnnxValueInfo[]): string {
  if (values.length === 0) return "none";
  const words = values.map(
    ({ name, type = "no tensor", shape = [] }) => `${name} ${type} [${shape.join(", ")}]`,
  );
  return quote(words.join(", "));
}

const reasonOf = (error: unknown) => quote(error instanceof Error ? error.message : String(error));

/** Frames first … last − 1; all of them as they are, so that nothing wrong in them is put right. */
function framesOf({ start, feature, x, y }: FeatureSpikes, first: number, last: number): FeatureSpikes {
  if (last - first === start.length - 1) return { start, feature, x, y };
  const [from = 0, to = 0] = [start[first], start[last]];
  return {
    start: start.slice(first, last + 1).map((at) => at - from),
    feature: feature.subarray(from, to),
    x: x.subarray(from, to),
    y: y.subarray(from, to),
  };
}

/** What native/kernel/class_scores.hpp makes of scores: label, margin and shares of one frame. */
function decide(scores: Float32Array, { labels, margins, shares }: Judged, frame: number): void {
  let best = 0;
  let second = -1;
  for (let c = 1; c < scores.length; c++) {
    if ((scores[c] ?? 0) > (scores[best] ?? 0)) [best, second] = [c, best];
    else if (second < 0 || (scores[c] ?? 0) > (scores[second] ?? 0)) second = c;
  }
  const highest = scores[best] ?? 0;
  labels[frame] = best;
  margins[frame] = highest - (scores[second] ?? 0);
  const powers = Array.from(scores, (score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  shares.set(
    powers.map((power) => power / sum),
    frame * scores.length,
  );
}
