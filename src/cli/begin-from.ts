/** The model a run begins from: the newest of a model file and the checkpoints beside it. */
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { ioError, noInputError, systemCode } from "../core/errors.ts";
import { newestGeneration } from "../model/generations.ts";
import { decodeAnyModel } from "../model/load.ts";
import type { Output } from "./output.ts";

export type ModelBytes = { readonly bytes: Uint8Array; readonly name: string };

/**
 * The file's bytes, or those of a sound checkpoint that is younger than the file. `base` is the file beside which the
 * checkpoints stand, if that is another. Damaged checkpoints are said and left alone.
 */
export async function beginFrom(options: {
  readonly file: string;
  readonly base?: string;
  /** Begin with the file, whatever stands beside it. */
  readonly fresh: boolean;
  readonly output: Output;
}): Promise<ModelBytes> {
  const { file, base = file, fresh, output } = options;
  const own = { bytes: await readModel(file), name: file };
  if (fresh) return own;
  const { newest, skipped } = await newestGeneration(base);
  for (const sentence of skipped) output.announce(`A checkpoint was left out: ${sentence}`);
  if (newest === undefined) return own;
  if (base === file && (await isOlder(newest.path, file))) {
    // A run that ends with --out leaves both, alike; only what would be missed is worth a sentence.
    if (framesLearned(newest) > framesLearned({ path: file, bytes: own.bytes })) {
      const left = basename(newest.path);
      output.announce(`${left} learned more, but ${basename(file)} is younger and is what it begins with.`);
    }
    return own;
  }
  output.announce(`Goes on from ${basename(newest.path)}, what was learned last time; --fresh begins anew.`);
  return { bytes: newest.bytes, name: newest.path };
}

async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
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

const framesLearned = ({ path, bytes }: { readonly path: string; readonly bytes: Uint8Array }) =>
  decodeAnyModel(bytes, path).description.provenance.framesSeen;

/** A file that was made anew since is no ancestor of the checkpoint. */
async function isOlder(path: string, than: string): Promise<boolean> {
  const [checkpoint, file] = await Promise.all([stat(path), stat(than)]);
  return checkpoint.mtimeMs < file.mtimeMs;
}
