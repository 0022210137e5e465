/**
 * The JSON header of the model file: what it may say, and the caps that hold before any of it is believed.
 * It says where the tensors lie; safetensors.ts fetches them.
 */
import { dataError } from "../core/errors.ts";
import { quote } from "./quote.ts";
import { parseStrictJson } from "./strict-json.ts";

/** Caps that keep a hostile file from asking for memory or time. */
export const MAX_FILE_BYTES = 2 ** 30;
export const MAX_HEADER_BYTES = 2 ** 20;
const MAX_TENSORS = 4096;
export const MAX_RANK = 4;

/** Begins with a letter: names of digits would change places in a JSON object, `__metadata__` is taken. */
const TENSOR_NAME = /^[A-Za-z][\w.]*$/;

export type Dtype = "F64" | "F32" | "I32" | "U32" | "U8";

export const ELEMENT_BYTES: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1 };

type Entry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly begin: number;
  readonly end: number;
};

export type Header = {
  readonly sha256: string;
  /** The description as JSON text. */
  readonly description: string;
  /** In the order of their bytes. */
  readonly entries: readonly Entry[];
};

/** The end of many sentences: what to make of a file that is not as spikeline writes it. */
export const DAMAGED = "the file is damaged or was not made by spikeline";

const headerError = (name: string, problem: string) =>
  dataError("MODEL_HEADER", `Expected a readable header in ${name}, but ${problem}; ${DAMAGED}.`);

export const truncated = (name: string, expectedBytes: number, foundBytes: number) =>
  dataError(
    "MODEL_TRUNCATED",
    `Expected at least ${expectedBytes} bytes in ${name}, but the file ends at byte ${foundBytes}; copy it again.`,
  );

/** `bytes` are the header's alone. */
export function parseHeader(bytes: Uint8Array, name: string): Header {
  const header = parseObject(bytes, name);
  const metadata = readMetadata(header, name);
  const tensors = Object.entries(header).filter(([key]) => key !== "__metadata__");
  const entries = tensors.map(([key, value]) => readEntry(key, value, name));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { ...metadata, entries };
}

/** Every byte of the data belongs to exactly one tensor, and nothing follows. */
export function checkLayout(
  entries: readonly Entry[],
  { dataAt, fileBytes }: { readonly dataAt: number; readonly fileBytes: number },
  name: string,
): void {
  let end = dataAt;
  for (const entry of entries) {
    const begin = dataAt + entry.begin;
    if (begin !== end) {
      const fault = begin > end ? "a hole" : "an overlap";
      throw headerError(name, `there is ${fault} before tensor ${quote(entry.name)} at byte ${begin}`);
    }
    end = dataAt + entry.end;
  }
  if (fileBytes < end) throw truncated(name, end, fileBytes);
  if (fileBytes === end) return;
  throw dataError("MODEL_LENGTH", `Expected ${end} bytes in ${name}, but found ${fileBytes}; ${DAMAGED}.`);
}

export type Sizes = {
  readonly tensors: number;
  readonly headerBytes: number;
  readonly fileBytes: number;
};

export function checkSizes({ tensors, headerBytes, fileBytes }: Sizes, name: string): void {
  const refuse = (found: number, most: number, what: string) =>
    dataError(
      "MODEL_TOO_LARGE",
      `Expected at most ${most} ${what} in ${name}, but found ${found}; ${DAMAGED}.`,
    );
  if (fileBytes > MAX_FILE_BYTES) throw refuse(fileBytes, MAX_FILE_BYTES, "bytes");
  if (headerBytes > MAX_HEADER_BYTES) throw refuse(headerBytes, MAX_HEADER_BYTES, "bytes of header");
  if (tensors > MAX_TENSORS) throw refuse(tensors, MAX_TENSORS, "tensors");
}

/** Undefined above the cap, which is asked after every factor: a product below it is exact in a double. */
export function sizeBytes(dtype: Dtype, shape: readonly number[]): number | undefined {
  let bytes = ELEMENT_BYTES[dtype];
  for (const size of shape) {
    bytes *= size;
    if (bytes > MAX_FILE_BYTES) return undefined;
  }
  return bytes;
}

export function checkName(tensorName: string, name: string): void {
  if (TENSOR_NAME.test(tensorName)) return;
  throw headerError(name, `${quote(tensorName)} cannot be the name of a tensor`);
}

function parseObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw headerError(name, "it is not UTF-8");
  }
  const json = parseStrictJson(text);
  if (!json.ok) throw headerError(name, json.problem);
  if (!isRecord(json.value)) throw headerError(name, "it is not a JSON object");
  return json.value;
}

function readMetadata(header: Record<string, unknown>, name: string): Pick<Header, "sha256" | "description"> {
  const metadata = header.__metadata__;
  if (!isRecord(metadata) || typeof metadata.spikeline !== "string") {
    throw dataError(
      "MODEL_MAGIC",
      `Expected a spikeline model in ${name}, but its metadata have no "spikeline"; it is another program's file.`,
    );
  }
  const { sha256, spikeline } = metadata;
  if (!hasExactly(metadata, ["sha256", "spikeline"]) || typeof sha256 !== "string") {
    throw headerError(name, 'its metadata are not exactly "sha256" and "spikeline"');
  }
  return { sha256, description: spikeline };
}

function readEntry(tensorName: string, value: unknown, name: string): Entry {
  const wrong = (problem: string) => headerError(name, `tensor ${quote(tensorName)} ${problem}`);
  checkName(tensorName, name);
  if (!isRecord(value) || !hasExactly(value, ["dtype", "shape", "data_offsets"])) {
    throw wrong("has not exactly dtype, shape and data_offsets");
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) throw wrong("has a dtype other than F64, F32, I32, U32 and U8");
  if (!isSizes(shape) || shape.length > MAX_RANK) throw wrong(`has no shape of at most ${MAX_RANK} sizes`);
  const [begin, end] = isSizes(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined) throw wrong("has no data_offsets of two byte counts");
  const expected = sizeBytes(dtype, shape);
  if (expected === undefined) throw wrong(`is larger than ${MAX_FILE_BYTES} bytes`);
  if (end - begin !== expected) {
    throw wrong(`needs ${expected} bytes, but has the offsets ${begin} to ${end}`);
  }
  return { name: tensorName, dtype, shape, begin, end };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const hasExactly = (value: Record<string, unknown>, keys: readonly string[]) =>
  Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));

const isDtype = (value: unknown): value is Dtype =>
  typeof value === "string" && Object.hasOwn(ELEMENT_BYTES, value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
