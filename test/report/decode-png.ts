/** Reads the PNGs that the project writes (8 bits, filter 0), checking signature and checksums: a tool of tests. */
import { inflateSync } from "node:zlib";

export type Decoded = {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
};

/** The checksum bit by bit, as the PNG specification defines it: another way than the encoder's. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunksOf(bytes: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  let at = 8;
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at);
    const checked = bytes.subarray(at + 4, at + 8 + length);
    if (crcOf(checked) !== bytes.readUInt32BE(at + 8 + length)) throw new Error("bad checksum");
    chunks.set(checked.toString("latin1", 0, 4), checked.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

export function decodePng(png: Uint8Array): Decoded {
  const bytes = Buffer.from(png);
  if (bytes.toString("hex", 0, 8) !== "89504e470d0a1a0a") throw new Error("bad signature");
  const chunks = chunksOf(bytes);
  const [header, data] = [chunks.get("IHDR"), chunks.get("IDAT")];
  if ([...chunks.keys()].join() !== "IHDR,IDAT,IEND" || header?.length !== 13 || data === undefined) {
    throw new Error("bad chunks");
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = header[9] === 2 ? 3 : 1;
  if (header.toString("hex", 8) !== `080${channels === 3 ? 2 : 0}000000`) throw new Error("bad header");
  const rows = inflateSync(data);
  const rowBytes = width * channels + 1;
  if (rows.length !== rowBytes * height) throw new Error("bad length");
  return { width, height, channels, pixels: Uint8Array.from(rows.filter((_, i) => i % rowBytes !== 0)) };
}
