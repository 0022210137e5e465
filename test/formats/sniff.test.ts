import { describe, expect, it } from "vitest";
import { Evt2Decoder } from "../../src/formats/evt2.ts";
import { Evt3Decoder } from "../../src/formats/evt3.ts";
import { NmnistDecoder } from "../../src/formats/nmnist.ts";
import { SNIFF_BYTES, sniffRecording } from "../../src/formats/sniff.ts";
import { headerText, textBytes } from "./evt-bytes.ts";

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
