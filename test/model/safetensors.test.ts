import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Container,
  decodeSafetensors,
  encodeSafetensors,
  requireLittleEndian,
} from "../../src/model/safetensors.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { errorOf } from "./model-error.ts";

const NAME = "m.safetensors";
const BLANK = "0".repeat(64);
const DIGEST_AT = 8 + '{"__metadata__":{"sha256":"'.length;

/** A file with this header text and these data, with the digest that belongs to it put in place. */
function fileOf(headerText: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const header = Buffer.from(headerText);
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  if (headerText.includes(BLANK)) {
    bytes.set(Buffer.from(createHash("sha256").update(bytes).digest("hex")), DIGEST_AT);
  }
  return bytes;
}

const METADATA = `"__metadata__":{"sha256":"${BLANK}","spikeline":"{}"}`;
const entryText = (name: string, dtype: string, shape: string, offsets: string) =>
  `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const withEntries = (...entries: string[]) => `{${[METADATA, ...entries].join(",")}}`;

const finite = { noNaN: true, noDefaultInfinity: true } as const;
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const dataOfLength = (length: number) => {
  const exactly = { minLength: length, maxLength: length };
  return fc.oneof(
    fc.array(fc.double(finite), exactly).map((values) => new Float64Array(values)),
    fc.array(fc.float(finite), exactly).map((values) => new Float32Array(values)),
    fc.array(fc.integer(), exactly).map((values) => new Int32Array(values)),
    fc.array(fc.nat(), exactly).map((values) => new Uint32Array(values)),
    fc.array(fc.nat(255), exactly).map((values) => new Uint8Array(values)),
  );
};
const tensors: fc.Arbitrary<Tensor> = shapes.chain((shape) =>
  dataOfLength(shape.reduce((product, size) => product * size, 1)).map((data) => ({ shape, data })),
);
const containers: fc.Arbitrary<Container> = fc.record({
  tensors: fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][\w.]{0,8}$/), tensors), {
      selector: ([name]) => name,
      maxLength: 8,
    })
    .map((list) => new Map(list)),
  description: fc.string({ unit: "grapheme", maxLength: 50 }),
});

describe("the container", () => {
  test("gives back the same tensors and description, bit for bit", () => {
    fc.assert(
      fc.property(containers, (container) => {
        const bytes = encodeSafetensors(container, NAME);
        const decoded = decodeSafetensors(bytes, NAME);
        expect(new Map([...decoded.tensors].sort())).toEqual(new Map([...container.tensors].sort()));
        expect(decoded.description).toBe(container.description);
        expect(encodeSafetensors(decoded, NAME)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("does not depend on the order of the tensors or on where the bytes lie", () => {
    fc.assert(
      fc.property(containers, fc.nat(9), (container, offset) => {
        const bytes = encodeSafetensors(container, NAME);
        const reversed = new Map([...container.tensors].reverse());
        expect(encodeSafetensors({ ...container, tensors: reversed }, NAME)).toEqual(bytes);
        const buffer = Buffer.alloc(offset + bytes.length + 3);
        buffer.set(bytes, offset);
        const inside = buffer.subarray(offset, offset + bytes.length);
        expect(decodeSafetensors(inside, NAME)).toEqual(decodeSafetensors(bytes, NAME));
      }),
    );
  });

  test("begins the data at a multiple of 8 and aligns every tensor for its type", () => {
    const bytes = encodeSafetensors(
      {
        tensors: new Map<string, Tensor>([
          ["a", { shape: [3], data: new Uint8Array(3) }],
          ["b", { shape: [1], data: new Float32Array(1) }],
          ["c", { shape: [1], data: new Float64Array(1) }],
        ]),
        description: "x",
      },
      NAME,
    );
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + headerBytes)).toString());
    expect((8 + headerBytes) % 8).toBe(0);
    expect([header.c.data_offsets, header.b.data_offsets, header.a.data_offsets]).toEqual([
      [0, 8],
      [8, 12],
      [12, 15],
    ]);
  });

  test("hands out copies that outlive the bytes", () => {
    const container = {
      tensors: new Map([["a", { shape: [1], data: new Uint8Array([7]) }]]),
      description: "",
    };
    const buffer = Buffer.from(encodeSafetensors(container, NAME));
    const decoded = decodeSafetensors(buffer, NAME);
    buffer.fill(0);
    expect(decoded.tensors.get("a")?.data[0]).toBe(7);
  });

  test("accepts a hand-written file with nothing wrong in it", () => {
    const bytes = fileOf(withEntries(entryText("a", "U8", "[2]", "[0,2]")), new Uint8Array([5, 6]));
    expect(decodeSafetensors(bytes, NAME).tensors.get("a")?.data).toEqual(new Uint8Array([5, 6]));
  });

  test("says so on a big-endian computer", () => {
    expect(errorOf(() => requireLittleEndian("BE"))).toMatchObject({ code: "MODEL_ENDIAN", exitCode: 70 });
  });
});

describe("a file is refused", () => {
  const one = entryText("a", "U8", "[1]", "[0,1]");
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const cases: readonly (readonly [string, string, number, string])[] = [
    ["with a hole", withEntries(one, entryText("b", "U8", "[1]", "[2,3]")), 3, "a hole"],
    ["with a hole at the start", withEntries(entryText("a", "U8", "[1]", "[1,2]")), 2, "a hole"],
    [
      "with an overlap",
      withEntries(entryText("a", "U8", "[2]", "[0,2]"), entryText("b", "U8", "[2]", "[1,3]")),
      3,
      "an overlap",
    ],
    [
      "with two tensors over the same bytes",
      withEntries(one, entryText("b", "U8", "[1]", "[0,1]")),
      1,
      "an overlap",
    ],
    ["with a key that stands twice", withEntries(one, one), 1, 'the key "a" twice'],
    [
      "with a key that stands twice, escaped",
      withEntries(one, one.replace('"a"', '"\\u0061"')),
      1,
      'the key "a" twice',
    ],
    [
      "with a shape that stands twice",
      withEntries(one.replace('"shape":[1]', '"shape":[2],"shape":[1]')),
      1,
      '"shape" twice',
    ],
    ["with the key __proto__", withEntries(one.replace('"a"', '"__proto__"')), 1, "the key __proto__"],
    [
      "with the key __proto__, escaped",
      withEntries(one.replace('"a"', '"__pr\\u006fto__"')),
      1,
      "the key __proto__",
    ],
    ["that nests deep", withEntries(`"a":${nested}`), 0, "nests deeper than 16"],
    ["with an unknown dtype", withEntries(entryText("a", "F16", "[1]", "[0,2]")), 2, "a dtype other than"],
    [
      "with a dtype out of the prototype",
      withEntries(entryText("a", "toString", "[1]", "[0,1]")),
      1,
      "a dtype other than",
    ],
    ["with rank 5", withEntries(entryText("a", "U8", "[1,1,1,1,1]", "[0,1]")), 1, "no shape of at most 4"],
    ["with a negative size", withEntries(entryText("a", "U8", "[-1]", "[0,1]")), 1, "no shape"],
    ["with a fractional size", withEntries(entryText("a", "U8", "[0.5]", "[0,1]")), 1, "no shape"],
    [
      "with a size beyond exact integers",
      withEntries(entryText("a", "U8", "[9007199254740993]", "[0,1]")),
      1,
      "no shape",
    ],
    [
      "whose product overflows 64 bits to 1",
      withEntries(entryText("a", "U8", "[4294967296,4294967296,1]", "[0,1]")),
      1,
      "larger than",
    ],
    ["with offsets backwards", withEntries(entryText("a", "U8", "[1]", "[1,0]")), 1, "needs 1 bytes"],
    ["with three offsets", withEntries(entryText("a", "U8", "[1]", "[0,1,1]")), 1, "no data_offsets"],
    ["with too small a shape", withEntries(entryText("a", "F32", "[1]", "[0,8]")), 8, "needs 4 bytes"],
    [
      "with an unknown field",
      withEntries(one.replace('"shape"', '"device":"cpu","shape"')),
      1,
      "has not exactly",
    ],
    ["with a name of digits", withEntries(one.replace('"a"', '"0"')), 1, "cannot be the name"],
    ["with an empty name", withEntries(one.replace('"a"', '""')), 1, "cannot be the name"],
    ["whose header is an array", '{"a":1}'.replace("{", "[{").replace("}", "}]"), 0, "another kind of file"],
    ["whose header is not JSON", "{nonsense}", 0, "not JSON"],
  ];
  test.each(cases)("%s", (_, header, dataBytes, sentence) => {
    const error = errorOf(() => decodeSafetensors(fileOf(header, new Uint8Array(dataBytes)), NAME));
    expect(error.code).toMatch(/^MODEL_(HEADER|MAGIC)$/);
    expect(error.exitCode).toBe(65);
    expect(error.message).toContain(sentence);
    expect(error.message).toContain(NAME);
  });

  test("with bytes after the last tensor or missing ones", () => {
    const header = withEntries(entryText("a", "U8", "[2]", "[0,2]"));
    const codeOf = (bytes: number) =>
      errorOf(() => decodeSafetensors(fileOf(header, new Uint8Array(bytes)), NAME)).code;
    expect([codeOf(1), codeOf(3)]).toEqual(["MODEL_TRUNCATED", "MODEL_LENGTH"]);
  });

  test("with a number in a float tensor that is none", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const data = new Uint8Array(new Float64Array([0, value]).buffer);
      const bytes = fileOf(withEntries(entryText("a", "F64", "[2]", "[0,16]")), data);
      const error = errorOf(() => decodeSafetensors(bytes, NAME));
      expect(error.code).toBe("MODEL_TENSOR");
      expect(error.message).toContain(`${value} at element 1`);
      const tensor = { shape: [1], data: new Float32Array([value]) };
      const encode = () => encodeSafetensors({ tensors: new Map([["a", tensor]]), description: "" }, NAME);
      expect(errorOf(encode).code).toBe("MODEL_TENSOR");
    }
  });

  test("with more than 4,096 tensors", () => {
    const entries = Array.from({ length: 4097 }, (_, i) => entryText(`t${i}`, "U8", "[0]", "[0,0]"));
    const error = errorOf(() => decodeSafetensors(fileOf(withEntries(...entries)), NAME));
    expect(error.code).toBe("MODEL_TOO_LARGE");
    expect(decodeSafetensors(fileOf(withEntries(...entries.slice(1))), NAME).tensors.size).toBe(4096);
  });

  test("with a header of more than 1 MiB", () => {
    const error = errorOf(() => decodeSafetensors(fileOf(withEntries().padEnd(2 ** 20 + 1)), NAME));
    expect(error).toMatchObject({ code: "MODEL_HEADER", exitCode: 65 });
    expect(error.message).toContain("1048577");
    expect(decodeSafetensors(fileOf(withEntries().padEnd(2 ** 20)), NAME).tensors.size).toBe(0);
  });

  test("whose digest stands elsewhere than spikeline writes it", () => {
    const moved = `{"__metadata__":{"spikeline":"{}","sha256":"${"1".repeat(64)}"}}`;
    expect(errorOf(() => decodeSafetensors(fileOf(moved), NAME)).code).toBe("MODEL_HASH");
  });

  test("that another program made", () => {
    const foreign = `{"__metadata__":{"format":"pt"},${one}}`;
    expect(errorOf(() => decodeSafetensors(fileOf(foreign, new Uint8Array(1)), NAME)).code).toBe(
      "MODEL_MAGIC",
    );
    expect(errorOf(() => decodeSafetensors(fileOf(`{${one}}`, new Uint8Array(1)), NAME)).code).toBe(
      "MODEL_MAGIC",
    );
  });

  test("with a sentence that carries no control characters of the file", () => {
    const name = '"a\\u001b[31m\\u009b1m"';
    const error = errorOf(() =>
      decodeSafetensors(fileOf(withEntries(one.replace('"a"', name)), new Uint8Array(1)), NAME),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});
