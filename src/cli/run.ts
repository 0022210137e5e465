/** `spikeline run`: live. A source plays through encoder and network in the pipeline thread, onto the page or headless. */
import { mkdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import {
  firstValueFrom,
  fromEvent,
  lastValueFrom,
  merge,
  type Observable,
  shareReplay,
  take,
  tap,
} from "rxjs";
import type { z } from "zod";
import { readEnvironment } from "../config/environment.ts";
import { parseOptions, runOptions } from "../config/options.ts";
import { ioError, noInputError, systemCode, usageError } from "../core/errors.ts";
import type { Snapshot } from "../core/telemetry.ts";
import { addressWithToken, loadOrCreateToken } from "../dashboard/auth.ts";
import { type Dashboard, startDashboard } from "../dashboard/server.ts";
import { decodeModel } from "../model/load.ts";
import { saveModel } from "../model/save.ts";
import type { StartOptions } from "../pipeline/messages.ts";
import { type PipelineWorker, startWorker } from "../pipeline/start-worker.ts";
import { describeSystem } from "../systems/describe-system.ts";
import { diehlCookEvents } from "../systems/diehl-cook-events.ts";
import { PUBLISHED_TEST_FPS, PUBLISHED_TRAIN_FPS, percentText } from "./learn.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";
import { describeSource } from "./run-source.ts";

type RunOptions = z.output<typeof runOptions>;

async function modelOf(options: RunOptions): Promise<StartOptions["model"]> {
  const { model: file, neurons, seed } = options;
  if (file === undefined) return { description: describeSystem(diehlCookEvents.name, { neurons, seed }) };
  try {
    return { bytes: await readFile(file), name: file };
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw noInputError("MODEL_MISSING", `Expected a model file at ${file}, but there is none.`);
    throw ioError(
      "MODEL_READ",
      `Expected to read the model file ${file}, but the system says ${systemCode(error)}.`,
      error,
    );
  }
}

const accuracyText = ({ right, judged }: Snapshot["accuracy"]) =>
  judged === 0 ? "–" : percentText(right / judged);

/** Shows how the run goes on stderr, until the pipeline is over. */
function follow(
  snapshots$: Observable<Snapshot>,
  options: { readonly total: number | undefined; readonly output: Output },
) {
  const bar = options.output.progress({ label: "run", unit: "frames", total: options.total });
  const bars$ = snapshots$.pipe(
    tap(({ frames, accuracy, speed }) => {
      const possible = speed.trainFps ?? speed.testFps;
      bar.update(frames, [
        `accuracy ${accuracyText(accuracy)}`,
        possible === undefined
          ? "possible –"
          : `possible ${Math.round(possible).toLocaleString("en-US")} fps`,
        `load ${(100 * speed.load).toFixed(1)} %`,
      ]);
    }),
  );
  return lastValueFrom(bars$, { defaultValue: undefined }).finally(() => bar.finish());
}

async function openToken(): Promise<string> {
  const { stateFolder } = readEnvironment();
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw ioError(
      "STATE_FOLDER",
      `Expected to make the folder ${stateFolder} for the page's token, but the system says ${systemCode(error)}; name another with XDG_STATE_HOME.`,
      error,
    );
  }
  return loadOrCreateToken(join(stateFolder, "token"));
}

async function showPage(pipeline: PipelineWorker, options: RunOptions, output: Output) {
  const token = await openToken();
  const dashboard = await startDashboard({
    snapshots$: pipeline.snapshots$,
    onControl: (control) => pipeline.send(control),
    host: options.host,
    port: options.port,
    token,
    pageDir: fileURLToPath(new URL("../page", import.meta.url)),
  });
  const { port } = new URL(dashboard.url);
  output.announce(`The page: ${addressWithToken(dashboard.url, token)}`);
  output.announce(`From another machine, first: ssh -L ${port}:127.0.0.1:${port} ${hostname()}`);
  return dashboard;
}

