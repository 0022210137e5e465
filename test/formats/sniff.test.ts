import { describe, expect, it } from "vitest";
import { Evt2Decoder } from "../../src/formats/evt2.ts";
import { Evt3Decoder } from "../../src/formats/evt3.ts";
import { NmnistDecoder } from "../../src/formats/nmnist.ts";
import { SNIFF_BYTES, sniffRecording } from "../../src/formats/sniff.ts";
import { evt3, evt3Words, headerText, textBytes, wordBytes } from "./evt-bytes.ts";

const sniff = (head: string, name: string) => sniffRecording(textBytes(head), { name });

describe("sniffing a recording", () => {
  it("goes by the header, whatever the name", () => {
    const evt2 = sniff(headerText("EVT2", 640, 480), "a.bin");
    expect(evt2).toMatchObject({ format: "evt2", label: "Prophesee EVT2", width: 640, height: 480 });
    expect(evt2.decoder).toBeInstanceOf(Evt2Decoder);
    const evt3 = sniff(headerText("EVT3", 1280, 720), "a");
    expect(evt3).toMatchObject({ format: "evt3", width: 1280, height: 720 });
    expect(evt3.decoder).toBeInstanceOf(Evt3Decoder);
  });

  it("takes a file named so for N-MNIST, which has no mark", () => {
    for (const name of ["1.bin", "2.BS2"]) {
      const found = sniff("abcde", name);
      expect(found).toMatchObject({ format: "n-mnist", label: "N-MNIST", width: 34, height: 34 });
      expect(found.decoder).toBeInstanceOf(NmnistDecoder);
    }
  });

  it("goes by what the caller says where the bytes do not, and by the header where they do", () => {
    const size = { width: 240, height: 180 };
    const bare = sniffRecording(Uint8Array.of(1, 0x80), { name: "a.raw", format: "evt3", size });
    expect(bare).toMatchObject({ format: "evt3", ...size });
    bare.decoder.append(wordBytes(evt3Words([[5, 239, 179, 1]]), 2));
    bare.decoder.end();
    expect(bare.decoder.next()).toMatchObject({ length: 1 });
    const head = textBytes(headerText("EVT2", 640, 480));
    const said = sniffRecording(head, { name: "a", format: "evt3", size });
    expect(said).toMatchObject({ format: "evt2", width: 640, height: 480 });
    const sized = sniffRecording(textBytes("% evt 2.0\n% end\n"), { name: "a.raw", size });
    expect(sized).toMatchObject({ format: "evt2", ...size });
    const small = sniffRecording(textBytes("abcde"), { name: "a", format: "n-mnist" });
    expect(small).toMatchObject({ format: "n-mnist", width: 34, height: 34 });
    expect(sniffRecording(textBytes("abcde"), { name: "1.bin", size })).toMatchObject(size);
  });

  it("takes words that begin like a header for words where format and size are given", () => {
    const words = wordBytes([0x2025, evt3.high(0), evt3.low(1), evt3.row(2), evt3.event(3, 1)], 2);
    const size = { width: 64, height: 64 };
    const { decoder } = sniffRecording(words, { name: "a", format: "evt3", size });
    decoder.append(words);
    decoder.end();
    expect(decoder.next()).toMatchObject({ length: 1, x: Uint16Array.of(3) });
  });

  it("asks for the size of a sensor whose words come without a header", () => {
    expect(() => sniffRecording(Uint8Array.of(1, 2), { name: "a", format: "evt2" })).toThrow(
      expect.objectContaining({ code: "RECORDING_SIZE", exitCode: 2 }),
    );
  });

  it("says that it needs more bytes as long as the header is not whole", () => {
    const head = textBytes(headerText("EVT2", 640, 480));
    for (let length = 0; length < head.length; length++) {
      expect(sniffRecording(head.subarray(0, length), { name: "a", ended: false })).toBeUndefined();
    }
    expect(sniffRecording(head, { name: "a", ended: false })?.format).toBe("evt2");
  });

  it("refuses a .raw without a header, formats it cannot read, and what nobody knows", () => {
    expect(() => sniff("PNG", "a.raw")).toThrow(expect.objectContaining({ code: "PROPHESEE_HEADER" }));
    expect(() => sniff("", "a.raw")).toThrow(/found an empty file/);
    expect(() => sniff(headerText("EVT21", 9, 9), "a.raw")).toThrow(
      /says "EVT21", which cannot be read here/,
    );
    expect(() => sniff(headerText("EVT4", 9, 9), "a.raw")).toThrow(
      expect.objectContaining({ code: "PROPHESEE_FORMAT" }),
    );
    expect(() => sniff("hello", "hello.txt")).toThrow(
      "Expected a recording with a Prophesee header (EVT2, EVT3) or an N-MNIST file (.bin, .bs2), found neither in hello.txt.",
    );
  });

  it("needs no more than its first bytes, even of a header that never ends", () => {
    const head = "% a b\n".repeat(20_000).slice(0, SNIFF_BYTES);
    expect(() => sniff(head, "a.raw")).toThrow(expect.objectContaining({ code: "PROPHESEE_HEADER_LONG" }));
  });
});
