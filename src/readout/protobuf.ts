/** Writes protocol buffers: the few kinds of fields that onnx-file.ts needs. Knows no message by name; reads nothing. */

/** The wire types. */
const VARINT = 0;
const LENGTH = 2;

const utf8 = new TextEncoder();

/** Seven bits a byte, the lowest first; the top bit says that more follow. `value`: a whole number from 0 to 2^53 − 1. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Not by shifts, which see only 32 bits.
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const tag = (field: number, wire: number) => varint(field * 8 + wire);

/** Repeated numbers are as many of these, which readers take as well as packed ones. */
export const uintField = (field: number, value: number): Uint8Array =>
  joinBytes([tag(field, VARINT), varint(value)]);

export const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  joinBytes([tag(field, LENGTH), varint(bytes.length), bytes]);

export const textField = (field: number, text: string): Uint8Array => bytesField(field, utf8.encode(text));

/** A message within a message, out of its fields. */
export const messageField = (field: number, fields: readonly Uint8Array[]): Uint8Array =>
  bytesField(field, joinBytes(fields));
