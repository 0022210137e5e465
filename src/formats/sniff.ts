/**
 * Which decoder a recording's first bytes ask for: a Prophesee header says so itself; N-MNIST has no mark and is
 * known by the ending of its name. Opens no file.
 */
import { dataError } from "../core/errors.ts";
import type { EventDecoder } from "./decoder.ts";
import { Evt2Decoder } from "./evt2.ts";
import { Evt3Decoder } from "./evt3.ts";
import { NmnistDecoder } from "./nmnist.ts";
import { MOST_HEADER_BYTES, readPropheseeHeader, startsPropheseeHeader } from "./prophesee-header.ts";

export type Recording = {
  readonly format: "evt2" | "evt3" | "n-mnist";
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
};

/** With so many first bytes, or the whole file where it is shorter, every header can be read. */
export const SNIFF_BYTES = MOST_HEADER_BYTES + 2;

const NMNIST_SIZE = { width: 34, height: 34 };

/** What the recording is that begins with `head`: its first `SNIFF_BYTES` bytes, or all of them. Throws on others. */
export function sniffRecording(head: Uint8Array, { name, salvage = false }: SniffOptions): Recording {
  if (startsPropheseeHeader(head) || /\.raw$/i.test(name)) {
    const header = readPropheseeHeader(head, { name, ended: true });
    const { format, width, height } = header;
    const Decoder = format === "EVT2" ? Evt2Decoder : Evt3Decoder;
    return {
      format: format === "EVT2" ? "evt2" : "evt3",
      label: `Prophesee ${format}`,
      width,
      height,
      decoder: new Decoder({ name, salvage }),
    };
  }
  if (/\.(bin|bs2)$/i.test(name)) {
    const decoder = new NmnistDecoder({ name, salvage, ...NMNIST_SIZE });
    return { format: "n-mnist", label: "N-MNIST", ...NMNIST_SIZE, decoder };
  }
  throw dataError(
    "RECORDING_FORMAT",
    `Expected a recording with a Prophesee header (EVT2, EVT3) or an N-MNIST file (.bin, .bs2), found neither in ${name}.`,
  );
}
