import { describe, expect, test } from "vitest";
import { VoteReadout } from "../../src/readout/vote.ts";
import { tinyDescription } from "../model/tiny-model.ts";
import { bytesOf, decide, taught } from "./taught.ts";

const VOTES = ["majority", "proportion"] as const;

describe.each(VOTES)("a name given by hand, with %s votes,", (vote) => {
  test("makes its neurons vote for it alone, whatever labelled frames say", () => {
    const readout = taught({
      vote,
      classes: 3,
      frames: [
        [0, [9, 0]],
        [1, [0, 9]],
      ],
    });
    expect(decide(readout, 5, 0).label).toBe(0);
    readout.name([0], 2);
    expect(decide(readout, 5, 0)).toMatchObject({ label: 2, confidence: 1 });
    expect(decide(readout, 0, 5)).toMatchObject({ label: 1, confidence: 1 });
    expect([...readout.assignments()]).toEqual([2, 1]);
    expect([...readout.given()]).toEqual([2, -1]);
  });

  test("needs no labelled frame at all", () => {
    const readout = new VoteReadout({ neurons: 4, classes: 2, vote });
    expect(decide(readout, 1, 1, 1, 1).label).toBeUndefined();
    readout.name([1, 3], 1);
    expect(decide(readout, 9, 1, 9, 1)).toMatchObject({ label: 1, confidence: 1 });
    expect(decide(readout, 9, 0, 9, 0).label).toBeUndefined();
  });

  test("can be taken away: then labelled frames hold again", () => {
    const readout = taught({ vote, classes: 2, frames: [[0, [4]]] });
    readout.name([0], 1);
    expect(decide(readout, 3).label).toBe(1);
    readout.name([0], undefined);
    expect(decide(readout, 3).label).toBe(0);
  });

  test("is forgotten with everything else", () => {
    const readout = taught({ vote, classes: 2, frames: [[0, [4]]] });
    readout.name([0], 1);
    readout.forget();
    expect([...readout.given()]).toEqual([-1]);
    expect(decide(readout, 3).label).toBeUndefined();
  });

  test("and everything else stays as it was when classes are added", () => {
    const readout = taught({
      vote,
      classes: 2,
      frames: [
        [0, [4, 1, 0]],
        [1, [1, 3, 2]],
      ],
    });
    readout.name([2], 0);
    const wider = readout.withClasses(5);
    expect(wider.assignments()).toEqual(readout.assignments());
    const before = decide(readout, 3, 2, 1);
    expect(decide(wider, 3, 2, 1)).toEqual({ ...before, shares: [...before.shares, 0, 0, 0] });
    wider.name([0], 4);
    expect(decide(wider, 1, 0, 0).label).toBe(4);
    expect(readout.given()[0]).toBe(-1);
  });

  test("is part of the saved state", () => {
    const description = tinyDescription({ neurons: 3, classes: 2 });
    const readout = VoteReadout.create(description);
    readout.name([2], 1);
    const restored = VoteReadout.restore({ description, tensors: readout.tensors() });
    expect(bytesOf(restored)).toEqual(bytesOf(readout));
    expect(decide(restored, 0, 0, 7).label).toBe(1);
  });
});

test("a name cannot be given to a neuron or a class that is not there", () => {
  const readout = new VoteReadout({ neurons: 2, classes: 2, vote: "majority" });
  expect(() => readout.name([0, 2], 1)).toThrow(expect.objectContaining({ code: "READOUT_NEURON" }));
  expect(() => readout.name([0], 2)).toThrow(expect.objectContaining({ code: "READOUT_LABEL" }));
  expect([...readout.given()]).toEqual([-1, -1]);
});
