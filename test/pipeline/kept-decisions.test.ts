import { describe, expect, it } from "vitest";
import { KeptDecisions } from "../../src/pipeline/kept-decisions.ts";

const filled = (count: number, shown: (id: number) => boolean = () => false) => {
  const kept = new KeptDecisions<string>();
  for (let id = 0; id < count; id++) {
    kept.keep(id, `decision ${id}`);
    if (shown(id)) kept.show(id);
  }
  return kept;
};

describe("the decisions that somebody may still speak of", () => {
  it("are the newest 64", () => {
    const kept = filled(100);
    expect([99, 36, 35].map((id) => kept.get(id))).toEqual(["decision 99", "decision 36", undefined]);
  });

  it("are also the newest 128 of those that were shown, however many came since", () => {
    const kept = filled(100_000, (id) => id % 500 === 0);
    expect(kept.get(99_500)).toBe("decision 99500");
    expect(kept.get(500 * (200 - 128))).toBe(`decision ${500 * 72}`);
    expect(kept.get(500 * 71)).toBeUndefined();
  });

  it("do not become more by being shown again, or when they are gone", () => {
    const kept = filled(200, (id) => id < 128);
    for (let again = 0; again < 200; again++) kept.show(127);
    kept.show(3000);
    expect([0, 127, 3000].map((id) => kept.get(id))).toEqual(["decision 0", "decision 127", undefined]);
  });
});
