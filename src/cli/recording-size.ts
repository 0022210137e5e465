/** How large a sensor recordings come from, by their first bytes. Decodes none of them. */
import { extname } from "node:path";
import { SpikelineError } from "../core/errors.ts";
import { type RecordingFormat, SNIFF_BYTES, sniffRecording } from "../formats/sniff.ts";
import { readChunks } from "../sensors/recording-file.ts";
import { peekStandardInput, STANDARD_INPUT } from "../sensors/standard-input.ts";

type Size = { readonly width: number; readonly height: number };

type SizeOptions = {
  /** What holds where the bytes do not say. */
  readonly format: RecordingFormat | undefined;
  readonly size: Size | undefined;
  /** Recordings that cannot be read are none, unless all are. */
  readonly salvage: boolean;
};

/**
 * The smallest sensor that holds them all. Of N-MNIST's files, which can be tens of thousands and are all alike,
 * only the first is opened.
 */
export async function recordingsSize(
  recordings: readonly { readonly path: string }[],
  options: SizeOptions,
): Promise<Size> {
  const opened = new Set<string>();
  let most: Size | undefined;
  let refusal: unknown;
  for (const { path } of recordings) {
    const ending = extname(path).toLowerCase();
    if ((ending === ".bin" || ending === ".bs2") && opened.has(ending)) continue;
    try {
      const { width, height } = await sniffFile(path, options);
      opened.add(ending);
      most = { width: Math.max(width, most?.width ?? 0), height: Math.max(height, most?.height ?? 0) };
    } catch (error) {
      if (!options.salvage || !(error instanceof SpikelineError)) throw error;
      refusal = error;
    }
  }
  if (most === undefined) throw refusal;
  return most;
}

/** Waits for the header, or for the first bytes where format and size are given; hands on what was read. */
export async function standardInputSize(options: SizeOptions): Promise<Size & { readonly head: Uint8Array }> {
  const sniff = { ...options, name: STANDARD_INPUT };
  const head = await peekStandardInput(
    (bytes) => sniffRecording(bytes, { ...sniff, ended: false }) !== undefined,
  );
  const { width, height } = sniffRecording(head, sniff);
  return { width, height, head };
}

async function sniffFile(path: string, options: SizeOptions): Promise<Size> {
  const head = new Uint8Array(SNIFF_BYTES);
  let length = 0;
  for await (const chunk of readChunks(path)) {
    const part = chunk.subarray(0, SNIFF_BYTES - length);
    head.set(part, length);
    length += part.length;
    const found = sniffRecording(head.subarray(0, length), { ...options, name: path, ended: false });
    if (found !== undefined) return found;
  }
  return sniffRecording(head.subarray(0, length), { ...options, name: path });
}
