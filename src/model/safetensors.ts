/**
 * The container of the model file: safetensors, written in one canonical way and read with every check.
 * It knows bytes, dtypes and the checksum; what a model must hold is the business of expected-tensors.ts.
 *
 *   8 bytes   length of the header, little-endian
 *   header    {"__metadata__":{"sha256":"…","spikeline":"…"},"NAME":{"dtype":…,"shape":…,"data_offsets":[…]},…}
 *             padded with spaces, so that the data start at a multiple of 8
 *   data      the tensors without holes, widest elements first, so that each is aligned for its type
 *
 * `sha256` is the digest of the whole file with its own 64 digits replaced by "0": it has to cover the
 * header as well, because one flipped bit there turns one valid parameter into another.
 */
import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { dataError, EXIT, SpikelineError } from "../core/errors.ts";
import { quote } from "./quote.ts";
import {
  checkLayout,
  checkName,
  checkSizes,
  DAMAGED,
  type Dtype,
  ELEMENT_BYTES,
  MAX_HEADER_BYTES,
  MAX_RANK,
  parseHeader,
  sizeBytes,
  truncated,
} from "./safetensors-header.ts";
import type { Tensor } from "./schema.ts";

const LENGTH_BYTES = 8;
const ALIGNMENT_BYTES = 8;
/** The digest is the first value of the header, so that its place is known without a search. */
const DIGEST_LEAD = '{"__metadata__":{"sha256":"';
const DIGEST_AT = LENGTH_BYTES + DIGEST_LEAD.length;
const DIGEST_BLANK = "0".repeat(64);
const DIGEST_END = DIGEST_AT + DIGEST_BLANK.length;
const OPENING_BRACE = 0x7b;
const SPACE = 0x20;

const DTYPE_OF_ARRAY = {
  Float64Array: "F64",
  Float32Array: "F32",
  Int32Array: "I32",
  Uint32Array: "U32",
  Uint8Array: "U8",
} as const satisfies Record<Tensor["data"][typeof Symbol.toStringTag], Dtype>;

export type Container = {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** JSON text, for this file a string like any other. */
  readonly description: string;
};

export const dtypeOf = (data: Tensor["data"]): Dtype => DTYPE_OF_ARRAY[data[Symbol.toStringTag]];

/** The same tensors and description give the same bytes, whatever the order of the map. */
export function encodeSafetensors({ tensors, description }: Container, name: string): Uint8Array {
  requireLittleEndian();
  const ordered = [...tensors].sort(byAlignment);
  const header: Record<string, unknown> = {
    __metadata__: { sha256: DIGEST_BLANK, spikeline: description },
  };
  let dataBytes = 0;
  for (const [tensorName, tensor] of ordered) {
    checkName(tensorName, name);
    checkTensor(tensorName, tensor, name);
    const begin = dataBytes;
    dataBytes += tensor.data.byteLength;
    header[tensorName] = {
      dtype: dtypeOf(tensor.data),
      shape: tensor.shape,
      data_offsets: [begin, dataBytes],
    };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const dataAt = LENGTH_BYTES + headerBytes;
  checkSizes({ tensors: ordered.length, headerBytes, fileBytes: dataAt + dataBytes }, name);
  const bytes = new Uint8Array(dataAt + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(SPACE, LENGTH_BYTES, dataAt);
  bytes.set(json, LENGTH_BYTES);
  let at = dataAt;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  bytes.set(new TextEncoder().encode(digestOf(bytes)), DIGEST_AT);
  return bytes;
}

/** The tensors are copies: the bytes may change or go afterwards. */
export function decodeSafetensors(source: Uint8Array, name: string): Container {
  requireLittleEndian();
  // Never a Buffer from here on: its slice() is a view and not a copy.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.length);
  const headerBytes = headerLength(bytes, name);
  const dataAt = LENGTH_BYTES + headerBytes;
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataAt), name);
  checkSizes({ tensors: header.entries.length, headerBytes, fileBytes: bytes.length }, name);
  checkLayout(header.entries, { dataAt, fileBytes: bytes.length }, name);
  checkDigest(bytes, header.sha256, name);
  const tensors = new Map<string, Tensor>();
  for (const { name: tensorName, dtype, shape, begin, end } of header.entries) {
    const tensor = { shape, data: arrayOf(dtype, bytes.slice(dataAt + begin, dataAt + end).buffer) };
    checkTensor(tensorName, tensor, name);
    tensors.set(tensorName, tensor);
  }
  return { tensors, description: header.description };
}

