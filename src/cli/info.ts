/** `spikeline info`: says what a file is, a model or a recording. */
import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { infoOptions, parseOptions } from "../config/options.ts";
import { dataError, ioError, noInputError, SpikelineError, systemCode } from "../core/errors.ts";
import { NmnistDecoder } from "../formats/nmnist.ts";
import { decodeModel } from "../model/load.ts";
import type { Model } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { VoteReadout } from "../readout/vote.ts";
import { fieldsPicture, orderByClass } from "../report/fields-picture.ts";
import { writePicture } from "./out-file.ts";
import { Output } from "./output.ts";

type Report = { readonly document: unknown; readonly text: string };

/** A model's header is a JSON object behind its length; no event format of ours begins so. */
const looksLikeModel = (bytes: Uint8Array, file: string) =>
  file.endsWith(".safetensors") || bytes[8] === 0x7b;

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    // Asked before reading: a device has no end and a pipe waits for its writer.
    const found = await stat(file);
    if (!found.isFile()) {
      const kind = found.isDirectory() ? "a folder" : "a device or pipe";
      throw dataError("INFO_NO_FILE", `Expected a model or a recording, but ${file} is ${kind}.`);
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof SpikelineError) throw error;
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR")
      throw noInputError("FILE_ABSENT", `Expected a file at ${file}, but there is none.`);
    if (systemCode(error) === undefined) throw error;
    throw ioError("FILE_READ", `Expected to read ${file}, but the system says ${systemCode(error)}.`, error);
  }
}

function modelReport({ description }: Model): Report {
  const { layers, provenance, accuracy, system, seed, readout } = description;
  const [layer] = layers;
  const document = {
    format: "spikeline-model",
    system,
    seed,
    inputs: layer.inputs,
    neurons: layer.neurons,
    weights: layer.synapses.weights,
    rule: layer.plasticity.rule,
    classes: readout.classNames,
    ...provenance,
    accuracy,
  };
  const lines = [
    `a model of ${system}: ${layer.inputs} inputs, ${layer.neurons} neurons, ${layer.synapses.weights} weights, rule ${layer.plasticity.rule}`,
    `it names ${readout.classNames.join(", ")}`,
    `it saw ${provenance.framesSeen.toLocaleString("en-US")} frames of ${provenance.dataset}, seed ${seed}`,
    `made by spikeline ${provenance.spikelineVersion} at ${provenance.createdAt}`,
    ...accuracy.map(
      (row) => `measured: ${(100 * row.accuracy).toFixed(2)} % of ${row.frames} frames of ${row.dataset}`,
    ),
  ];
  return { document, text: lines.join("\n") };
}

function recordingReport(bytes: Uint8Array, file: string): Report {
  const decoder = new NmnistDecoder({ name: file });
  decoder.append(bytes);
  decoder.end();
  let events = 0;
  let startUs: number | undefined;
  let endUs = 0;
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    if (batch.length === 0) continue;
    startUs ??= batch.startUs + (batch.offsetUs[0] ?? 0);
    endUs = batch.startUs + (batch.offsetUs[batch.length - 1] ?? 0);
    events += batch.length;
  }
  const dropped = Object.values(decoder.counts().dropped).reduce((total, count) => total + count, 0);
  const document = {
    format: "n-mnist",
    width: 34,
    height: 34,
    events,
    startUs: startUs ?? 0,
    endUs,
    dropped,
  };
  const ms = (endUs - (startUs ?? 0)) / 1000;
  return {
    document,
    text: `an N-MNIST recording of 34 × 34 pixels: ${events.toLocaleString("en-US")} events in ${ms.toFixed(1)} ms, ${dropped} dropped`,
  };
}

async function drawFields(model: Model, file: string): Promise<void> {
  const network = SpikingNetwork.restore(model);
  const { encoder, input } = model.description;
  const isSplit = encoder.kind === "event-grid" && encoder.polarity === "split";
  const pool = encoder.kind === "event-grid" ? encoder.pool : 1;
  const picture = fieldsPicture({
    weights: network.fields(),
    neurons: network.neurons,
    width: Math.ceil(input.width / pool),
    height: Math.ceil(input.height / pool),
    channels: isSplit ? 2 : 1,
    order: orderByClass(VoteReadout.restore(model).assignments()),
  });
  network.dispose();
  await writePicture(file, picture);
}

async function infoCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(infoOptions, raw);
  const output = new Output(options);
  const bytes = await readWhole(file);
  if (!looksLikeModel(bytes, file)) {
    if (options.picture !== undefined)
      throw dataError("PICTURE_KIND", `Expected a model for --picture, but ${file} is a recording.`);
    const { document, text } = recordingReport(bytes, file);
    output.result(document, text);
    return;
  }
  const model = decodeModel(bytes, file);
  const { document, text } = modelReport(model);
  if (options.picture !== undefined) await drawFields(model, options.picture);
  output.result(
    document,
    options.picture === undefined ? text : `${text}\nits receptive fields: ${options.picture}`,
  );
}

export function addInfo(program: Command): void {
  program
    .command("info")
    .description("say what a file is: a model or a recording")
    .argument("<file>", "model file or N-MNIST recording")
    .option("--picture <file>", "draw a model's receptive fields to a PNG")
    .option("--json", "print one JSON document")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline info m.safetensors --picture fields.png")
    .action(infoCommand);
}
