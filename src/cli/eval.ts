/** `spikeline eval`: measures a model on labelled frames with learning off. */
import type { Command } from "commander";
import { evalOptions, parseOptions } from "../config/options.ts";
import { loadModel } from "../model/load.ts";
import { confusionText } from "../report/confusion.ts";
import { openFrameSet } from "./frame-set.ts";
import { judgeModel } from "./learn.ts";
import { Output } from "./output.ts";

async function evalCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(evalOptions, raw);
  const output = new Output(options);
  const model = await loadModel(file);
  const set = openFrameSet({ ...options, seed: 0 }, model.description);
  const { accuracy, frames, testFps, confusion, unanswered } = await judgeModel(model, {
    part: set.test,
    frames: options.frames,
    output,
  });
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
