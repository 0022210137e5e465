/**
 * The IDX container of MNIST: a big-endian header and unsigned bytes, row-major.
 * Reads whole files (also gzipped); other element types than the unsigned byte are refused.
 *
 *     0 0 type dimensions | uint32 per dimension | bytes
 */
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { dataError, ioError, noInputError, systemCode } from "../core/errors.ts";

export type Idx = {
  /** Sizes, slowest first: [images, rows, columns] or [labels]. */
  readonly sizes: readonly number[];
  /** A view of the bytes given, not a copy. */
  readonly data: Uint8Array;
};

const UNSIGNED_BYTE = 0x08;
/** Twenty times MNIST: no larger set is meant for a small computer, and a gzip bomb stops here. */
export const MAX_IDX_BYTES = 1 << 30;

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

const bytesOf = (count: number) => `${count.toLocaleString("en-US")} bytes`;

/** Reads IDX bytes of exactly `dimensions` dimensions; `name` stands in the errors. */
export function parseIdx(
  bytes: Uint8Array,
  expected: { readonly name: string; readonly dimensions: number },
): Idx {
  const { name, dimensions } = expected;
  checkMagic(bytes, expected);
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length < headerBytes) {
    throw dataError(
      "IDX_LENGTH",
      `Expected the IDX file ${name} to have a header of ${bytesOf(headerBytes)}, found ${bytesOf(bytes.length)} in all; fetch it again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  // Hostile sizes can pass 2^53; the product is then inexact, and still never equal to a real length.
  const expectedBytes = headerBytes + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== expectedBytes) {
    throw dataError(
      "IDX_LENGTH",
      `Expected the IDX file ${name} (${sizes.join(" × ")}) to have ${bytesOf(expectedBytes)}, found ${bytesOf(bytes.length)}; fetch it again.`,
    );
  }
  return { sizes, data: bytes.subarray(headerBytes) };
}

function checkMagic(
  bytes: Uint8Array,
  expected: { readonly name: string; readonly dimensions: number },
): void {
  const { name, dimensions } = expected;
  if (bytes.length < 4) {
    throw dataError(
      "IDX_LENGTH",
      `Expected the IDX file ${name} to begin with 4 bytes of magic, found ${bytesOf(bytes.length)} in all; fetch it again.`,
    );
  }
  const magic = hex(bytes.subarray(0, 4));
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UNSIGNED_BYTE) {
    throw dataError(
      "IDX_MAGIC",
      `Expected ${name} to be an IDX file of unsigned bytes (magic 00 00 08 0${dimensions}), found ${magic}; is it another kind of file?`,
    );
  }
  if (bytes[3] !== dimensions) {
    throw dataError(
      "IDX_DIMENSIONS",
      `Expected the IDX file ${name} to have ${dimensions} dimensions, found ${bytes[3]}; are images and labels swapped?`,
    );
  }
}

/** Reads an IDX file; a name ending in .gz is unpacked first. */
export function readIdx(path: string, dimensions: number): Idx {
  const raw = readBytes(path);
  const bytes = path.endsWith(".gz") ? unpack(raw, path) : raw;
  return parseIdx(bytes, { name: path, dimensions });
}

function readBytes(path: string): Uint8Array {
  const size = ask(path, () => statSync(path).size);
  if (size > MAX_IDX_BYTES) {
    throw dataError(
      "IDX_TOO_LARGE",
      `Expected the IDX file ${path} to have at most ${bytesOf(MAX_IDX_BYTES)}, found ${bytesOf(size)}.`,
    );
  }
  return ask(path, () => readFileSync(path));
}

/** Asks the file system, and turns its refusal into our sentence. */
function ask<T>(path: string, question: () => T): T {
  try {
    return question();
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw noInputError("IDX_ABSENT", `Expected an IDX file at ${path}, found none.`);
    }
    throw ioError("IDX_READ", `Expected to read the IDX file ${path}, the system answered ${code}.`, error);
  }
}

function unpack(packed: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_IDX_BYTES });
  } catch (error) {
    throw dataError(
      "IDX_GZIP",
      `Expected ${path} to be whole gzip data of at most ${bytesOf(MAX_IDX_BYTES)} unpacked, found ${bytesOf(packed.length)} that do not unpack (${systemCode(error) ?? "unknown"}); fetch it again.`,
    );
  }
}
