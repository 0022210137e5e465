/**
 * What travels between the server and the page, shared by both: message types and a pure codec.
 * No I/O, no Node and no DOM here; the page bundles this file. The bytes of a binary message are binary-message.ts'.
 *
 * Binary, server → page: a snapshot (without `learned`) or what was learned. Everything else is a small text message
 * of JSON. `learned` is a message of its own because the newest one must reach also those who came later.
 */
import { type Control, MAX_NAME_CHARACTERS } from "../core/control.ts";
import type { EventPicture, FeatureMaps, FrameWave, Learned, Raster, Snapshot } from "../core/telemetry.ts";
import { decodeBinary, encodeBinary, isCount, isObject, parseObject } from "./binary-message.ts";

export const PROTOCOL_VERSION = 3;
/** The WebSocket subprotocol that is agreed on; the token travels beside it and is never echoed. */
export const SUBPROTOCOL = "spikeline.v3";
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
  | { readonly kind: "skipped"; readonly count: number }
  /** Answer to an echo. */
  | { readonly kind: "echo"; readonly id: number };

/** Page → server, as text: controls of the pipeline, and what concerns this viewer alone. */
export type Wish =
  | Control
  /** Whether anybody can see the page: if not, a small snapshot a second is enough. */
  | { readonly kind: "hidden"; readonly on: boolean }
  /** Wants an echo, to measure the way there and back. */
  | { readonly kind: "echo"; readonly id: number };

const KIND = { snapshot: 1, learned: 2 } as const;
/** Far above any snapshot, far below what could hurt a browser. */
const MAX_ELEMENTS = 1 << 20;

/** What the server adds to a snapshot. */
export type SnapshotMessage = Snapshot & {
  /** From the arrival of a frame's last events to the message with its decision: median and p99, microseconds. */
  readonly sent: { readonly p50Us: number; readonly p99Us: number } | undefined;
};

export function encodeSnapshot(snapshot: Snapshot, sent?: SnapshotMessage["sent"]): Uint8Array {
  const { picture, raster, wave, learned: _, ...rest } = snapshot;
  const { pixels, ...frame } = picture ?? {};
  const { inputs, offsetUs, row, ...stretch } = raster ?? {};
  const { offsetUs: waveUs, feature, x, y, ...waveFrame } = wave ?? {};
  return encodeBinary(KIND.snapshot, PROTOCOL_VERSION, {
    body: { ...rest, sent, picture: picture && frame, raster: raster && stretch, wave: wave && waveFrame },
    arrays: {
      ...(pixels && { pixels }),
      ...(inputs && { inputs }),
      ...(offsetUs && { offsetUs }),
      ...(row && { row }),
      ...(waveUs && feature && x && y && { waveUs, feature, x, y }),
    },
  });
}

export function encodeLearned(learned: Learned): Uint8Array {
  const { fields, groupOfRow, features, ...rest } = learned;
  const { fields: featureFields, share: featureShare, ...maps } = features ?? {};
  return encodeBinary(KIND.learned, PROTOCOL_VERSION, {
    body: { ...rest, features: features && maps },
    arrays: {
      fields,
      groupOfRow,
      ...(featureFields && featureShare && { featureFields, featureShare }),
    },
  });
}

export type BinaryMessage =
  | { readonly kind: "snapshot"; readonly snapshot: SnapshotMessage }
  | { readonly kind: "learned"; readonly learned: Learned };

/** What the bytes say, or undefined when they are not a message of this version. */
export function decodeMessage(bytes: Uint8Array): BinaryMessage | undefined {
  const found = decodeBinary(bytes, PROTOCOL_VERSION);
  if (found === undefined) return undefined;
  if (found.kind === KIND.snapshot) return decodeSnapshot(found);
  return found.kind === KIND.learned ? decodeLearned(found) : undefined;
}

type Found = NonNullable<ReturnType<typeof decodeBinary>>;

function decodeSnapshot({ json, arrays }: Found): BinaryMessage | undefined {
  if (typeof json.sequence !== "number" || !Array.isArray(json.stages)) return undefined;
  const picture = pictureOf(json.picture, arrays.pixels);
  const raster = rasterOf(json.raster, arrays);
  const wave = waveOf(json.wave, arrays);
  if (picture === "broken" || raster === "broken" || wave === "broken") return undefined;
  // The one cast: same version and same codec on the other side.
  const snapshot = { ...ABSENT, ...json, picture, raster, wave } as unknown as SnapshotMessage;
  return { kind: "snapshot", snapshot };
}

/** JSON leaves out what is undefined. */
const ABSENT = {
  message: undefined,
  decision: undefined,
  margins: undefined,
  sent: undefined,
  learned: undefined,
};

function pictureOf(frame: unknown, pixels: unknown): EventPicture | undefined | "broken" {
  if (frame === undefined && pixels === undefined) return undefined;
  if (!isObject(frame) || !(pixels instanceof Int8Array)) return "broken";
  const { width, height } = frame;
  if (!isCount(width) || !isCount(height) || width * height > MAX_ELEMENTS) return "broken";
  return width * height === pixels.length ? ({ ...frame, pixels } as unknown as EventPicture) : "broken";
}

