/**
 * The text header of Prophesee RAW recordings: lines of "% key value" up to "% end", or in old files up to the first
 * bytes that are no such line. Says which words follow and from how large a sensor; decodes no event.
 * The rules and the table of cameras are those of OpenEB (psee_raw_file_header.cpp), a little more lenient:
 * the legacy key "evt" alone names the format too.
 */
import { dataError } from "../core/errors.ts";

export type PropheseeFormat = "EVT2" | "EVT3";

export type PropheseeHeader = {
  readonly format: PropheseeFormat;
  readonly width: number;
  readonly height: number;
  /** Length of the header: the first word stands here. */
  readonly bytes: number;
};

export type HeaderOptions = {
  /** Names the recording in error sentences. */
  readonly name: string;
  /** No more bytes will come. */
  readonly ended: boolean;
  /** Format and size of the sensor where the header is silent about them; with both there need be no header. */
  readonly format?: PropheseeFormat | undefined;
  readonly size?: Size | undefined;
};

type Size = { readonly width: number; readonly height: number };
type Lines = { readonly keys: ReadonlyMap<string, string>; readonly bytes: number };

/** Real headers take less than one; a file of nothing but "% " must not fill the memory. */
export const MOST_HEADER_BYTES = 64 * 1024;
/** Coordinates have 11 bits. */
const MOST_PIXELS = 2048;
const PERCENT = 0x25;
const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

const VGA = { width: 640, height: 480 };
const HD = { width: 1280, height: 720 };
const EVT_VERSIONS: ReadonlyMap<string, string> = new Map([
  ["2.0", "EVT2"],
  ["2.1", "EVT21"],
  ["3.0", "EVT3"],
  ["4.0", "EVT4"],
]);
type Camera = Size & { readonly format: PropheseeFormat };
const ofCameras = (ids: readonly number[], camera: Camera) => ids.map((id): [number, Camera] => [id, camera]);
/** By system_ID: what cameras send whose header says no more. */
const CAMERAS: ReadonlyMap<number, Camera> = new Map([
  ...ofCameras([0x15, 0x17, 0x19, 0x1c, 0x1d, 0x21, 0x22, 0x23, 0x29], { ...VGA, format: "EVT2" }),
  ...ofCameras([0x28], { ...VGA, format: "EVT3" }),
  ...ofCameras([0x1a, 0x1f, 0x27], { ...HD, format: "EVT2" }),
  ...ofCameras([0x1e, 0x2e, 0x30, 0x31, 0x32], { ...HD, format: "EVT3" }),
]);

/** Whether the bytes begin as such a header does. */
export const startsPropheseeHeader = (bytes: Uint8Array): boolean =>
  bytes[0] === PERCENT && bytes[1] === SPACE;

/** The header at the start of `bytes`, or undefined while more bytes are needed to tell. Throws on a bad one. */
export function readPropheseeHeader(
  bytes: Uint8Array,
  options: HeaderOptions & { readonly ended: true },
): PropheseeHeader;
export function readPropheseeHeader(bytes: Uint8Array, options: HeaderOptions): PropheseeHeader | undefined;
export function readPropheseeHeader(bytes: Uint8Array, options: HeaderOptions): PropheseeHeader | undefined {
  const { name, ended, format: usualFormat, size } = options;
  if (bytes.length < 2 && !ended) return undefined;
  if (!startsPropheseeHeader(bytes)) {
    if (usualFormat !== undefined && size !== undefined) return { format: usualFormat, ...size, bytes: 0 };
    throw dataError(
      "PROPHESEE_HEADER",
      `Expected a Prophesee header ("% key value") at the start of ${name}, found ${firstBytes(bytes)}; is this another format?`,
    );
  }
  const lines = readLines(bytes, name, ended);
  if (lines === undefined) return undefined;
  const camera = cameraOf(lines.keys);
  const format = formatOf(lines.keys, camera?.format ?? usualFormat, name);
  return { format, ...sizeOf(lines.keys, camera ?? size, name), bytes: lines.bytes };
}

