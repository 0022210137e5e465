/** `spikeline info`: says what a file is, a model or a recording. */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { infoOptions, parseOptions } from "../config/options.ts";
import { dataError, ioError, noInputError, SpikelineError, systemCode } from "../core/errors.ts";
import type { EventDecoder } from "../formats/decoder.ts";
import { startsPropheseeHeader } from "../formats/prophesee-header.ts";
import { type Recording, SNIFF_BYTES, sniffRecording } from "../formats/sniff.ts";
import { decodeAnyModel } from "../model/load.ts";
import type { Progress } from "../report/progress.ts";
import { drawFields, modelReport, type Report } from "./model-report.ts";
import { writePicture } from "./out-file.ts";
import { Output } from "./output.ts";

/** What is read of a recording at a time. */
const CHUNK_BYTES = 1024 * 1024;
/** Below this the answer comes before a bar could be read. */
const LEAST_BAR_BYTES = 32 * 1024 * 1024;

/** A model's header is a JSON object behind its length; no event format of ours begins so. */
const looksLikeModel = (head: Uint8Array, file: string) =>
  file.endsWith(".safetensors") || (head[8] === 0x7b && !startsPropheseeHeader(head));

/** Runs what reads `file`; a refusal of the system becomes a sentence. */
async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SpikelineError) throw error;
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR")
      throw noInputError("FILE_ABSENT", `Expected a file at ${file}, but there is none.`);
    if (systemCode(error) === undefined) throw error;
    throw ioError("FILE_READ", `Expected to read ${file}, but the system says ${systemCode(error)}.`, error);
  }
}

/** Opens the file and gives it to `use` with its size, then closes it. */
async function withFile<T>(file: string, use: (handle: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  // Asked before opening: a device has no end and a pipe waits for its writer.
  const found = await stat(file);
  if (!found.isFile()) {
    const kind = found.isDirectory() ? "a folder" : "a device or pipe";
    throw dataError("INFO_NO_FILE", `Expected a model or a recording, but ${file} is ${kind}.`);
  }
  const handle = await open(file);
  try {
    return await use(handle, found.size);
  } finally {
    await handle.close();
  }
}

/** As many bytes from the start as fit in `most`, or all. */
async function readHead(handle: FileHandle, most: number): Promise<Uint8Array> {
  const head = new Uint8Array(most);
  let at = 0;
  for (let bytesRead = -1; at < most && bytesRead !== 0; at += bytesRead) {
    ({ bytesRead } = await handle.read(head, at, most - at, at));
  }
  return head.subarray(0, at);
}

class EventSpan {
  events = 0;
  startUs = 0;
  endUs = 0;

  /** Takes all that the decoder has ready. */
  drain(decoder: EventDecoder): void {
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
      if (batch.length === 0) continue;
      const firstUs = batch.startUs + (batch.offsetUs[0] ?? 0);
      // The recording's clock may have been set back.
      this.startUs = this.events === 0 ? firstUs : Math.min(this.startUs, firstUs);
      this.endUs = Math.max(this.endUs, batch.startUs + (batch.offsetUs[batch.length - 1] ?? 0));
      this.events += batch.length;
    }
  }
}

/** Decodes the whole file, a chunk at a time. */
async function measure(handle: FileHandle, decoder: EventDecoder, bar: Progress | undefined) {
  const span = new EventSpan();
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    decoder.append(chunk.subarray(0, bytesRead));
    span.drain(decoder);
    bar?.update(at);
  }
  decoder.end();
  span.drain(decoder);
  return span;
}

function recordingReport({ format, label, width, height, decoder }: Recording, span: EventSpan): Report {
  const { events, startUs, endUs } = span;
  const dropped = Object.values(decoder.counts().dropped).reduce((total, count) => total + count, 0);
  const document = { format, width, height, events, startUs, endUs, dropped };
  const ms = (endUs - startUs) / 1000;
  const article = format === "n-mnist" ? "an" : "a";
  return {
    document,
    text: `${article} ${label} recording of ${width} × ${height} pixels: ${events.toLocaleString("en-US")} events in ${ms.toFixed(1)} ms, ${dropped} dropped`,
  };
}

/** What the recording is, or undefined when the file is a model. */
async function describeRecording(file: string, picture: string | undefined, output: Output) {
  return withFile(file, async (handle, bytes) => {
    const head = await readHead(handle, SNIFF_BYTES);
    if (looksLikeModel(head, file)) return undefined;
    if (picture !== undefined)
      throw dataError("PICTURE_KIND", `Expected a model for --picture, but ${file} is a recording.`);
    const recording = sniffRecording(head, { name: file });
    const bar =
      bytes < LEAST_BAR_BYTES ? undefined : output.progress({ label: "read", unit: "bytes", total: bytes });
    try {
      return recordingReport(recording, await measure(handle, recording.decoder, bar));
    } finally {
      bar?.finish();
    }
  });
}

async function infoCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(infoOptions, raw);
  const output = new Output(options);
  const recording = await reading(file, () => describeRecording(file, options.picture, output));
  if (recording !== undefined) {
    output.result(recording.document, recording.text);
    return;
  }
  const model = decodeAnyModel(await reading(file, () => readFile(file)), file);
  const { document, text } = modelReport(model);
  if (options.picture !== undefined) await writePicture(options.picture, drawFields(model));
  output.result(
    document,
    options.picture === undefined ? text : `${text}\nits receptive fields: ${options.picture}`,
  );
}

export function addInfo(program: Command): void {
  program
    .command("info")
    .description("say what a file is: a model or a recording")
    .argument("<file>", "model file, or recording: Prophesee EVT2, EVT3 (.raw), N-MNIST (.bin, .bs2)")
    .option("--picture <file>", "draw a model's receptive fields to a PNG")
    .option("--json", "print one JSON document")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline info m.safetensors --picture fields.png")
    .action(infoCommand);
}
