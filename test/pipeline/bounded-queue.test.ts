import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedQueue } from "../../src/pipeline/bounded-queue.ts";

describe("the bounded queue", () => {
  it("gives up the oldest or refuses the newest, as its policy says", () => {
    const remaining = (policy: "drop-oldest" | "drop-newest") => {
      const queue = new BoundedQueue<number>({ capacity: 2, policy });
      for (const item of [1, 2, 3, 4]) queue.push(item);
      return [queue.shift(), queue.shift(), queue.shift()];
    };
    expect(remaining("drop-oldest")).toEqual([3, 4, undefined]);
    expect(remaining("drop-newest")).toEqual([1, 2, undefined]);
  });

  it("equals a plain list, never holds more than its capacity, and accounts for every item", () => {
    const actionArb = fc.oneof(
      { weight: 5, arbitrary: fc.constant("push" as const) },
      { weight: 4, arbitrary: fc.constant("shift" as const) },
      { weight: 1, arbitrary: fc.constant("clear" as const) },
    );
    const policyArb = fc.constantFrom("drop-oldest" as const, "drop-newest" as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        policyArb,
        fc.array(actionArb),
        (capacity, policy, actions) => {
          const queue = new BoundedQueue<number>({ capacity, policy });
          let model: number[] = [];
          for (const [item, action] of actions.entries()) {
            if (action === "push") {
              queue.push(item);
              model = [...model, item];
              if (model.length > capacity)
                model = policy === "drop-oldest" ? model.slice(1) : model.slice(0, -1);
            } else if (action === "shift") {
              expect(queue.shift()).toBe(model[0]);
              model = model.slice(1);
            } else {
              queue.clear("stopped");
              model = [];
            }
            const { received, delivered, held, dropped } = queue.counts();
            expect(held).toBe(model.length);
            expect(received).toBe(delivered + held + Object.values(dropped).reduce((sum, n) => sum + n, 0));
          }
        },
      ),
    );
  });

  it("refuses a capacity that holds nothing", () => {
    expect(() => new BoundedQueue({ capacity: 0, policy: "drop-oldest" })).toThrow(RangeError);
  });
});
