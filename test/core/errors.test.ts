import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  dataError,
  EXIT,
  ioError,
  noInputError,
  SpikelineError,
  systemCode,
  usageError,
} from "../../src/core/errors.ts";

describe("an error", () => {
  it("carries its stable code, its sentence and the exit code of its kind", () => {
    const made = [usageError, dataError, noInputError, ioError].map((make) => make("A_CODE", "A sentence."));
    for (const error of made) {
      expect(error).toBeInstanceOf(SpikelineError);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: "SpikelineError", code: "A_CODE", message: "A sentence." });
    }
    expect(made.map(({ exitCode }) => exitCode)).toEqual([2, 65, 66, 74]);
  });

  it("keeps what caused it", () => {
    const cause = new Error("disk");
    expect(ioError("A_CODE", "A sentence.", cause).cause).toBe(cause);
  });

  it("ends the program with the codes of sysexits.h, each its own", () => {
    expect(EXIT).toEqual({ ok: 0, usage: 2, data: 65, noInput: 66, device: 69, internal: 70, io: 74 });
  });
});

describe("the system's code", () => {
  it("is that of a failed call, and none for anything else", () => {
    let failed: unknown;
    try {
      readFileSync("/absent/file");
    } catch (error) {
      failed = error;
    }
    expect(systemCode(failed)).toBe("ENOENT");
    for (const other of [new Error("x"), { code: "ENOENT" }, "ENOENT", undefined, null]) {
      expect(systemCode(other)).toBeUndefined();
    }
    expect(systemCode(Object.assign(new Error("x"), { code: 2 }))).toBeUndefined();
  });
});
