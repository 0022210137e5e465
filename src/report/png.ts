/** Writes PNG pictures of 8 bits a channel, RGB or gray. It does not read them. */
import { crc32, deflateSync } from "node:zlib";
import { usageError } from "../core/errors.ts";

export type Picture = { readonly width: number; readonly height: number } & (
  | { /** 3 bytes a pixel, row by row from the top. */ readonly rgb: Uint8Array }
  | { /** 1 byte a pixel. */ readonly gray: Uint8Array }
);

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GRAY = 0;
const RGB = 2;
/** The format allows 2^31 − 1; no picture of ours comes near. */
const MAX_SIDE = 65_535;

export function encodePng(picture: Picture): Uint8Array {
  const { width, height } = picture;
  const pixels = "rgb" in picture ? picture.rgb : picture.gray;
  const channels = "rgb" in picture ? 3 : 1;
  const sides = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
  if (!sides || pixels.length !== width * height * channels) {
    throw usageError(
      "PNG_SIZE",
      `Expected a picture of ${width} × ${height} pixels with ${channels} bytes each, found ${pixels.length} bytes.`,
    );
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, channels === 3 ? RGB : GRAY);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(withFilterBytes(pixels, width * channels))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Each row begins with its filter's number: 0, none. Pictures of flat tiles deflate well as they are. */
function withFilterBytes(pixels: Uint8Array, rowBytes: number): Uint8Array {
  const rows = pixels.length / rowBytes;
  const filtered = new Uint8Array(rows * (rowBytes + 1));
  for (let row = 0; row < rows; row++) {
    filtered.set(pixels.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return filtered;
}

/** Length, name, data and the checksum over name and data. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
