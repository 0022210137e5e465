/** The budget of one viewer: newest wins, and every snapshot is accounted for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEND_LIMIT_BYTES, SendBudget, STALL_SECONDS } from "../../src/dashboard/send-budget.ts";

describe("the send budget", () => {
  it("keeps one snapshot on its way and replaces the one that waits", () => {
    const budget = new SendBudget();
    budget.offer();
    expect(budget.take(0)).toBe(true);
    budget.offer();
    budget.offer();
    expect(budget.take(0)).toBe(false);
    expect([budget.sent, budget.skipped, budget.held]).toEqual([1, 1, 1]);
    budget.flushed();
    expect(budget.take(0)).toBe(true);
    expect([budget.sent, budget.skipped, budget.held]).toEqual([2, 1, 0]);
  });

  it("gives nothing while more than the limit is waiting in the process", () => {
    const budget = new SendBudget();
    budget.offer();
    expect(budget.take(SEND_LIMIT_BYTES + 1)).toBe(false);
    expect(budget.take(SEND_LIMIT_BYTES)).toBe(true);
  });

  it("calls a viewer stalled only after more than ten seconds without a flush", () => {
    const budget = new SendBudget();
    for (let i = 0; i < 100; i++) budget.second();
    expect(budget.stalled).toBe(false);
    budget.offer();
    budget.take(0);
    for (let i = 0; i < STALL_SECONDS; i++) budget.second();
    expect(budget.stalled).toBe(false);
    budget.second();
    expect(budget.stalled).toBe(true);
    budget.flushed();
    expect(budget.stalled).toBe(false);
  });

  it("accounts for every snapshot, whatever happens in whatever order", () => {
    const steps = fc.array(fc.constantFrom("offer", "take", "flushed", "second", "close"), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (order) => {
        const budget = new SendBudget();
        let offered = 0;
        for (const step of order) {
          if (step === "take") budget.take(0);
          else budget[step]();
          if (step === "offer") offered++;
          expect(budget.sent + budget.skipped + budget.held).toBe(offered);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
