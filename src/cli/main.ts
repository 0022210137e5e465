#!/usr/bin/env node
/** The program: dispatches to one file per command, and turns every failure into one sentence and an exit code. */
import process from "node:process";
import { Command, CommanderError } from "commander";
import { EXIT, SpikelineError, systemCode } from "../core/errors.ts";
import { packageVersion } from "../core/version.ts";
import { addBench } from "./bench.ts";
import { addEval } from "./eval.ts";
import { addExport } from "./export.ts";
import { addInfo } from "./info.ts";
import { guardStreams } from "./output.ts";
import { addRun } from "./run.ts";
import { addStart } from "./start.ts";
import { addTrain } from "./train.ts";

function makeProgram(): Command {
  const program = new Command("spikeline")
    .description("Learns, live and without labels, from the spikes of an event camera.")
    .version(packageVersion())
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const add of [addStart, addRun, addTrain, addEval, addExport, addBench, addInfo]) add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** One sentence on stderr; the stable code stands behind it, for searching. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof SpikelineError) {
    process.stderr.write(`spikeline: ${error.message} (${error.code})\n`);
    return error.exitCode;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const code = systemCode(error) ?? "INTERNAL";
  process.stderr.write(`spikeline: something failed that should not have (${code}):\n${reason}\n`);
  return EXIT.internal;
}

guardStreams();
try {
  await makeProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = explain(error);
}
