/** Ten wrong tokens a minute and address, with the minute turned by hand. */
import { describe, expect, it } from "vitest";
import { FailedTries } from "../../src/dashboard/failed-tries.ts";

const SECOND_US = 1_000_000;

function triesOf(address: string, count: number, tries = new FailedTries()): FailedTries {
  for (let i = 0; i < count; i++) tries.add(address, i * SECOND_US);
  return tries;
}

describe("wrong tokens", () => {
  it("are free ten times, and then cost the rest of the minute", () => {
    expect(triesOf("a", 10).waitSeconds("a", 10 * SECOND_US)).toBeUndefined();
    const tries = triesOf("a", 11);
    expect(tries.waitSeconds("a", 10 * SECOND_US)).toBe(50);
    expect(tries.waitSeconds("a", 59.5 * SECOND_US)).toBe(1);
    expect(tries.waitSeconds("a", 60 * SECOND_US)).toBeUndefined();
  });

  it("of one address cost another nothing", () => {
    expect(triesOf("a", 99).waitSeconds("b", SECOND_US)).toBeUndefined();
  });

  it("start a new minute when the old one is over", () => {
    const tries = triesOf("a", 11);
    tries.add("a", 60 * SECOND_US);
    expect(tries.waitSeconds("a", 61 * SECOND_US)).toBeUndefined();
    for (let i = 0; i < 10; i++) tries.add("a", 61 * SECOND_US);
    expect(tries.waitSeconds("a", 61 * SECOND_US)).toBe(59);
  });

  it("from more addresses than are kept share one count, until the others' minute is over", () => {
    const tries = new FailedTries();
    for (let i = 0; i < 1_000; i++) tries.add(`kept ${i}`, 0);
    for (let i = 0; i < 11; i++) tries.add(`new ${i}`, SECOND_US);
    expect(tries.waitSeconds("new 0", SECOND_US)).toBe(60);
    expect(tries.waitSeconds("kept 0", SECOND_US)).toBeUndefined();
    tries.add("later", 62 * SECOND_US);
    expect(tries.waitSeconds("later", 62 * SECOND_US)).toBeUndefined();
  });
});
