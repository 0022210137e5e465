/**
 * `spikeline start`: the demo of `npm start`. A simulated event camera looks at digits, the shipped model names them
 * and learns by what is said of its answers.
 */
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { parseOptions, startOptions } from "../config/options.ts";
import { ioError, systemCode } from "../core/errors.ts";
import type { PipelineResult } from "../pipeline/messages.ts";
import { beginFrom } from "./begin-from.ts";
import { accuracyText, runSession } from "./live-session.ts";
import { Output } from "./output.ts";
import { openStateFolder, withPageOptions } from "./show-page.ts";

const SHIPPED = fileURLToPath(new URL("../../models/flagship-events.safetensors", import.meta.url));
/** Another than those the shipped model was trained and measured with. */
const SEED = 2026;
/** Long enough to read an answer before the next digit comes. */
const GAP_MS = 500;

/** Where what is learned on from a model is kept: the package's folder may not be ours to write. */
async function checkpointBase(file: string): Promise<string> {
  const folder = join(await openStateFolder(), "models");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw ioError(
      "STATE_FOLDER",
      `Expected to make the folder ${folder} for what is learned, but the system says ${systemCode(error)}; name another with XDG_STATE_HOME.`,
      error,
    );
  }
  return join(folder, basename(file));
}

async function startCommand(raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(startOptions, raw);
  const output = new Output(options);
  const { model: file = SHIPPED, fresh } = options;
  const base = await checkpointBase(file);
  const model = await beginFrom({ file, base, fresh, output });
  output.announce("A simulated event camera looks at handwritten digits; a spiking network names them.");
  output.announce(`What it learns is kept in ${dirname(base)}.`);
  await runSession({
    start: {
      source: { kind: "simulated-digits", name: "sim:digits", seed: SEED, speed: "auto", gapMs: GAP_MS },
      model,
      learn: false,
      checkpoints: base,
    },
    page: options,
    total: undefined,
    output,
    onResult: async (result) => tell(result, output),
  });
}

function tell({ snapshot, checkpoint }: PipelineResult, output: Output): void {
  const { frames, accuracy } = snapshot;
  const saved = checkpoint?.path;
  output.result(
    { frames, accuracy, checkpoint: saved },
    [
      `${frames.toLocaleString("en-US")} digits shown, ${accuracyText(accuracy)} named right`,
      saved === undefined ? "nothing new was learned" : `what it learned is kept in ${saved}`,
      ...(checkpoint?.fault === undefined ? [] : [checkpoint.fault]),
    ].join("\n"),
  );
}

export function addStart(program: Command): void {
  withPageOptions(program.command("start"))
    .description("show the shipped model at work on a page: a simulated event camera looks at digits")
    .option("--model <file>", "another model than the shipped one")
    .option("--fresh", "begin with the model itself, not with what it learned here before")
    .option("--json", "print one JSON document at the end")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline start")
    .action(startCommand);
}
