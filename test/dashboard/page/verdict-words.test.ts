/** What is said about a reward: only what the pipeline's counts show. */
import { describe, expect, it } from "vitest";
import type { Rewards } from "../../../src/core/telemetry.ts";
import { outcomeOf, type Saying, talliesOf } from "../../../src/dashboard/page/verdict-words.ts";

const before: Rewards = { right: 4, wrong: 2, taught: 5, missed: 1 };
const right: Saying = { outcome: "right", answer: "7", truth: undefined, before, saidAtMs: 1000 };
const wrong: Saying = { ...right, outcome: "wrong" };
const told = (more: Partial<Rewards>, over: object = {}) => ({
  learning: true,
  rewardable: "reward" as const,
  rewards: { ...before, ...more },
  ...over,
});

describe("what became of a reward", () => {
  it("is nothing until the counts grow, and a question after two seconds", () => {
    expect(outcomeOf(right, told({}), 1500)).toBeUndefined();
    expect(outcomeOf(right, told({ wrong: 3 }), 1500)).toBeUndefined();
    expect(outcomeOf(right, told({}), 3100)).toContain("No answer to that.");
  });

  it("is what was taught", () => {
    expect(outcomeOf(right, told({ right: 5, taught: 6 }), 1100)).toBe("rewarded: 7");
    expect(outcomeOf(wrong, told({ wrong: 3, taught: 6 }), 1100)).toBe("told: not 7");
    expect(outcomeOf({ ...wrong, truth: "a chair" }, told({ taught: 6 }), 1100)).toBe("taught: a chair");
    expect(outcomeOf({ ...wrong, answer: undefined }, told({ taught: 6 }), 1100)).toBe("told: wrong");
  });

  it("is that it came too late, was only noted, or only counted", () => {
    expect(outcomeOf(right, told({ right: 5, missed: 2 }), 1100)).toContain("Too late");
    const off = told({ right: 5 }, { learning: false });
    expect(outcomeOf(right, off, 1100)).toBe("Noted. Switch learning on to use it.");
    const counting = told({ right: 5 }, { rewardable: "count" });
    expect(outcomeOf(right, counting, 1100)).toBe("Only counted (5 right, 2 wrong): it takes no rewards.");
  });

  it("waits for the teaching, which may come after the counting", () => {
    expect(outcomeOf(right, told({ right: 5 }), 1100)).toBeUndefined();
    expect(outcomeOf(right, told({ right: 5 }), 3100)).toBe("Noted; there was nothing to learn from it.");
  });
});

describe("what was told so far", () => {
  it("is counted with what came of it, or only counted", () => {
    expect(talliesOf(told({}))).toBe("Told so far: 4 right, 2 wrong; learned from 5, too late 1.");
    const counting = told({}, { rewardable: "count" });
    expect(talliesOf(counting)).toBe(
      "Told so far: 4 right, 2 wrong. Only counted: this model takes no rewards.",
    );
  });
});
