/**
 * The bytes of a binary message: JSON and named typed arrays in one buffer. Pure; knows nothing of what they mean.
 *
 *   3 bytes "spk" · 1 byte version · u32 kind · u32 length of the JSON · the JSON as UTF-8 · the arrays
 *
 * All little endian. The JSON is {body, arrays: [[name, type, length] …]}; each array begins at the next multiple of
 * four, so that a reader can view it without a copy.
 */

const HEADER_BYTES = 12;
const MAGIC = [0x73, 0x70, 0x6b] as const;

export type MessageArray = Int8Array | Uint8Array | Uint16Array | Uint32Array | Float32Array;
type ArrayType = {
  readonly name: string;
  readonly bytes: number;
  isOf(array: MessageArray): boolean;
  view(buffer: ArrayBufferLike, at: number, length: number): MessageArray;
};

const TYPES: readonly ArrayType[] = [
  { name: "i8", bytes: 1, isOf: (a) => a instanceof Int8Array, view: (b, at, n) => new Int8Array(b, at, n) },
  {
    name: "u8",
    bytes: 1,
    isOf: (a) => a instanceof Uint8Array,
    view: (b, at, n) => new Uint8Array(b, at, n),
  },
  {
    name: "u16",
    bytes: 2,
    isOf: (a) => a instanceof Uint16Array,
    view: (b, at, n) => new Uint16Array(b, at, n),
  },
  {
    name: "u32",
    bytes: 4,
    isOf: (a) => a instanceof Uint32Array,
    view: (b, at, n) => new Uint32Array(b, at, n),
  },
  {
    name: "f32",
    bytes: 4,
    isOf: (a) => a instanceof Float32Array,
    view: (b, at, n) => new Float32Array(b, at, n),
  },
];

const alignUp = (bytes: number) => (bytes + 3) & ~3;

export function encodeBinary(
  kind: number,
  version: number,
  { body, arrays }: { readonly body: object; readonly arrays: Readonly<Record<string, MessageArray>> },
): Uint8Array {
  const entries = Object.entries(arrays);
  const typeOf = (array: MessageArray) => TYPES.find((type) => type.isOf(array))?.name;
  const list = entries.map(([name, array]) => [name, typeOf(array), array.length]);
  const json = new TextEncoder().encode(JSON.stringify({ body, arrays: list }));
  const sizes = entries.map(([, array]) => alignUp(array.byteLength));
  const arraysAt = alignUp(HEADER_BYTES + json.length);
  const message = new Uint8Array(sizes.reduce((sum, size) => sum + size, arraysAt));
  message.set([...MAGIC, version]);
  const view = new DataView(message.buffer);
  view.setUint32(4, kind, true);
  view.setUint32(8, json.length, true);
  message.set(json, HEADER_BYTES);
  let at = arraysAt;
  entries.forEach(([, array], i) => {
    // A plain copy: every machine this runs on is little endian, as is the message.
    message.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += sizes[i] ?? 0;
  });
  return message;
}

export type DecodedBinary = {
  readonly kind: number;
  readonly json: Record<string, unknown>;
  /** Views into the message. */
  readonly arrays: Readonly<Record<string, MessageArray>>;
};

/** What the bytes hold, or undefined when they are no such message, to the byte. */
export function decodeBinary(bytes: Uint8Array, version: number): DecodedBinary | undefined {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined;
  if (bytes[3] !== version) return undefined;
  // Views need aligned memory; what a socket hands over usually is. (A Buffer's slice() would be no copy.)
  const message = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const jsonBytes = view.getUint32(8, true);
  if (HEADER_BYTES + jsonBytes > message.length) return undefined;
  const json = parseObject(
    new TextDecoder().decode(message.subarray(HEADER_BYTES, HEADER_BYTES + jsonBytes)),
  );
  if (json === undefined || !isObject(json.body) || !Array.isArray(json.arrays)) return undefined;
  const arrays = viewArrays(message, alignUp(HEADER_BYTES + jsonBytes), json.arrays);
  return arrays && { kind: view.getUint32(4, true), json: json.body, arrays };
}

function viewArrays(
  message: Uint8Array,
  from: number,
  list: readonly unknown[],
): Record<string, MessageArray> | undefined {
  const arrays: Record<string, MessageArray> = Object.create(null);
  let at = from;
  for (const entry of list) {
    if (!Array.isArray(entry)) return undefined;
    const [name, type, length]: unknown[] = entry;
    const known = TYPES.find((one) => one.name === type);
    if (typeof name !== "string" || known === undefined || !isCount(length)) return undefined;
    if (at + length * known.bytes > message.length) return undefined;
    arrays[name] = known.view(message.buffer, message.byteOffset + at, length);
    at = alignUp(at + length * known.bytes);
  }
  return at === Math.max(message.length, from) ? arrays : undefined;
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
