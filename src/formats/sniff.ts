/**
 * Which decoder a recording's first bytes ask for: a Prophesee header says so itself; N-MNIST has no mark and is
 * known by the ending of its name, and bytes without a header by what the caller says. Opens no file.
 */
import { dataError, usageError } from "../core/errors.ts";
import type { EventDecoder } from "./decoder.ts";
import { Evt2Decoder } from "./evt2.ts";
import { Evt3Decoder } from "./evt3.ts";
import { NmnistDecoder } from "./nmnist.ts";
import {
  MOST_HEADER_BYTES,
  type PropheseeFormat,
  readPropheseeHeader,
  startsPropheseeHeader,
} from "./prophesee-header.ts";

export type RecordingFormat = "evt2" | "evt3" | "n-mnist";

export type Recording = {
  readonly format: RecordingFormat;
  /** The format's name for people. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Has seen nothing yet: it wants the first bytes too. */
  readonly decoder: EventDecoder;
};

export type SniffOptions = {
  /** Names the recording in error sentences; its ending counts. */
  readonly name: string;
  /** Accept a recording that ends inside a word. */
  readonly salvage?: boolean;
  /** What the recording is where its bytes do not say. */
  readonly format?: RecordingFormat | undefined;
  /** How large the sensor is where the bytes do not say. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** False while more bytes may come. */
  readonly ended?: boolean;
};

/** With so many first bytes, or the whole file where it is shorter, every header can be read. */
export const SNIFF_BYTES = MOST_HEADER_BYTES + 2;

const NMNIST_SIZE = { width: 34, height: 34 };
const PROPHESEE = { evt2: "EVT2", evt3: "EVT3" } as const;

/**
 * What the recording is that begins with `head`: its first `SNIFF_BYTES` bytes, or all of them. Throws on others.
 * With `ended: false` it may answer undefined: more bytes are needed to tell.
 */
export function sniffRecording(
  head: Uint8Array,
  options: SniffOptions & { readonly ended: false },
): Recording | undefined;
export function sniffRecording(head: Uint8Array, options: SniffOptions): Recording;
export function sniffRecording(head: Uint8Array, options: SniffOptions): Recording | undefined {
  const { name, salvage = false, format, size, ended = true } = options;
  if (!ended && head.length < 2) return undefined;
  if (format !== "n-mnist" && startsPropheseeHeader(head)) return sniffProphesee(head, options);
  if (format === "n-mnist" || (format === undefined && /\.(bin|bs2)$/i.test(name))) {
    const { width, height } = size ?? NMNIST_SIZE;
    const decoder = new NmnistDecoder({ name, salvage, width, height });
    return { format: "n-mnist", label: "N-MNIST", width, height, decoder };
  }
  if (format !== undefined && size === undefined) {
    throw usageError(
      "RECORDING_SIZE",
      `Expected the sensor's size (--size WxH) for ${PROPHESEE[format]} without a header in ${name}, found none.`,
    );
  }
  if (format !== undefined || /\.raw$/i.test(name)) return sniffProphesee(head, options);
  throw dataError(
    "RECORDING_FORMAT",
    `Expected a recording with a Prophesee header (EVT2, EVT3) or an N-MNIST file (.bin, .bs2), found neither in ${name}.`,
  );
}

function sniffProphesee(head: Uint8Array, options: SniffOptions): Recording | undefined {
  const { name, salvage = false, format, size, ended = true } = options;
  const usual: PropheseeFormat | undefined =
    format === undefined || format === "n-mnist" ? undefined : PROPHESEE[format];
  const header = readPropheseeHeader(head, { name, ended, format: usual, size });
  if (header === undefined) return undefined;
  const { width, height } = header;
  const Decoder = header.format === "EVT2" ? Evt2Decoder : Evt3Decoder;
  return {
    format: header.format === "EVT2" ? "evt2" : "evt3",
    label: `Prophesee ${header.format}`,
    width,
    height,
    decoder: new Decoder({ name, salvage, format: usual, size }),
  };
}
