/** `spikeline eval`: measures a model on labelled frames with learning off. */
import type { Command } from "commander";
import type { z } from "zod";
import { evalOptions, parseOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import type { AnyModel } from "../model/any-model.ts";
import { loadAnyModel } from "../model/load.ts";
import { isSurfaceModel } from "../model/surface-schema.ts";
import { isWaveModel } from "../model/wave-schema.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import type { ThreadedEvaluation } from "../pipeline/judge-threads.ts";
import { confusionText } from "../report/confusion.ts";
import { firstImages, openFrameSet, openImages, openRecordingSet } from "./frame-set.ts";
import { judgeModel } from "./learn.ts";
import { eventTaker, judgeSurfaceModel } from "./learn-surface.ts";
import { judgeOnThreads, judgeWaveModel } from "./learn-wave.ts";
import { Output } from "./output.ts";

type EvalOptions = z.output<typeof evalOptions>;

/** Judges a model of either kind on what the options name. */
function judgeAny(
  model: AnyModel,
  options: EvalOptions,
  output: Output,
): Promise<Evaluation | ThreadedEvaluation> {
  const { frames, threads, readout } = options;
  const chosen = { ...options, seed: 0 };
  if (threads !== undefined && !isWaveModel(model)) {
    const { system } = model.description;
    throw usageError("EVAL_THREADS", `Expected no --threads for a model of ${system}, which judges on one.`);
  }
  if (isSurfaceModel(model)) {
    const { test } = openRecordingSet(chosen, eventTaker(model.description));
    return judgeSurfaceModel(model, { part: test, frames, output, readout });
  }
  if (!isWaveModel(model)) {
    if (readout !== undefined) throw noOtherReadout(model, readout);
    return judgeModel(model, { part: openFrameSet(chosen, model.description).test, frames, output });
  }
  const { system, input } = model.description;
  const { test } = openImages(chosen, { system, input, inputs: input.width * input.height });
  if (threads !== undefined && readout !== undefined) {
    throw usageError("EVAL_THREADS", "Expected --threads or --readout, found both; give one of them.");
  }
  const images = firstImages(test, frames ?? test.count);
  return threads === undefined
    ? judgeWaveModel(model, { images, output, readout })
    : judgeOnThreads(model, { images, threads, output });
}

const noOtherReadout = ({ description: { system } }: AnyModel, readout: string) =>
  usageError(
    "EVAL_READOUT",
    `Expected a model whose readout pools feature spikes for --readout ${readout}, but ${system} votes by neurons.`,
  );

async function evalCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(evalOptions, raw);
  const output = new Output(options);
  const model = await loadAnyModel(file);
  const evaluation = await judgeAny(model, options, output);
  const { accuracy, frames, testFps, confusion, unanswered } = evaluation;
  const { classNames } = model.description.readout;
  const { threads } = options;
  const wallFps = "wallUs" in evaluation ? frames / (evaluation.wallUs / 1e6) : undefined;
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  output.result(
    { accuracy, frames, testFps, threads, wallFps, confusion, unanswered },
    [
      confusionText({ classNames, counts: confusion, unanswered }),
      `${count(testFps)} frames per CPU second`,
      ...(wallFps === undefined ? [] : [`${count(wallFps)} frames per second on ${threads} threads`]),
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
    .option("--readout <file>", "an ONNX file instead of the model's readout, run by onnxruntime-node")
    .option("--threads <n>", "judge images on several threads at once (models of wave networks)")
    .option("--json", "print {accuracy, frames, testFps, confusion, unanswered}")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline eval m.safetensors --dataset mnist --json")
    .action(evalCommand);
}
