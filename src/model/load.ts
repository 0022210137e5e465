/**
 * Reads a model file and believes nothing in it before it is checked: size, container, checksum, description,
 * tensors, ranges. A file that fails any check gives one SpikelineError (code MODEL_…), never a half-right model.
 */
import { constants, type FileHandle, open } from "node:fs/promises";
import { dataError, ioError, noInputError, SpikelineError, systemCode } from "../core/errors.ts";
import type { AnyModel } from "./any-model.ts";
import { checkTensors } from "./expected-tensors.ts";
import { quote } from "./quote.ts";
import { decodeSafetensors } from "./safetensors.ts";
import { checkSizes, DAMAGED, isRecord } from "./safetensors-header.ts";
import { type Model, modelSchema } from "./schema.ts";
import { parseStrictJson } from "./strict-json.ts";
import { isSurfaceModel, surfaceSchema } from "./surface-schema.ts";
import { isWaveModel, waveSchema } from "./wave-schema.ts";

/** What the schemas read. */
const FORMAT = "spikeline-model";
const VERSION = 1;

/** A model of whatever kind. `name` is what the sentences call the file. */
export function decodeAnyModel(bytes: Uint8Array, name: string): AnyModel {
  const { tensors, description } = decodeSafetensors(bytes, name);
  const model = { description: decodeDescription(description, name), tensors } as AnyModel;
  checkTensors(model, name);
  return model;
}

/** A model of a clocked network; throws MODEL_KIND for another. */
export function decodeModel(bytes: Uint8Array, name: string): Model {
  const model = decodeAnyModel(bytes, name);
  if (!isWaveModel(model) && !isSurfaceModel(model)) return model;
  throw dataError(
    "MODEL_KIND",
    `Expected a model of a clocked network in ${name}, but it is one of a ${model.description.layers[0].kind} network (${model.description.system}), which only \`spikeline eval\` and \`spikeline info\` take.`,
  );
}

export async function loadAnyModel(path: string): Promise<AnyModel> {
  return decodeAnyModel(await readModelFile(path), path);
}

/** As `loadAnyModel`, but throws MODEL_KIND unless the network is a clocked one. */
export async function loadModel(path: string): Promise<Model> {
  return decodeModel(await readModelFile(path), path);
}

function decodeDescription(text: string, name: string): AnyModel["description"] {
  const json = parseStrictJson(text);
  if (!json.ok || !isRecord(json.value)) {
    const problem = json.ok ? "it is not a JSON object" : json.problem;
    throw dataError("MODEL_SCHEMA", `Expected a description in ${name}, but ${problem}; ${DAMAGED}.`);
  }
  const { format, version } = json.value;
  if (format !== FORMAT) {
    throw dataError(
      "MODEL_MAGIC",
      `Expected the format "${FORMAT}" in ${name}, but it says ${shown(format)}; it is another program's file.`,
    );
  }
  if (version !== VERSION) {
    throw dataError(
      "MODEL_VERSION",
      `Expected a model file of version ${VERSION} in ${name}, but it says version ${shown(version)}; update spikeline or make the model again.`,
    );
  }
  return checkDescription(json.value, name);
}

/** The description as its schema knows it; throws MODEL_SCHEMA with the first thing that is wrong. */
export function checkDescription(value: unknown, name: string): AnyModel["description"] {
  // One of the schemas, not their union: its sentence would not say where.
  const result = schemaFor(value).safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "the top" : issue.path.join(".");
  throw dataError(
    "MODEL_SCHEMA",
    `Expected a valid description in ${name}, but at ${place} it has ${quote(issue?.message ?? "an error")}; make the model again.`,
  );
}

function schemaFor(value: unknown) {
  const layers = isRecord(value) ? value.layers : undefined;
  const layer: unknown = Array.isArray(layers) ? layers[0] : undefined;
  const kind = isRecord(layer) ? layer.kind : undefined;
  if (kind === "wave") return waveSchema;
  return kind === "surface" ? surfaceSchema : modelSchema;
}

/** A value out of JSON as words; String() would call a toString that the file may have brought along. */
function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" ? `${value}` : "nothing of the kind";
}

/** The bytes of a model file, of which nothing is believed yet but their number. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Not blocking: opening a named pipe would otherwise wait for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw notAFile(path, stat.isDirectory() ? "a directory" : "a device or pipe");
    checkSizes({ tensors: 0, headerBytes: 0, fileBytes: stat.size }, path);
    return await readExactly(file, stat.size);
  } catch (error) {
    throw error instanceof SpikelineError ? error : readError(path, error);
  } finally {
    // Nothing was written, so a failing close loses nothing and must not hide the answer.
    await file?.close().catch(() => undefined);
  }
}

/** Not until the end of the file: one that grows while it is read has no end. */
async function readExactly(file: FileHandle, sizeBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  while (filled < sizeBytes) {
    const { bytesRead } = await file.read(bytes, filled, sizeBytes - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const notAFile = (path: string, found: string) =>
  ioError("MODEL_NOT_A_FILE", `Expected a model file at ${path}, but it is ${found}; name the file itself.`);

function readError(path: string, error: unknown): SpikelineError {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return noInputError(
      "MODEL_MISSING",
      `Expected a model file at ${path}, but there is none; check the path.`,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return ioError(
    "MODEL_READ",
    `Expected to read the model ${path}, but the system refused: ${reason}.`,
    error,
  );
}
