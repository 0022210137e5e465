/** `spikeline train` for the systems of wave networks. */
import type { z } from "zod";
import type { trainOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import { saveModel } from "../model/save.ts";
import type { WaveDescription, WaveModel } from "../model/wave-schema.ts";
import { WaveNetwork } from "../network/wave-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { createReadout } from "../readout/feature-readout.ts";
import { describeWaveSystem } from "../systems/describe-system.ts";
import type { WaveRecipe } from "../systems/recipe.ts";
import { firstImages, type ImageSet, openImages } from "./frame-set.ts";
import { percentText } from "./learn.ts";
import { judgeWaveModel, type Learned, learnWave } from "./learn-wave.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";

type TrainOptions = z.output<typeof trainOptions>;

/** What the recipe settles, or what is not there yet. */
const NOT_TAKEN = ["neurons", "weights", "resume"] as const;

export async function trainWave(recipe: WaveRecipe, options: TrainOptions): Promise<void> {
  const given = NOT_TAKEN.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw usageError("TRAIN_OPTION", `Expected no --${given} for ${recipe.name}, which does not take it.`);
  }
  const output = new Output(options);
  const { out, validation, seed, readout = "linear", passes = recipe.passes[readout] } = options;
  await checkOut(out);
  const set = openSet(recipe, options);
  const images = firstImages(set.train, options.frames ?? set.train.count);
  const presentations = images.count * passes;
  const description = describeWaveSystem(recipe, { seed, presentations, readout });
  const unlabelled = firstImages(images, recipe.learnedImages);
  const { model, learned } = await learnModel(description, { images, unlabelled, passes, output });
  const judged = await judgeWaveModel(model, { images: set.test, output });
  const part = validation === undefined ? "test" : "validation";
  if (out !== undefined)
    await saveModel(out, finish(model, { dataset: set.name, part, presentations, judged }));
  const { cpuUs, ...learning } = learned;
  const result = {
    system: recipe.name,
    maps: description.layers[0].maps,
    readout,
    seed,
    frames: images.count,
    passes,
    trainFps: images.count / (cpuUs / 1e6),
    ...learning,
    testFps: judged.testFps,
    [part]: { accuracy: judged.accuracy, frames: judged.frames },
    out,
  };
  output.result(result, resultText(result, { part, judged }));
}

function openSet(recipe: WaveRecipe, options: TrainOptions): ImageSet {
  const { input } = recipe.describe({ seed: options.seed, presentations: 0 });
  return openImages(options, { system: recipe.name, input, inputs: input.width * input.height });
}

async function learnModel(
  description: WaveDescription,
  options: Parameters<typeof learnWave>[1],
): Promise<{ readonly model: WaveModel; readonly learned: Learned }> {
  const network = WaveNetwork.create(description);
  const readout = createReadout(description.readout);
  try {
    const learned = await learnWave({ network, readout }, options);
    return {
      model: { description, tensors: new Map([...network.tensors(), ...readout.tensors()]) },
      learned,
    };
  } finally {
    network.dispose();
    readout.dispose();
  }
}

/** The model, saying what it learned from and what it was measured to be. */
function finish(
  { description, tensors }: WaveModel,
  measured: {
    readonly dataset: string;
    readonly part: string;
    readonly presentations: number;
    readonly judged: Evaluation;
  },
): WaveModel {
  const { dataset, part, presentations, judged } = measured;
  const { accuracy, frames } = judged;
  return {
    description: {
      ...description,
      provenance: { ...description.provenance, dataset, framesSeen: presentations },
      accuracy: [{ dataset: `${dataset} (${part})`, accuracy, frames }],
    },
    tensors,
  };
}

function resultText(
  result: {
    readonly system: string;
    readonly maps: number;
    readonly frames: number;
    readonly passes: number;
    readonly trainFps: number;
    readonly out: string | undefined;
  },
  { part, judged }: { readonly part: "test" | "validation"; readonly judged: Evaluation },
): string {
  const { system, maps, frames, passes, trainFps, out } = result;
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  return [
    `${system}: ${maps} maps learned ${count(frames)} images at ${count(trainFps)} images per CPU second, all learning of the readout included (passes: ${passes}).`,
    `${part === "test" ? "Test" : "Validation"}: ${percentText(judged.accuracy)} of ${count(judged.frames)} images it never learned from, at ${count(judged.testFps)} images per CPU second.`,
    out === undefined ? "Nothing was saved; --out FILE writes the model." : `Saved ${out}.`,
  ].join("\n");
}