function resultText({ frames, accuracy, speed, stages }: Snapshot): string {
  const fps = (value: number | undefined) =>
    value === undefined ? "not measured" : `${Math.round(value).toLocaleString("en-US")} frames/s`;
  // Pictures that a newer one replaced are no loss of data; the page counts them for itself.
  const data = stages.filter(({ unit }) => unit !== "snapshots");
  const lost = data.flatMap(({ name, dropped }) =>
    Object.entries(dropped).map(([why, count]) => `${name} ${why} ${count}`),
  );
  return [
    `${frames} frames; accuracy ${accuracyText(accuracy)} of ${accuracy.judged} with known truth, the last ${accuracy.recentOf}: ` +
      (accuracy.recentOf === 0 ? "–" : percentText(accuracy.recent / accuracy.recentOf)),
    `possible while learning: ${fps(speed.trainFps)} (published ${PUBLISHED_TRAIN_FPS}); learning off: ${fps(speed.testFps)} (published ${PUBLISHED_TEST_FPS})`,
    `dropped: ${lost.length === 0 ? "nothing" : lost.join(", ")}`,
  ].join("\n");
}

async function runCommand(raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(runOptions, raw);
  const { source, learn, headless, out } = options;
  const output = new Output(options);
  if (headless && options.model === undefined && !learn) {
    throw usageError(
      "RUN_NOTHING",
      "Expected --model FILE or --learn with --headless: a fresh network that does not learn has no answers.",
    );
  }
  await checkOut(out);
  const { description, total } = describeSource(options);
  const model = await modelOf(options);
  const pipeline = startWorker({ source: description, model, learn, wantModel: out !== undefined });
  let isInterrupted = false;
  const interrupted$ = merge(fromEvent(process, "SIGINT"), fromEvent(process, "SIGTERM")).pipe(
    tap(() => {
      isInterrupted = true;
      void pipeline.stop();
    }),
    take(1),
    shareReplay(1),
  );
  const watching = interrupted$.subscribe();
  let dashboard: Dashboard | undefined;
  try {
    if (!headless) dashboard = await showPage(pipeline, options, output);
    const [{ snapshot, model: learned }] = await Promise.all([
      pipeline.result,
      follow(pipeline.snapshots$, { total, output }),
    ]);
    if (out !== undefined && learned !== undefined) await saveModel(out, decodeModel(learned, out));
    const { frames, accuracy, speed: fps, stages, learning } = snapshot;
    output.result({ source, frames, learning, accuracy, speed: fps, stages, out }, resultText(snapshot));
    if (dashboard !== undefined && !isInterrupted) {
      output.announce("The source has ended; the page stays until Ctrl-C.");
      await firstValueFrom(interrupted$);
    }
  } finally {
    watching.unsubscribe();
    await Promise.all([dashboard?.close(), pipeline.stop()]);
  }
}

export function addRun(program: Command): void {
  program
    .command("run")
    .description("live: a simulated camera or event recordings through the network, onto a page")
    .requiredOption("--source <source>", "sim:digits, or a folder of N-MNIST recordings (.bin, .bs2)")
    .option("--labels <file>", "labels of the recordings: lines of `id label`")
    .option("--model <file>", "model to begin with (default: a fresh one of diehl-cook-events)")
    .option("--learn", "learn while it runs")
    .option("--speed <speed>", "1: the sensor's own pace; max: as fast as the network (default: 1)")
    .option(
      "--passes <n>",
      "how often the folder is played (default: 1), or sim:digits shown (default: for ever)",
    )
    .option("--frames <n>", "how many digits sim:digits shows")
    .option("--neurons <n>", "neurons of a fresh model")
    .option("--seed <n>", "seed of a fresh model and of sim:digits (default: 7)")
    .option("--headless", "no page")
    .option("--host <host>", "loopback address of the page (default: 127.0.0.1)")
    .option("--port <port>", "port of the page, 0 for any free one (default: 8700)")
    .option("--out <file>", "write the model at the end, NAME.safetensors")
    .option("--json", "print one JSON document at the end")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline run --source sim:digits --learn")
    .action(runCommand);
}
