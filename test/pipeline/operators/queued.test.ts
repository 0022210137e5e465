import { interval, map, take } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { BoundedQueue } from "../../../src/pipeline/bounded-queue.ts";
import { queued } from "../../../src/pipeline/operators/queued.ts";

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const queueOf = (capacity: number) => new BoundedQueue<string>({ capacity, policy: "drop-oldest" });

describe("queued", () => {
  it("hands on every value of a source that leaves it time, and completes after the last", () => {
    const test = scheduler();
    test.run(({ cold, expectObservable }) => {
      expectObservable(cold("-a--b--(c|)").pipe(queued(queueOf(2), test))).toBe("-a--b--(c|)");
    });
  });

  it("drops by its queue's policy what comes in one moment beyond the capacity", () => {
    const test = scheduler();
    test.run(({ cold, expectObservable }) => {
      expectObservable(cold("-(abcde)--f|").pipe(queued(queueOf(2), test))).toBe("-(de)-----f|");
    });
  });

  it("emits one value a turn, so that others get theirs in between", () => {
    const test = scheduler();
    const order: string[] = [];
    test.run(({ cold }) => {
      cold("(ab|)")
        .pipe(queued(queueOf(4), test))
        .subscribe((value) => {
          order.push(value);
          test.schedule(() => order.push("other"));
        });
    });
    expect(order).toEqual(["a", "other", "b", "other"]);
  });

  it("passes an error at once and counts what waited as stopped", () => {
    const test = scheduler();
    const queue = queueOf(4);
    test.run(({ cold, expectObservable }) => {
      expectObservable(cold("-(ab#)").pipe(queued(queue, test))).toBe("-#");
    });
    expect(queue.counts()).toMatchObject({ received: 2, delivered: 0, held: 0, dropped: { stopped: 2 } });
  });

  it("lets go of the source and of what waits when nobody listens any more", () => {
    const test = scheduler();
    const queue = queueOf(4);
    test.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("-(abc)---d---|");
      expectObservable(source.pipe(queued(queue, test), take(1))).toBe("-(a|)");
      expectSubscriptions(source.subscriptions).toBe("^!");
    });
    expect(queue.counts()).toMatchObject({ delivered: 1, held: 0, dropped: { stopped: 2 } });
  });

  it("keeps nothing of the turns that are over", () => {
    const test = scheduler();
    test.run(() => {
      const result = interval(1, test).pipe(
        map(() => "v"),
        take(1000),
        queued(queueOf(4), test),
      );
      const subscription = result.subscribe();
      test.schedule(() => {
        // The subscriber's list of things to close must not grow with the number of values.
        const { _finalizers } = subscription as unknown as { readonly _finalizers: unknown[] | null };
        expect(_finalizers?.length ?? 0).toBeLessThan(5);
        subscription.unsubscribe();
      }, 900);
    });
  });
});
