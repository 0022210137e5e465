/** `spikeline train` for the systems of surface networks. */
import type { z } from "zod";
import type { trainOptions } from "../config/options.ts";
import { dataError, usageError } from "../core/errors.ts";
import type { FeatureReadoutKind } from "../model/readout-schema.ts";
import { saveModel } from "../model/save.ts";
import type { SurfaceDescription, SurfaceModel } from "../model/surface-schema.ts";
import { SurfaceNetwork } from "../network/surface-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { createReadout } from "../readout/feature-readout.ts";
import { describeSurfaceSystem } from "../systems/describe-system.ts";
import type { SurfaceRecipe } from "../systems/recipe.ts";
import { openRecordingSet } from "./frame-set.ts";
import { percentText } from "./learn.ts";
import { eventTaker, judgeSurfaceModel, type LearnedSurfaces, learnSurface } from "./learn-surface.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";

type TrainOptions = z.output<typeof trainOptions>;

/** What the recipe settles, or what is not there yet. */
const NOT_TAKEN = ["neurons", "weights", "resume"] as const;

export async function trainSurface(recipe: SurfaceRecipe, options: TrainOptions): Promise<void> {
  const given = NOT_TAKEN.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw usageError("TRAIN_OPTION", `Expected no --${given} for ${recipe.name}, which does not take it.`);
  }
  const output = new Output(options);
  const { out, validation, seed, readout = "linear", passes = recipe.passes[readout] } = options;
  await checkOut(out);
  const set = openRecordingSet(options, eventTaker(recipe.describe({ seed, presentations: 0 })));
  const part = set.train;
  if (part.labelled === 0) {
    throw dataError(
      "TRAIN_LABELS",
      `Expected labels for recordings of ${set.name}, from which the readout of ${recipe.name} learns, found none; name them with --labels FILE.`,
    );
  }
  const frames = Math.min(options.frames ?? part.count, part.count);
  const description = describeSurfaceSystem(recipe, { seed, presentations: frames * passes, readout });
  const { model, learned } = await learnModel(description, { part, frames, passes, output });
  const judged =
    validation === undefined ? undefined : await judgeSurfaceModel(model, { part: set.test, output });
  if (out !== undefined) await saveModel(out, finish(model, { dataset: set.name, frames, judged }));
  const { cpuUs, ...learning } = learned;
  const result = {
    system: recipe.name,
    prototypes: description.layers[0].prototypes,
    readout,
    seed,
    frames,
    passes,
    trainFps: frames / (cpuUs / 1e6),
    ...learning,
    validation: judged === undefined ? undefined : { accuracy: judged.accuracy, frames: judged.frames },
    out,
  };
  output.result(result, resultText(result, judged));
}

async function learnModel(
  description: SurfaceDescription,
  options: Parameters<typeof learnSurface>[1],
): Promise<{ readonly model: SurfaceModel; readonly learned: LearnedSurfaces }> {
  const network = SurfaceNetwork.create(description);
  const readout = createReadout(description.readout);
  try {
    const learned = await learnSurface({ network, readout }, options);
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
  { description, tensors }: SurfaceModel,
  measured: {
    readonly dataset: string;
    readonly frames: number;
    readonly judged: Evaluation | undefined;
  },
): SurfaceModel {
  const { frames: framesSeen, judged } = measured;
  const dataset = measured.dataset.slice(0, 180);
  return {
    description: {
      ...description,
      provenance: { ...description.provenance, dataset, framesSeen },
      accuracy:
        judged === undefined
          ? []
          : [{ dataset: `${dataset} (validation)`, accuracy: judged.accuracy, frames: judged.frames }],
    },
    tensors,
  };
}

function resultText(
  result: {
    readonly system: string;
    readonly prototypes: number;
    readonly readout: FeatureReadoutKind;
    readonly frames: number;
    readonly passes: number;
    readonly events: number;
    readonly eventsPerSecond: number;
    readonly out: string | undefined;
  },
  judged: Evaluation | undefined,
): string {
  const { system, prototypes, readout, frames, passes, events, eventsPerSecond, out } = result;
  const taught = readout === "linear" ? "their labels" : "to name them from right and wrong alone";
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  return [
    `${system}: ${prototypes} prototypes learned ${count(events)} events of ${count(frames)} recordings at ${count(eventsPerSecond)} events per CPU second, and the readout ${taught} (passes: ${passes}).`,
    ...(judged === undefined
      ? []
      : [
          `Validation: ${percentText(judged.accuracy)} of ${count(judged.frames)} recordings it never learned from.`,
        ]),
    out === undefined ? "Nothing was saved; --out FILE writes the model." : `Saved ${out}.`,
  ].join("\n");
}
