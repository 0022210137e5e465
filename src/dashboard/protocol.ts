/**
 * What travels between the server and the page, shared by both: message types and a pure codec.
 * No I/O, no Node and no DOM here; the page bundles this file.
 *
 * A snapshot is one binary message: 3 bytes "spk", 1 byte version, u32 length of the JSON (little endian),
 * the JSON as UTF-8 (the snapshot without its pixels), one zero byte if needed to reach an even offset,
 * the picture's pixels as Int16 little endian. Everything else is a small text message of JSON.
 */
import type { Control } from "../core/control.ts";
import type { EventPicture, Snapshot } from "../core/telemetry.ts";

export const PROTOCOL_VERSION = 1;
/** The WebSocket subprotocol that is agreed on; the token travels beside it and is never echoed. */
export const SUBPROTOCOL = "spikeline.v1";
export const TOKEN_PREFIX = "token.";
export const STREAM_PATH = "/stream";
/** A control message is a few words; anything longer is not one. */
export const MAX_CONTROL_BYTES = 4096;

/** Close codes the page can tell apart (RFC 6455 and its registry). */
export const CLOSE = { goingAway: 1001, policy: 1008, tooBig: 1009, failed: 1011, busy: 1013 } as const;

/** Server → page, as text. */
export type Notice =
  /** First message of every connection. */
  | { readonly kind: "hello"; readonly protocol: number }
  /** Snapshots this viewer has missed because its link was too slow, since it connected. */
  | { readonly kind: "skipped"; readonly count: number };

const HEADER_BYTES = 8;
const MAGIC = [0x73, 0x70, 0x6b] as const;
/** Far above any snapshot, far below what could hurt a browser. */
const MAX_PIXELS = 1 << 20;

const evenUp = (bytes: number) => bytes + (bytes & 1);

/** One message from one snapshot. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { picture, ...rest } = snapshot;
  const size = picture === undefined ? undefined : { width: picture.width, height: picture.height };
  const json = new TextEncoder().encode(JSON.stringify({ ...rest, picture: size }));
  const pixelsAt = evenUp(HEADER_BYTES + json.length);
  const pixelCount = picture === undefined ? 0 : picture.width * picture.height;
  const message = new Uint8Array(pixelsAt + 2 * pixelCount);
  message.set([...MAGIC, PROTOCOL_VERSION]);
  const view = new DataView(message.buffer);
  view.setUint32(4, json.length, true);
  message.set(json, HEADER_BYTES);
  // A plain copy: every machine this runs on is little endian, as is the message.
  if (picture !== undefined) {
    new Int16Array(message.buffer, pixelsAt, pixelCount).set(picture.pixels.subarray(0, pixelCount));
  }
  return message;
}

/** The snapshot of one message, or undefined when the bytes are not one. */
export function decodeSnapshot(message: Uint8Array): Snapshot | undefined {
  if (message.length < HEADER_BYTES || MAGIC.some((byte, i) => message[i] !== byte)) return undefined;
  if (message[3] !== PROTOCOL_VERSION) return undefined;
  const jsonBytes = new DataView(message.buffer, message.byteOffset).getUint32(4, true);
  if (HEADER_BYTES + jsonBytes > message.length) return undefined;
  const json = parseObject(
    new TextDecoder().decode(message.subarray(HEADER_BYTES, HEADER_BYTES + jsonBytes)),
  );
  if (json === undefined || typeof json.sequence !== "number" || !Array.isArray(json.stages))
    return undefined;
  const pixels = message.subarray(evenUp(HEADER_BYTES + jsonBytes));
  const picture = decodePicture(json.picture, pixels);
  if (picture === undefined && (json.picture !== undefined || pixels.length > 0)) return undefined;
  // The one cast: same version and same codec on the other side.
  return { message: undefined, decision: undefined, ...json, picture } as unknown as Snapshot;
}

function decodePicture(size: unknown, bytes: Uint8Array): EventPicture | undefined {
  if (!isObject(size)) return undefined;
  const { width, height } = size;
  if (!isCount(width) || !isCount(height) || width * height > MAX_PIXELS) return undefined;
  if (bytes.length !== 2 * width * height) return undefined;
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return { width, height, pixels: new Int16Array(aligned.buffer, aligned.byteOffset, width * height) };
}

/** A text message of the server, or undefined when it is not one. */
export function parseNotice(text: string): Notice | undefined {
  const json = parseObject(text);
  if (json?.kind === "hello" && isCount(json.protocol)) return { kind: "hello", protocol: json.protocol };
  if (json?.kind === "skipped" && isCount(json.count)) return { kind: "skipped", count: json.count };
  return undefined;
}

/** A control message of the page, or undefined when it is not exactly one: unknown keys are refused. */
export function parseControl(text: string): Control | undefined {
  if (text.length > MAX_CONTROL_BYTES) return undefined;
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const keys = Object.keys(json).sort().join();
  if (json.kind === "learning" && keys === "kind,on" && typeof json.on === "boolean") {
    return { kind: "learning", on: json.on };
  }
  if (json.kind === "stop" && keys === "kind") return { kind: "stop" };
  return undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
