/** `spikeline eval`: measures a model on labelled frames with learning off. */
import type { Command } from "commander";
import type { z } from "zod";
import { evalOptions, parseOptions } from "../config/options.ts";
import type { AnyModel } from "../model/any-model.ts";
import { loadAnyModel } from "../model/load.ts";
import { isSurfaceModel } from "../model/surface-schema.ts";
import { isWaveModel } from "../model/wave-schema.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { confusionText } from "../report/confusion.ts";
import { firstImages, openFrameSet, openImages, openRecordingSet } from "./frame-set.ts";
import { judgeModel } from "./learn.ts";
import { eventTaker, judgeSurfaceModel } from "./learn-surface.ts";
import { judgeWaveModel } from "./learn-wave.ts";
import { Output } from "./output.ts";

type EvalOptions = z.output<typeof evalOptions>;

/** Judges a model of either kind on what the options name. */
function judgeAny(model: AnyModel, options: EvalOptions, output: Output): Promise<Evaluation> {
  const { frames } = options;
  const chosen = { ...options, seed: 0 };
  if (isSurfaceModel(model)) {
    const { test } = openRecordingSet(chosen, eventTaker(model.description));
    return judgeSurfaceModel(model, { part: test, frames, output });
  }
  if (!isWaveModel(model)) {
    return judgeModel(model, { part: openFrameSet(chosen, model.description).test, frames, output });
  }
  const { system, input } = model.description;
  const { test } = openImages(chosen, { system, input, inputs: input.width * input.height });
  return judgeWaveModel(model, { images: firstImages(test, frames ?? test.count), output });
}

async function evalCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(evalOptions, raw);
  const output = new Output(options);
  const model = await loadAnyModel(file);
  const { accuracy, frames, testFps, confusion, unanswered } = await judgeAny(model, options, output);
  const { classNames } = model.description.readout;
  output.result(
    { accuracy, frames, testFps, confusion, unanswered },
    [
      confusionText({ classNames, counts: confusion, unanswered }),
      `${Math.round(testFps).toLocaleString("en-US")} frames per CPU second`,
    ].join("\n"),
  );
}

export function addEval(program: Command): void {
  program
    .command("eval")
    .description("measure a model on labelled frames, learning off")
    .argument("<model>", "model file")
    .option("--dataset <name>", "mnist or n-mnist: its test part")
    .option("--data <dir>", "folder of the data set's files")
    .option("--source <dir>", "folder of event recordings instead of a data set")
    .option("--labels <file>", "labels of the recordings: lines of `id label`")
    .option("--frames <n>", "judge only the first n frames")
    .option("--json", "print {accuracy, frames, testFps, confusion, unanswered}")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline eval m.safetensors --dataset mnist --json")
    .action(evalCommand);
}
