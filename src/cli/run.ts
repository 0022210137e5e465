/** `spikeline run`: a live source through the network, onto a page or headless. */
import type { Command } from "commander";
import type { z } from "zod";
import { parseOptions, runOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { decodeAnyModel } from "../model/load.ts";
import { saveModel } from "../model/save.ts";
import type { StartOptions } from "../pipeline/messages.ts";
import { announcedLabels } from "../pipeline/open-source.ts";
import { describeSystem } from "../systems/describe-system.ts";
import { diehlCookEvents } from "../systems/diehl-cook-events.ts";
import { beginFrom } from "./begin-from.ts";
import { PUBLISHED_TEST_FPS, PUBLISHED_TRAIN_FPS, percentText } from "./learn.ts";
import { accuracyText, runSession } from "./live-session.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";
import { type DescribedSource, describeSource } from "./run-source.ts";
import { withPageOptions } from "./show-page.ts";

type RunOptions = z.output<typeof runOptions>;

async function modelOf(
  options: RunOptions,
  { source, output }: { readonly source: DescribedSource; readonly output: Output },
): Promise<StartOptions["model"]> {
  const { model: file, neurons, seed, fresh } = options;
  if (file !== undefined) return beginFrom({ file, fresh, output });
  const description = describeSystem(diehlCookEvents.name, { neurons, seed, input: source.size });
  if (description.readout.classNames.length > 0) return { description };
  const classNames = namesFor(announcedLabels(source.description));
  return { description: { ...description, readout: { ...description.readout, classNames } } };
}

/** A class for each label that will come, and those below it: "0", "1", … */
function namesFor(labels: readonly { readonly label: number | undefined }[]): string[] {
  const highest = labels.reduce((most, { label = -1 }) => Math.max(most, label), -1);
  return Array.from({ length: highest + 1 }, (_, label) => `${label}`);
}

function resultText({ frames, accuracy, speed, stages, message }: Snapshot): string {
  const fps = (value: number | undefined) =>
    value === undefined ? "not measured" : `${Math.round(value).toLocaleString("en-US")} frames/s`;
  // Pictures that a newer one replaced are no loss of data; the page counts them for itself.
  const data = stages.filter(({ unit }) => unit !== "snapshots");
  const drops = data.flatMap(({ name, dropped }) =>
    Object.entries(dropped).map(([why, count]) => ({ why, text: `${name} ${why} ${count}` })),
  );
  // Filtered is chosen, lost is not; they are never added.
  const [filtered, lost] = [true, false].map((isChosen) =>
    drops.filter(({ why }) => (why === "filtered") === isChosen).map(({ text }) => text),
  );
  return [
    `${frames} frames; accuracy ${accuracyText(accuracy)} of ${accuracy.judged} with known truth, the last ${accuracy.recentOf}: ` +
      (accuracy.recentOf === 0 ? "–" : percentText(accuracy.recent / accuracy.recentOf)),
    `possible while learning: ${fps(speed.trainFps)} (published ${PUBLISHED_TRAIN_FPS}); learning off: ${fps(speed.testFps)} (published ${PUBLISHED_TEST_FPS})`,
    `dropped: ${lost?.join(", ") || "nothing"}`,
    ...(filtered?.length ? [`filtered: ${filtered.join(", ")}`] : []),
    ...(message === undefined ? [] : [message]),
  ].join("\n");
}

async function runCommand(raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(runOptions, raw);
  const { source, learn, headless, model: file, out } = options;
  const output = new Output(options);
  if (headless && file === undefined && !learn) {
    throw usageError(
      "RUN_NOTHING",
      "Expected --model FILE or --learn with --headless: a fresh network that does not learn has no answers.",
    );
  }
  await checkOut(out);
  const described = await describeSource(options);
  const model = await modelOf(options, { source: described, output });
  const checkpoints = out ?? file;
  await runSession({
    start: {
      source: described.description,
      model,
      learn,
      ...(checkpoints === undefined ? {} : { checkpoints }),
      wantModel: out !== undefined,
    },
    page: headless ? undefined : options,
    total: described.total,
    output,
    onResult: async ({ snapshot, model: learned, checkpoint }) => {
      if (out !== undefined && learned !== undefined) await saveModel(out, decodeAnyModel(learned, out));
      const { frames, accuracy, speed: fps, stages, learning, message } = snapshot;
      const saved = { out, checkpoint: checkpoint?.path };
      output.result(
        { source, frames, learning, accuracy, speed: fps, stages, ...saved, message },
        resultText(snapshot),
      );
    },
  });
}

export function addRun(program: Command): void {
  withPageOptions(program.command("run"))
    .description("live: a simulated camera or event recordings through the network, onto a page")
    .requiredOption(
      "--source <source>",
      "sim:digits, a recording or a folder of them (.raw, .bin, .bs2), or - for standard input",
    )
    .option("--format <format>", "evt2, evt3 or nmnist, where the recording does not say")
    .option("--size <size>", "WxH of the sensor, where the recording does not say (nmnist: 34x34)")
    .option("--salvage", "keep what can be read of damaged recordings, skip what cannot, and count both")
    .option("--labels <file>", "labels of the recordings: lines of `id label`")
    .option("--model <file>", "model to begin with (default: a fresh one of diehl-cook-events)")
    .option("--fresh", "begin with the model itself, not with what was learned on from it")
    .option("--learn", "learn while it runs")
    .option(
      "--speed <speed>",
      "1: the sensor's own pace; max: as fast as the network; auto: sim:digits hurries while it learns (default: auto)",
    )
    .option(
      "--passes <n>",
      "how often the recordings are played (default: 1), or sim:digits shown (default: for ever)",
    )
    .option("--frames <n>", "how many digits sim:digits shows")
    .option("--neurons <n>", "neurons of a fresh model")
    .option("--seed <n>", "seed of a fresh model and of sim:digits (default: 7)")
    .option("--headless", "no page")
    .option("--out <file>", "write the model at the end, NAME.safetensors")
    .option("--json", "print one JSON document at the end")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      "\nExample: spikeline run --source sim:digits --learn\n     Or: spikeline run --source rec.raw --learn",
    )
    .action(runCommand);
}
