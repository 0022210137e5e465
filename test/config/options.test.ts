import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  benchOptions,
  evalOptions,
  infoOptions,
  parseOptions,
  runOptions,
  startOptions,
  trainOptions,
} from "../../src/config/options.ts";
import { SpikelineError } from "../../src/core/errors.ts";
import { errorOf } from "../model/model-error.ts";

const SCHEMAS = { trainOptions, evalOptions, benchOptions, infoOptions, startOptions, runOptions };
const schemas = Object.entries(SCHEMAS);

/** Words a person or a script may give: digits, nearly digits, and anything at all. */
const raw = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("0", "1", "9", "-", "+", ".", "e", "x", " ", "_", "\u0661") }),
  fc.constantFrom(
    "mnist",
    "n-mnist",
    "max",
    "1",
    "0.2",
    "float32",
    "uint8",
    "NaN",
    "Infinity",
    "1e3",
    "0x10",
  ),
);

describe("options", () => {
  it.each(schemas)("%s take any words without throwing anything but one usage error", (_, schema) => {
    const names = Object.keys(schema.shape);
    const words = fc.dictionary(fc.constantFrom(...names), fc.oneof(raw, fc.boolean()));
    fc.assert(
      fc.property(words, (given) => {
        try {
          parseOptions(schema, given);
        } catch (error) {
          if (!(error instanceof SpikelineError)) throw error;
          expect(error).toMatchObject({ code: "OPTION_VALUE", exitCode: 2 });
          expect(error.message).toMatch(/^Expected .+ for --[a-z-]+, but .+ came\.$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("have defaults", () => {
    expect(parseOptions(trainOptions, {})).toEqual({ json: false, quiet: false, seed: 7 });
    expect(parseOptions(benchOptions, {})).toEqual({ json: false, quiet: false, runs: 5 });
    expect(parseOptions(runOptions, { source: "x" })).toEqual({
      json: false,
      quiet: false,
      source: "x",
      learn: false,
      salvage: false,
      seed: 7,
      headless: false,
      host: "127.0.0.1",
      insecureLan: false,
      fresh: false,
    });
  });

  it("are named in a refusal as they are spelled on the command line", () => {
    expect(() => parseOptions(runOptions, { source: "x", tlsCert: "" })).toThrow(
      /^Expected a value for --tls-cert, but "" came\.$/,
    );
  });

  it("read whole numbers in their range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65536 }), (neurons) => {
        expect(parseOptions(trainOptions, { neurons: String(neurons) }).neurons).toBe(neurons);
      }),
    );
    expect(parseOptions(trainOptions, { seed: "4294967295" }).seed).toBe(0xffffffff);
    expect(parseOptions(runOptions, { source: "x", port: "0" }).port).toBe(0);
  });

  it.each([
    ["neurons", "0"],
    ["neurons", "65537"],
    ["neurons", "1.5"],
    ["neurons", "1e3"],
    ["neurons", "0x10"],
    ["neurons", ""],
    ["neurons", " 7"],
    ["neurons", "\u0661"],
    ["neurons", "99999999999999999999"],
    ["passes", "1001"],
    ["seed", "-1"],
    ["seed", "4294967296"],
    ["validation", "1"],
    ["validation", "0"],
    ["validation", "0.0"],
    ["validation", ".0000"],
    ["validation", "20%"],
    ["weights", "int8"],
    ["dataset", "MNIST"],
    ["out", ""],
  ])("refuse --%s %j and say what came", (name, value) => {
    const error = errorOf(() => parseOptions(trainOptions, { [name]: value }));
    expect(error).toMatchObject({ code: "OPTION_VALUE", exitCode: 2 });
    expect(error.message).toContain(`for --${name}, but ${JSON.stringify(value)} came.`);
  });

  it.each([
    ["0.2", 0.2],
    [".5", 0.5],
    ["0.0001", 0.0001],
    ["0.9999", 0.9999],
  ])("take a share of %s", (word, share) => {
    expect(parseOptions(trainOptions, { validation: word }).validation).toBe(share);
  });

  it("read what a recording is where it does not say", () => {
    const { format, size } = parseOptions(runOptions, { source: "-", format: "nmnist", size: "1280X720" });
    expect([format, size]).toEqual(["n-mnist", { width: 1280, height: 720 }]);
    for (const [name, value] of [
      ["format", "evt4"],
      ["size", "640"],
      ["size", "0x5"],
      ["size", "2049x1"],
      ["size", "-1x5"],
    ] as const) {
      const error = errorOf(() => parseOptions(runOptions, { source: "-", [name]: value }));
      expect(error.message).toContain(`for --${name}, but "${value}" came.`);
    }
  });

  it("say so when nothing came for what is needed", () => {
    expect(errorOf(() => parseOptions(runOptions, {})).message).toMatch(/ for --source, but nothing came\.$/);
  });
});