const firstBytes = (bytes: Uint8Array) =>
  bytes.length === 0
    ? "an empty file"
    : `the bytes ${Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;

/** Undefined while bytes are missing. */
function readLines(bytes: Uint8Array, name: string, ended: boolean): Lines | undefined {
  const keys = new Map<string, string>();
  let at = 0;
  while (at < MOST_HEADER_BYTES) {
    if (at + 2 > bytes.length && !ended) return undefined;
    if (!startsPropheseeHeader(bytes.subarray(at, at + 2))) return { keys, bytes: at };
    const end = lineEnd(bytes, at);
    if (end === "words") return { keys, bytes: at };
    if (end === undefined) {
      if (bytes.length >= MOST_HEADER_BYTES) break;
      if (!ended) return undefined;
      throw dataError(
        "PROPHESEE_HEADER_END",
        `Expected whole lines in the Prophesee header of ${name}, found that the file ends inside the line at byte ${at}.`,
      );
    }
    const text = new TextDecoder().decode(bytes.subarray(at + 2, end)).trim();
    at = end + 1;
    if (text === "end") return { keys, bytes: at };
    const [, key = "", value = ""] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    keys.set(key.toLowerCase(), value);
  }
  throw dataError(
    "PROPHESEE_HEADER_LONG",
    `Expected the Prophesee header of ${name} to end ("% end") within ${MOST_HEADER_BYTES} bytes, found no end.`,
  );
}

/** Where the newline of the line stands; "words" when this is no text but words that begin like a line. */
function lineEnd(bytes: Uint8Array, from: number): number | "words" | undefined {
  const most = Math.min(bytes.length, MOST_HEADER_BYTES);
  for (let at = from; at < most; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === NEWLINE) return at;
    if (byte < SPACE && byte !== TAB && byte !== RETURN) return "words";
  }
  return undefined;
}

/** A system_ID counts only where the integrator is Prophesee, or unnamed as in old files. */
function cameraOf(keys: ReadonlyMap<string, string>) {
  const integrator =
    keys.get("camera_integrator_name") ?? keys.get("plugin_integrator_name") ?? keys.get("integrator_name");
  const id = keys.get("system_id") ?? "";
  if (integrator !== undefined && integrator !== "Prophesee") return undefined;
  return /^\d{1,5}$/.test(id) ? CAMERAS.get(Number(id)) : undefined;
}

function formatOf(
  keys: ReadonlyMap<string, string>,
  usual: PropheseeFormat | undefined,
  name: string,
): PropheseeFormat {
  const version = keys.get("evt");
  const said =
    keys.get("format")?.split(";")[0]?.trim().toUpperCase() ??
    (version === undefined ? usual : (EVT_VERSIONS.get(version) ?? `evt ${version}`));
  if (said === "EVT2" || said === "EVT3") return said;
  if (said === undefined) {
    throw dataError(
      "PROPHESEE_FORMAT_ABSENT",
      `Expected the header of ${name} to name its format ("% format EVT3"), found neither that nor "% evt" nor a known system_ID.`,
    );
  }
  throw dataError(
    "PROPHESEE_FORMAT",
    `Expected EVT2 or EVT3 in ${name}, but its header says ${short(said)}, which cannot be read here.`,
  );
}

function sizeOf(keys: ReadonlyMap<string, string>, usual: Size | undefined, name: string): Size {
  const [, ...parts] = (keys.get("format") ?? "").split(";");
  const option = (key: string) =>
    parts.map((part) => part.split("=")).find(([found]) => found?.trim() === key)?.[1];
  const geometry = keys.get("geometry");
  const [wide, high] = geometry?.split("x") ?? [];
  const inFormat = toSize(option("width"), option("height"), name);
  const inGeometry = geometry === undefined ? undefined : toSize(wide ?? "", high ?? "", name);
  if (
    inFormat !== undefined &&
    inGeometry !== undefined &&
    (inFormat.width !== inGeometry.width || inFormat.height !== inGeometry.height)
  ) {
    throw dataError(
      "PROPHESEE_GEOMETRY",
      `Expected one sensor size in the header of ${name}, found ${inFormat.width}x${inFormat.height} in "format" and ${inGeometry.width}x${inGeometry.height} in "geometry".`,
    );
  }
  const size = inFormat ?? inGeometry ?? usual;
  if (size !== undefined) return { width: size.width, height: size.height };
  throw dataError(
    "PROPHESEE_GEOMETRY_ABSENT",
    `Expected the header of ${name} to say how large the sensor is ("% geometry 640x480"), found neither that nor a known system_ID.`,
  );
}

function toSize(width: string | undefined, height: string | undefined, name: string): Size | undefined {
  if (width === undefined && height === undefined) return undefined;
  const [wide, high] = [toPixels(width), toPixels(height)];
  if (wide !== undefined && high !== undefined) return { width: wide, height: high };
  throw dataError(
    "PROPHESEE_GEOMETRY",
    `Expected a sensor size of 1 to ${MOST_PIXELS} pixels each way in the header of ${name}, found ${short(`${width}x${height}`)}.`,
  );
}

function toPixels(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,4}\s*$/.test(text)) return undefined;
  const pixels = Number(text);
  return pixels >= 1 && pixels <= MOST_PIXELS ? pixels : undefined;
}

/** Words of a file in a sentence of ours: no control characters, not endless. */
const short = (text: string) => JSON.stringify(text.slice(0, 40));
