/** Reads one recording file in chunks, without trusting that the path is a file that can be read. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { ioError, noInputError, SpikelineError, systemCode } from "../core/errors.ts";

/** A whole N-MNIST recording fits in one chunk; a long recording is never in memory as a whole. */
const CHUNK_BYTES = 65_536;

/** Yields the bytes of a regular file; a chunk is only valid until the next one is asked for. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const handle = await openRegular(path);
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    await handle.close();
  }
}

async function openRegular(path: string): Promise<FileHandle> {
  try {
    // Asked before opening: opening a named pipe would wait for its other end.
    const isFile = (await stat(path)).isFile();
    if (!isFile)
      throw noInputError("RECORDING_KIND", `Expected a regular file at ${path}, found something else.`);
    return await open(path);
  } catch (error) {
    throw asReadError(path, error);
  }
}

function asReadError(path: string, error: unknown): unknown {
  if (error instanceof SpikelineError) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return noInputError("RECORDING_ABSENT", `Expected a recording at ${path}, found none.`);
  }
  return ioError(
    "RECORDING_READ",
    `Expected to read the recording ${path}, the system answered ${code}.`,
    error,
  );
}