/** Elements are little-endian in the file and are read as they lie. */
export function requireLittleEndian(host: "LE" | "BE" = endianness()): void {
  if (host === "LE") return;
  throw new SpikelineError(
    "MODEL_ENDIAN",
    EXIT.internal,
    "Expected a little-endian computer for models, but this one is big-endian; use x86-64 or ARM64.",
  );
}

function byAlignment([nameA, a]: [string, Tensor], [nameB, b]: [string, Tensor]): number {
  const wider = ELEMENT_BYTES[dtypeOf(b.data)] - ELEMENT_BYTES[dtypeOf(a.data)];
  return wider !== 0 ? wider : nameA < nameB ? -1 : 1;
}

function headerLength(bytes: Uint8Array, name: string): number {
  if (bytes.length === 0) {
    throw dataError(
      "MODEL_EMPTY",
      `Expected a model in ${name}, but the file is empty; use a copy or make it again.`,
    );
  }
  if (bytes.length <= LENGTH_BYTES) throw truncated(name, DIGEST_END, bytes.length);
  if (bytes[LENGTH_BYTES] !== OPENING_BRACE) {
    throw dataError(
      "MODEL_MAGIC",
      `Expected a spikeline model in ${name}, but it is another kind of file: its header does not begin with "{" at byte 8; check the path.`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw dataError(
      "MODEL_HEADER",
      `Expected a header of at most ${MAX_HEADER_BYTES} bytes in ${name}, but byte 0 says ${length}; ${DAMAGED}.`,
    );
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > bytes.length) throw truncated(name, end, bytes.length);
  return Number(length);
}

const digestOf = (bytes: Uint8Array) =>
  createHash("sha256")
    .update(bytes.subarray(0, DIGEST_AT))
    .update(DIGEST_BLANK)
    .update(bytes.subarray(DIGEST_END))
    .digest("hex");

function checkDigest(bytes: Uint8Array, expected: string, name: string): void {
  // The digest must stand exactly at the place that is blanked, or it would cover something else.
  const lead = Buffer.from(bytes.buffer, bytes.byteOffset + LENGTH_BYTES, DIGEST_END - LENGTH_BYTES);
  const found = digestOf(bytes);
  if (found === expected && lead.toString("latin1") === DIGEST_LEAD + expected) return;
  throw dataError(
    "MODEL_HASH",
    `Expected the SHA-256 ${quote(expected)} in ${name}, but its bytes give ${found}; the file is damaged or was changed by another program, use a copy.`,
  );
}

function checkTensor(tensorName: string, { shape, data }: Tensor, name: string): void {
  const refuse = (problem: string) =>
    dataError(
      "MODEL_TENSOR",
      `Expected a sound tensor "${tensorName}" in ${name}, but it has ${problem}; ${DAMAGED}.`,
    );
  const dtype = dtypeOf(data);
  if (shape.length > MAX_RANK || sizeBytes(dtype, shape) !== data.byteLength) {
    throw refuse(`the shape [${shape.join(", ")}] for ${data.length} elements`);
  }
  if (dtype !== "F32" && dtype !== "F64") return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw refuse(`${data[at]} at element ${at}`);
}

function arrayOf(dtype: Dtype, buffer: ArrayBuffer): Tensor["data"] {
  switch (dtype) {
    case "F64":
      return new Float64Array(buffer);
    case "F32":
      return new Float32Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U32":
      return new Uint32Array(buffer);
    case "U8":
      return new Uint8Array(buffer);
  }
}