function rasterOf(stretch: unknown, arrays: Found["arrays"]): Raster | undefined | "broken" {
  const { inputs, offsetUs, row } = arrays;
  if (stretch === undefined && inputs === undefined) return undefined;
  const isWhole = isObject(stretch) && Array.isArray(stretch.frames) && inputs instanceof Uint16Array;
  if (!isWhole || !(offsetUs instanceof Uint32Array) || !(row instanceof Uint16Array)) return "broken";
  if (offsetUs.length !== row.length) return "broken";
  return { ...stretch, inputs, offsetUs, row } as unknown as Raster;
}

function waveOf(frame: unknown, arrays: Found["arrays"]): FrameWave | undefined | "broken" {
  const { waveUs: offsetUs, feature, x, y } = arrays;
  if (frame === undefined && offsetUs === undefined) return undefined;
  if (!isObject(frame) || !isCount(frame.features)) return "broken";
  if (!(offsetUs instanceof Uint32Array) || !(feature instanceof Uint16Array)) return "broken";
  if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array)) return "broken";
  if ([feature, x, y].some(({ length }) => length !== offsetUs.length)) return "broken";
  return { ...frame, offsetUs, feature, x, y } as unknown as FrameWave;
}

function decodeLearned({ json, arrays }: Found): BinaryMessage | undefined {
  const { fields, groupOfRow } = arrays;
  const { groups, planes, width, height } = json;
  if (!Array.isArray(groups) || !(fields instanceof Uint8Array) || !(groupOfRow instanceof Uint16Array))
    return undefined;
  if (!isCount(planes) || !isCount(width) || !isCount(height)) return undefined;
  if (groups.length * planes * width * height !== fields.length || fields.length > MAX_ELEMENTS)
    return undefined;
  const features = featuresOf(json.features, arrays);
  if (features === "broken") return undefined;
  return {
    kind: "learned",
    learned: { changePerMinute: undefined, ...json, fields, groupOfRow, features } as unknown as Learned,
  };
}

function featuresOf(maps: unknown, arrays: Found["arrays"]): FeatureMaps | undefined | "broken" {
  const { featureFields: fields, featureShare: share } = arrays;
  if (maps === undefined && fields === undefined) return undefined;
  if (!isObject(maps) || !(fields instanceof Uint8Array) || !(share instanceof Float32Array)) return "broken";
  const { count, planes, width, height } = maps;
  if (!isCount(count) || !isCount(planes) || !isCount(width) || !isCount(height)) return "broken";
  if (count !== share.length || count * planes * width * height !== fields.length) return "broken";
  return fields.length <= MAX_ELEMENTS ? ({ ...maps, fields, share } as unknown as FeatureMaps) : "broken";
}

/** A text message of the server, or undefined when it is not one. */
export function parseNotice(text: string): Notice | undefined {
  const json = parseObject(text);
  if (json?.kind === "hello" && isCount(json.protocol)) return { kind: "hello", protocol: json.protocol };
  if (json?.kind === "skipped" && isCount(json.count)) return { kind: "skipped", count: json.count };
  if (json?.kind === "echo" && isCount(json.id)) return { kind: "echo", id: json.id };
  return undefined;
}

/** A wish of the page, or undefined when the text is not exactly one: unknown keys are refused. */
export function parseWish(text: string): Wish | undefined {
  if (text.length > MAX_CONTROL_BYTES) return undefined;
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const { kind, on, id, group, name, decision, outcome, truth } = json;
  switch (`${String(kind)}: ${Object.keys(json).sort().join()}`) {
    case "learning: kind,on":
      return typeof on === "boolean" ? { kind: "learning", on } : undefined;
    case "hidden: kind,on":
      return typeof on === "boolean" ? { kind: "hidden", on } : undefined;
    case "echo: id,kind":
      return isCount(id) ? { kind: "echo", id } : undefined;
    case "name: group,kind,name":
      return isCount(group) && isName(name) ? { kind: "name", group, name } : undefined;
    case "reward: decision,kind,outcome":
      return isCount(decision) && (outcome === "right" || outcome === "wrong")
        ? { kind: "reward", decision, outcome }
        : undefined;
    case "reward: decision,kind,outcome,truth":
      return isCount(decision) && outcome === "wrong" && isName(truth) && truth !== ""
        ? { kind: "reward", decision, outcome, truth }
        : undefined;
    case "reset: kind":
      return { kind: "reset" };
    case "stop: kind":
      return { kind: "stop" };
    default:
      return undefined;
  }
}

/** Empty, or at most so many characters, none of them a control character. */
const isName = (value: unknown): value is string =>
  typeof value === "string" &&
  [...value].length <= MAX_NAME_CHARACTERS &&
  value === value.trim() &&
  !/\p{Cc}/u.test(value);
