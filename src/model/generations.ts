/**
 * Running checkpoints of a model as numbered generations beside it: NAME.000001.safetensors, … for
 * NAME.safetensors. The three newest stay; the newest that is sound wins. When to save is the caller's business,
 * and so is the model's own file, which nothing here reads or writes.
 *
 * One writer per model: of two saves at once, both may take the same number.
 */
import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { ioError, SpikelineError, systemCode } from "../core/errors.ts";
import type { AnyModel } from "./any-model.ts";
import { decodeAnyModel, readModelFile } from "./load.ts";
import { encodeModel, type SaveSystem, saveEncoded } from "./save.ts";

/** The calls of the system that saving a generation makes. */
export type GenerationSystem = SaveSystem & {
  mkdir(path: string): Promise<unknown>;
  rmdir(path: string): Promise<void>;
  /** `bavail` free blocks of `bsize` bytes. */
  statfs(path: string): Promise<{ readonly bavail: number; readonly bsize: number }>;
};

export type Generation = {
  readonly path: string;
  /** Counts up from 1. */
  readonly number: number;
};

const KEPT = 3;
/** Room for the generations to come, and for what else lives on the disk of a small box. */
const SPARE_COPIES = 3;
const SPARE_BYTES = 16 * 2 ** 20;
const DIGITS = 6;
/** Up to seven digits, 19 years of one a minute: eight are somebody's copy with a date (NAME.20260131.safetensors). */
const NUMBER = /^(?:\d{6}|[1-9]\d{6})$/;
const MAX_NUMBER = 9_999_999;

/**
 * Generations that a failed save may have left in place. Their number is taken again: when a file system refuses
 * to sync its folders, every save would otherwise leave one more file.
 */
const unacknowledged = new Set<string>();

const ignore = () => undefined;

/**
 * Resolves when the generation would survive a power cut; only then are older ones removed. What is saved is the
 * model at the time of the call. The folder is made if it is missing, those above it are not.
 * @returns the generation and the size of its file in bytes
 * @throws SpikelineError MODEL_DISK_FULL, MODEL_SAVE, MODEL_GENERATION, or of `encodeModel`
 */
export async function saveGeneration(
  base: string,
  model: AnyModel,
  system: GenerationSystem = nodeFiles,
): Promise<Generation & { readonly bytes: number }> {
  const encoded = encodeModel(model);
  await makeFolder(dirname(base), system);
  await refuseFullDisk(base, encoded.length, system);
  const generation = nextGeneration(base, await generationsOf(base, system));
  unacknowledged.add(generation.path);
  await saveEncoded(generation.path, encoded, system);
  unacknowledged.delete(generation.path);
  await removeOlder(base, system).catch(ignore);
  return { ...generation, bytes: encoded.length };
}

/**
 * The newest generation that passes every check of a model file, with its bytes; undefined if there is none.
 * `skipped` has one sentence for each newer one that did not. Nothing is removed or changed.
 * @throws SpikelineError MODEL_READ if the folder cannot be listed
 */
export async function newestGeneration(base: string): Promise<{
  readonly newest: (Generation & { readonly bytes: Uint8Array }) | undefined;
  readonly skipped: readonly string[];
}> {
  const skipped: string[] = [];
  for (const generation of await generationsOf(base, nodeFiles)) {
    if (generation.isFolder) continue;
    const { path, number } = generation;
    try {
      const bytes = await readModelFile(path);
      decodeAnyModel(bytes, path);
      return { newest: { path, number, bytes }, skipped };
    } catch (error) {
      if (!(error instanceof SpikelineError)) throw error;
      skipped.push(error.message);
    }
  }
  return { newest: undefined, skipped };
}

type Found = Generation & { readonly isFolder: boolean };

/** Newest first. */
async function generationsOf(
  base: string,
  system: Pick<SaveSystem, "readdir" | "stat">,
): Promise<readonly Found[]> {
  const folder = dirname(base);
  const { name, ext } = parse(base);
  const lead = `${name}.`;
  const found: Found[] = [];
  for (const file of await list(folder, system)) {
    if (!file.startsWith(lead) || !file.endsWith(ext)) continue;
    const number = numberOf(file.slice(lead.length, file.length - ext.length));
    if (number === undefined) continue;
    const path = join(folder, file);
    const stat = await system.stat(path).catch(ignore);
    found.push({ path, number, isFolder: stat?.isDirectory() === true });
  }
  return found.sort((a, b) => b.number - a.number);
}

function numberOf(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : 0;
  return number > 0 ? number : undefined;
}

/** A folder that is not there has no files; one that cannot be listed may hide some, and is a failure. */
async function list(folder: string, system: Pick<SaveSystem, "readdir">): Promise<readonly string[]> {
  try {
    return await system.readdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw ioError(
      "MODEL_READ",
      `Expected to list the generations in ${folder}, but the system refused: ${reason}.`,
      error,
    );
  }
}

/** One above the newest, sound or not, so that a number means one generation only. */
function nextGeneration(base: string, generations: readonly Found[]): Generation {
  const [last] = generations;
  if (last !== undefined && !last.isFolder && unacknowledged.has(last.path)) {
    return { path: last.path, number: last.number };
  }
  const number = (last?.number ?? 0) + 1;
  if (number > MAX_NUMBER) {
    throw ioError(
      "MODEL_GENERATION",
      `Expected a generation of ${base} below number ${MAX_NUMBER}, found ${last?.path}; rename it.`,
    );
  }
  const { name, ext } = parse(base);
  const digits = String(number).padStart(DIGITS, "0");
  return { path: join(dirname(base), `${name}.${digits}${ext}`), number };
}

/** What cannot be removed now is tried again after the next save. */
async function removeOlder(base: string, system: GenerationSystem): Promise<void> {
  const generations = await generationsOf(base, system);
  for (const { path } of generations.filter(({ isFolder }) => !isFolder).slice(KEPT)) {
    await system.unlink(path).catch(ignore);
  }
}

/** The new folder's own name has to survive a power cut too. */
async function makeFolder(folder: string, system: GenerationSystem): Promise<void> {
  const isNew = await system.mkdir(folder).then(
    () => true,
    // It is there already; or it cannot be made, for which the save will give the reason.
    () => false,
  );
  if (!isNew) return;
  try {
    const parent = await system.open(dirname(folder), "r");
    await parent.sync().finally(() => parent.close());
  } catch (error) {
    // Otherwise the next save would find the folder and take its name for safe.
    await system.rmdir(folder).catch(ignore);
    const reason = error instanceof Error ? error.message : String(error);
    throw ioError(
      "MODEL_SAVE",
      `Expected to make the folder ${folder} for the model, but the system refused: ${reason}.`,
      error,
    );
  }
}

async function refuseFullDisk(base: string, bytes: number, system: GenerationSystem): Promise<void> {
  // Where the room cannot be asked for, the save itself will tell.
  const room = await system.statfs(dirname(base)).catch(ignore);
  if (room === undefined) return;
  const freeBytes = room.bavail * room.bsize;
  const neededBytes = SPARE_COPIES * bytes + SPARE_BYTES;
  if (freeBytes >= neededBytes) return;
  throw ioError(
    "MODEL_DISK_FULL",
    `Expected ${megabytes(neededBytes)} MB free in ${dirname(base)} for a generation of ${basename(base)}, found ${megabytes(freeBytes)} MB; make room there.`,
  );
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
