/**
 * The bytes of standard input, taken only as fast as they are asked for. Whoever reads it must be the only one;
 * what another has read of it before comes along as `head`.
 */
import { fstat as fstatCallback, read as readCallback } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { isatty } from "node:tty";
import { promisify } from "node:util";
import { ioError, SpikelineError, systemCode, usageError } from "../core/errors.ts";

export const STANDARD_INPUT = "standard input";

const DESCRIPTOR = 0;
const CHUNK_BYTES = 65_536;
/** A pipe that its other owner made non-blocking has nothing for us yet. */
const RETRY_MS = 10;
const read = promisify(readCallback);
const fstat = promisify(fstatCallback);

/** First `head`, then all that comes; ends when the input ends or the signal aborts, also while it waits for bytes. */
export async function* readStandardInput(head: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  try {
    const stats = await fstat(DESCRIPTOR);
    // A read that waits in a pipe cannot be called off, and would keep the thread from ending; a socket's can.
    if (stats.isFIFO() || stats.isSocket()) {
      yield* new Socket({ fd: DESCRIPTOR, readable: true, writable: false, signal });
      return;
    }
    for (;;) {
      const chunk = await readSome();
      if (chunk.length === 0 || signal.aborted) return;
      yield chunk;
    }
  } catch (error) {
    if (!signal.aborted) throw asReadError(error);
  }
}

/**
 * Reads until `isEnough` says so or the input ends, and gives all of it.
 * @throws SpikelineError STDIN_TERMINAL where nothing was piped in
 */
export async function peekStandardInput(isEnough: (head: Uint8Array) => boolean): Promise<Uint8Array> {
  if (isatty(DESCRIPTOR)) {
    throw usageError(
      "STDIN_TERMINAL",
      "Expected a recording on standard input for --source -, found a terminal; pipe one in, as in `cat rec.raw | spikeline run --source -`.",
    );
  }
  let head = new Uint8Array(0);
  try {
    while (!isEnough(head)) {
      const chunk = await readSome();
      if (chunk.length === 0) break;
      const longer = new Uint8Array(head.length + chunk.length);
      longer.set(head);
      longer.set(chunk, head.length);
      head = longer;
    }
  } catch (error) {
    throw asReadError(error);
  }
  return head;
}

/** What comes next, empty at the end. */
async function readSome(): Promise<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    try {
      const { bytesRead } = await read(DESCRIPTOR, chunk, 0, CHUNK_BYTES, null);
      return chunk.subarray(0, bytesRead);
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error;
      await after(RETRY_MS);
    }
  }
}

function asReadError(error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined || error instanceof SpikelineError) return error;
  return ioError("STDIN_READ", `Expected to read standard input, but the system says ${code}.`, error);
}
