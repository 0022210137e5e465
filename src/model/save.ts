/**
 * Writes a model file so that neither a kill nor a power cut leaves a broken one: temporary beside it, write,
 * fsync, rename, fsync of the folder, and only then the acknowledgement. Without the last fsync a power cut
 * may bring the older file back after the save was acknowledged; without the first, an empty file.
 */
import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { threadId } from "node:worker_threads";
import { EXIT, ioError, SpikelineError, systemCode } from "../core/errors.ts";
import type { AnyModel } from "./any-model.ts";
import { checkTensors } from "./expected-tensors.ts";
import { checkDescription } from "./load.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { DAMAGED } from "./safetensors-header.ts";

/** The calls of the system that a save makes. */
export type SaveSystem = {
  open(path: string, flags: string, mode?: number): Promise<SaveHandle>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ isDirectory(): boolean }>;
};

export type SaveHandle = {
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** Everybody reads, the owner writes; the umask may take away from it. */
const MODE = 0o644;

/** Temporaries of this thread that a save is still working on. */
const inFlight = new Set<string>();
let saves = 0;

/** The bytes of a model file. A model that could not be loaded again is refused as a fault of the program. */
export function encodeModel(model: AnyModel): Uint8Array {
  const name = "the model to be saved";
  try {
    const description = checkDescription(model.description, name);
    checkTensors(model, name);
    return encodeSafetensors({ tensors: model.tensors, description: JSON.stringify(description) }, name);
  } catch (error) {
    if (!(error instanceof SpikelineError)) throw error;
    const message = error.message.replace(DAMAGED, "this is a fault of the program, nothing was written");
    throw new SpikelineError(error.code, EXIT.internal, message, { cause: error });
  }
}

/**
 * Resolves when the model would survive a power cut. What is saved is the model at the time of the call.
 * Of two saves to one path that run at once, either may win: await the first. A symbolic link is replaced.
 */
export async function saveModel(
  path: string,
  model: AnyModel,
  system: SaveSystem = nodeFiles,
): Promise<void> {
  await saveEncoded(path, encodeModel(model), system);
}

/** As `saveModel`, for bytes that `encodeModel` gave. */
export async function saveEncoded(path: string, bytes: Uint8Array, system: SaveSystem): Promise<void> {
  await refuseDirectory(path, system);
  await removeOrphans(path, system);
  const temporary = `${path}.${process.pid}.${threadId}.${saves++}.tmp`;
  inFlight.add(temporary);
  try {
    await replace(path, { temporary, bytes, system });
  } finally {
    inFlight.delete(temporary);
  }
}

type Replacement = { readonly temporary: string; readonly bytes: Uint8Array; readonly system: SaveSystem };

async function replace(path: string, { temporary, bytes, system }: Replacement): Promise<void> {
  try {
    const file = await system.open(temporary, "wx", MODE);
    await closing(file, async () => {
      await file.writeFile(bytes);
      await file.sync();
    });
    await system.rename(temporary, path);
  } catch (error) {
    await system.unlink(temporary).catch(ignore);
    throw saveError(path, error, "what stood there is unchanged");
  }
  try {
    const folder = await system.open(dirname(path), "r");
    await closing(folder, () => folder.sync());
  } catch (error) {
    throw saveError(path, error, "the new file is in place, but a power cut may bring the older one back");
  }
}

/** A failing close is a failure too: some file systems report a lost write only there. */
async function closing(handle: SaveHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await handle.close().catch(ignore);
    throw error;
  }
  await handle.close();
}

/** For cleaning up after a failure that is reported anyway, and for cleaning that may be done next time. */
const ignore = () => undefined;

async function refuseDirectory(path: string, system: SaveSystem): Promise<void> {
  // An unreadable path is left to open(), which fails with the better reason.
  const stat = await system.stat(path).catch(ignore);
  if (!stat?.isDirectory()) return;
  throw ioError(
    "MODEL_NOT_A_FILE",
    `Expected a file name for the model, but ${path} is a directory; add a file name.`,
  );
}

/** Removes what saves to the same path left behind when their process was killed. */
async function removeOrphans(path: string, system: SaveSystem): Promise<void> {
  const folder = dirname(path);
  const lead = `${basename(path)}.`;
  const names = await system.readdir(folder).catch(ignore);
  for (const name of names ?? []) {
    if (name.startsWith(lead) && isOrphan(name.slice(lead.length), join(folder, name))) {
      await system.unlink(join(folder, name)).catch(ignore);
    }
  }
}

function isOrphan(ending: string, temporary: string): boolean {
  const [, pid, thread] = /^([1-9]\d{0,9})\.(\d+)\.\d+\.tmp$/.exec(ending) ?? [];
  if (pid === undefined) return false;
  if (Number(pid) !== process.pid) return !isAlive(Number(pid));
  // Our own number: in a container every life of the program has the same one.
  return Number(thread) === threadId && ![...inFlight].some((path) => join(path) === temporary);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** The reasons that people can do something about, in their words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOENT: "its folder does not exist",
  EACCES: "writing there is not permitted",
  EPERM: "writing there is not permitted",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an error",
};

function saveError(path: string, error: unknown, state: string): SpikelineError {
  const code = systemCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const reason = code === undefined ? message : `${REASONS[code] ?? "the system refused"} (${message})`;
  return ioError(
    code === "ENOSPC" || code === "EDQUOT" ? "MODEL_DISK_FULL" : "MODEL_SAVE",
    `Expected to save the model ${path}, but ${reason}; ${state}.`,
    error,
  );
}
