/** `spikeline train`: learns a system from a data set or from recordings and writes a model file. */
import type { Command } from "commander";
import type { z } from "zod";
import { parseOptions, trainOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import { loadModel } from "../model/load.ts";
import { saveModel } from "../model/save.ts";
import type { Model, ModelDescription } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import type { TrainingProgress } from "../pipeline/trainer.ts";
import { VoteReadout } from "../readout/vote.ts";
import { describeSystem } from "../systems/describe-system.ts";
import {
  findSurfaceSystem,
  findWaveSystem,
  surfaceSystems,
  systems,
  waveSystems,
} from "../systems/systems.ts";
import { openFrameSet } from "./frame-set.ts";
import { assembleModel, judgeModel, learn, name, percentText } from "./learn.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";
import { trainSurface } from "./train-surface.ts";
import { trainWave } from "./train-wave.ts";

const DEFAULT_SYSTEM = "diehl-cook-2015";

type TrainOptions = z.output<typeof trainOptions>;

async function begin(system: string | undefined, options: TrainOptions) {
  if (options.resume === undefined) {
    const description = describeSystem(system ?? DEFAULT_SYSTEM, options);
    return {
      description,
      network: SpikingNetwork.create(description),
      profile: VoteReadout.create(description),
    };
  }
  const model = await loadModel(options.resume);
  const { description } = model;
  if (system !== undefined && system !== description.system) {
    throw usageError(
      "RESUME_SYSTEM",
      `Expected ${options.resume} to hold the system "${system}", but it holds "${description.system}".`,
    );
  }
  if (options.neurons !== undefined || options.weights !== undefined) {
    throw usageError(
      "RESUME_SHAPE",
      "Expected no --neurons or --weights with --resume: the model file says them.",
    );
  }
  return { description, network: SpikingNetwork.restore(model), profile: VoteReadout.restore(model) };
}

async function trainCommand(system: string | undefined, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(trainOptions, raw);
  const wave = findWaveSystem(system);
  if (wave !== undefined) return trainWave(wave, options);
  const surface = findSurfaceSystem(system);
  if (surface !== undefined) return trainSurface(surface, options);
  if (options.readout !== undefined) {
    const known = [...waveSystems, ...surfaceSystems].map((each) => each.name).join(", ");
    throw usageError(
      "TRAIN_OPTION",
      `Expected no --readout but with one of ${known}, whose readouts can be chosen.`,
    );
  }
  const output = new Output(options);
  await checkOut(options.out);
  const { description, network, profile } = await begin(system, options);
  const set = openFrameSet(options, description);
  const { passes = 1, frames, out, validation } = options;
  const progress = await learn(network, { part: set.train, frames, passes, profile, output });
  const readout = await name(network, { description, part: set.train, output });
  const { provenance } = description;
  const learned: ModelDescription = {
    ...description,
    provenance: {
      ...provenance,
      dataset: set.name.slice(0, 200),
      framesSeen: provenance.framesSeen + progress.frames,
    },
    accuracy: [],
  };
  const model = assembleModel(learned, network, readout);
  const judged = validation === undefined ? undefined : await judgeModel(model, { part: set.test, output });
  if (out !== undefined) await saveModel(out, withAccuracy(model, { name: set.name, judged }));
  output.result(
    {
      system: description.system,
      neurons: network.neurons,
      seed: description.seed,
      frames: progress.frames,
      trainFps: progress.trainFps,
      spikesPerFrame: progress.outputSpikes / progress.frames,
      accuracySoFar: progress.accuracySoFar,
      validation: judged === undefined ? undefined : { accuracy: judged.accuracy, frames: judged.frames },
      out,
    },
    resultText({
      what: `${description.system}: ${network.neurons} neurons`,
      progress,
      judged,
      out,
      isNamed: set.train.labelled > 0,
    }),
  );
}

/** The model, saying what it was measured to be. */
function withAccuracy(
  model: Model,
  { name: data, judged }: { readonly name: string; readonly judged: Evaluation | undefined },
): Model {
  if (judged === undefined) return model;
  const dataset = `${data} (validation)`.slice(0, 200);
  const accuracy = [{ dataset, accuracy: judged.accuracy, frames: judged.frames }];
  return { ...model, description: { ...model.description, accuracy } };
}

function resultText(result: {
  readonly what: string;
  readonly progress: TrainingProgress;
  readonly judged: Evaluation | undefined;
  readonly isNamed: boolean;
  readonly out: string | undefined;
}): string {
  const { what, progress, judged, isNamed, out } = result;
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  return [
    `${what} saw ${count(progress.frames)} frames at ${count(progress.trainFps)} frames per CPU second.`,
    ...(judged === undefined
      ? []
      : [`Validation: ${percentText(judged.accuracy)} of ${judged.frames} frames it never learned from.`]),
    ...(isNamed
      ? []
      : [
          "No labels were given, so the neurons have no names yet; learn on with --resume and --labels to name them.",
        ]),
    out === undefined ? "Nothing was saved; --out FILE writes the model." : `Saved ${out}.`,
  ].join("\n");
}

export function addTrain(program: Command): void {
  const names = [...systems, ...waveSystems, ...surfaceSystems].map((system) => system.name);
  program
    .command("train")
    .description("learn a system from a data set or from recordings and write a model file")
    .argument("[system]", `name of the system, one of ${names.join(", ")} (default: ${DEFAULT_SYSTEM})`)
    .option("--neurons <n>", "how many neurons learn")
    .option("--dataset <name>", "mnist or n-mnist")
    .option("--data <dir>", "folder of the data set's files")
    .option("--source <dir>", "folder of event recordings instead of a data set")
    .option("--labels <file>", "labels of the recordings: lines of `id label`")
    .option("--validation <share>", "keep this share of the training frames for testing, such as 0.2")
    .option(
      "--passes <n>",
      "how often all frames are seen (default: 1; flagship-images: 30, by reward 8; flagship-events: 60)",
    )
    .option("--frames <n>", "see only the first n frames")
    .option("--seed <n>", "seed of weights and spikes (default: 7)")
    .option("--weights <kind>", "float32 or uint8")
    .option(
      "--readout <kind>",
      "of flagship-images and flagship-events: linear, told labels, or reward, told right and wrong alone",
    )
    .option("--resume <file>", "go on learning from a model file")
    .option("--out <file>", "where the model goes, NAME.safetensors")
    .option("--json", "print one JSON document")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      "\nExample: spikeline train diehl-cook-2015 --neurons 400 --dataset mnist --out m.safetensors",
    )
    .action(trainCommand);
}
