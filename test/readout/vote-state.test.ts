import { describe, expect, test } from "vitest";
import { SpikelineError } from "../../src/core/errors.ts";
import { VoteReadout } from "../../src/readout/vote.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { bytesOf, decide, type Taught, taught } from "./taught.ts";

describe("forgetting", () => {
  test("by a factor lets new frames outvote old ones, without changing the means before", () => {
    const old: Taught["frames"] = Array.from({ length: 1000 }, () => [0, [4]]);
    const readout = taught({ classes: 2, frames: [...old, [1, [3]]] });
    const before = decide(readout, 1);
    readout.forgetBy(2 ** -10);
    expect(decide(readout, 1)).toEqual(before);
    // Class 0 is now worth less than one frame: one silent frame halves its mean.
    readout.learn(new Uint16Array([0]), [0]);
    expect([...readout.assignments()]).toEqual([1]);
  });

  test("by 1 changes nothing, by 0 everything", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [4, 1]],
        [1, [3, 2]],
      ],
    });
    const before = bytesOf(readout);
    readout.forgetBy(1);
    expect(bytesOf(readout)).toEqual(before);
    readout.forgetBy(0);
    expect([...readout.assignments()]).toEqual([-1, -1]);
    for (const name of ["readout.response", "readout.seen"]) {
      expect(
        readout
          .tensors()
          .get(name)
          ?.data.every((value) => value === 0),
      ).toBe(true);
    }
  });

  test("for ever stays finite, and a class long not seen loses its neurons", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [4]],
        [1, [3]],
      ],
    });
    for (let i = 0; i < 5000; i++) {
      readout.forgetBy(0.9);
      readout.learn(new Uint16Array([1]), [1]);
    }
    expect([...readout.assignments()]).toEqual([1]);
    expect(decide(readout, 1).shares).toEqual([0, 1]);
  });
});

describe("the state", () => {
  test("is handed out as copies", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [4]],
        [1, [3]],
      ],
    });
    for (const { data } of readout.tensors().values()) data.fill(9);
    readout.assignments().fill(1);
    expect([...readout.assignments()]).toEqual([0]);
    expect(readout.tensors().get("readout.response")).toEqual({
      shape: [1, 2],
      data: new Float64Array([4, 3]),
    });
    expect(readout.tensors().get("readout.seen")).toEqual({ shape: [2], data: new Float64Array([1, 1]) });
  });

  test("is not touched by wrong arguments", () => {
    const readout = taught({
      classes: 2,
      frames: [
        [0, [4, 1]],
        [1, [3, 2]],
      ],
    });
    const before = bytesOf(readout);
    const codeOf = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return error instanceof SpikelineError ? error.code : error;
      }
      return "nothing";
    };
    const counts = new Uint16Array(4);
    expect(codeOf(() => readout.learn(counts, [0, 2]))).toBe("READOUT_LABEL");
    expect(codeOf(() => readout.learn(counts, [0, -1]))).toBe("READOUT_LABEL");
    expect(codeOf(() => readout.learn(counts, [0, 0.5]))).toBe("READOUT_LABEL");
    expect(codeOf(() => readout.learn(counts, [0]))).toBe("READOUT_COUNTS");
    expect(codeOf(() => readout.decide(counts))).toBe("READOUT_COUNTS");
    expect(codeOf(() => readout.forgetBy(1.1))).toBe("READOUT_FACTOR");
    expect(codeOf(() => readout.forgetBy(Number.NaN))).toBe("READOUT_FACTOR");
    const tiny = tinyModel();
    expect(codeOf(() => VoteReadout.restore({ ...tiny, tensors: new Map() }))).toBe("READOUT_TENSOR");
    expect(bytesOf(readout)).toEqual(before);
  });
});
