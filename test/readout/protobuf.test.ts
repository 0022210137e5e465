import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesField, messageField, textField, uintField, varint } from "../../src/readout/protobuf.ts";

/** The oracle: as the format is explained, in whole numbers of any size. */
const numberIn = (bytes: Uint8Array) =>
  bytes.reduceRight((value, byte) => value * 128n + BigInt(byte & 127), 0n);

describe("a protocol buffer's fields", () => {
  test("are numbers in as few bytes as hold them, the top bit saying that more follow", () => {
    const property = fc.property(fc.maxSafeNat(), (value) => {
      const bytes = varint(value);
      expect(numberIn(bytes)).toBe(BigInt(value));
      expect(bytes).toHaveLength(Math.max(1, Math.ceil(value.toString(2).length / 7)));
      expect([...bytes].map((byte) => byte >= 128)).toEqual([...bytes].map((_, k) => k < bytes.length - 1));
    });
    fc.assert(property, { numRuns: 2000, examples: [[0], [127], [128], [2 ** 32], [2 ** 53 - 1]] });
  });

  test("begin with their number and kind, and with their length unless they are numbers", () => {
    expect([...uintField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
    expect([...textField(2, "ä")]).toEqual([0x12, 2, 0xc3, 0xa4]);
    expect([...uintField(20, 7)]).toEqual([0xa0, 0x01, 7]);
    expect([...messageField(3, [uintField(1, 150)])]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
    expect([...bytesField(9, new Uint8Array(200)).subarray(0, 3)]).toEqual([0x4a, 0xc8, 0x01]);
  });
});
