import { interval, map, Observable, Subject, take } from "rxjs";
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
      expectObservable(cold("-a--b--(c|)").pipe(queued({ queue: queueOf(2) }, test))).toBe("-a--b--(c|)");
    });
  });

  it("drops by its queue's policy what comes in one moment beyond the capacity", () => {
    const test = scheduler();
    test.run(({ cold, expectObservable }) => {
      expectObservable(cold("-(abcde)--f|").pipe(queued({ queue: queueOf(2) }, test))).toBe("-(de)-----f|");
    });
  });

  it("emits one value a turn, so that others get theirs in between", () => {
    const test = scheduler();
    const order: string[] = [];
    test.run(({ cold }) => {
      cold("(ab|)")
        .pipe(queued({ queue: queueOf(4) }, test))
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
      expectObservable(cold("-(ab#)").pipe(queued({ queue }, test))).toBe("-#");
    });
    expect(queue.counts()).toMatchObject({ received: 2, delivered: 0, held: 0, dropped: { stopped: 2 } });
  });

  it("lets go of the source and of what waits when nobody listens any more", () => {
    const test = scheduler();
    const queue = queueOf(4);
    test.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("-(abc)---d---|");
      expectObservable(source.pipe(queued({ queue }, test), take(1))).toBe("-(a|)");
      expectSubscriptions(source.subscriptions).toBe("^!");
    });
    expect(queue.counts()).toMatchObject({ delivered: 1, held: 0, dropped: { stopped: 2 } });
  });

  it("lets all through at once while it is open, those that wait first and in order, and loses none", () => {
    const test = scheduler();
    const queue = queueOf(3);
    const log: string[] = [];
    let isOpen = false;
    test.run(({ cold, flush }) => {
      cold("-(abc)--(defg)--(hij)--|")
        .pipe(queued({ queue, isOpen: () => isOpen }, test))
        .subscribe({ next: (value) => log.push(`${value}${test.now()}`), complete: () => log.push("end") });
      // After a, b and c came in one moment and before their turns.
      test.schedule(() => {
        isOpen = true;
      }, 7);
      test.schedule(() => {
        isOpen = false;
      }, 10);
      flush();
    });
    expect(log).toEqual(["a1", "b1", "c1", "d8", "e8", "f8", "g8", "h16", "i16", "j16", "end"]);
    expect(queue.counts()).toMatchObject({ received: 10, delivered: 10, held: 0, dropped: {} });
  });

  it("opens for a newcomer even when it is full: who waits goes first, and nothing is pushed out", () => {
    const test = scheduler();
    const queue = queueOf(2);
    const source$ = new Subject<string>();
    const log: string[] = [];
    let isOpen = false;
    source$.pipe(queued({ queue, isOpen: () => isOpen }, test)).subscribe((value) => log.push(value));
    source$.next("a");
    source$.next("b");
    expect(log).toEqual([]);
    isOpen = true;
    source$.next("c");
    expect(log).toEqual(["a", "b", "c"]);
    // The turn that a had taken finds nothing, and says nothing.
    test.flush();
    expect(log).toEqual(["a", "b", "c"]);
    expect(queue.counts()).toMatchObject({ received: 3, delivered: 3, held: 0, dropped: {} });
  });

  it("goes back to turns when it closes while it lets values through", () => {
    const test = scheduler();
    const queue = queueOf(4);
    let isOpen = true;
    const source$ = new Subject<string>();
    const log: string[] = [];
    source$.pipe(queued({ queue, isOpen: () => isOpen }, test)).subscribe((value) => {
      log.push(value);
      if (value === "a") isOpen = false;
    });
    source$.next("a");
    source$.next("b");
    expect(log).toEqual(["a"]);
    test.flush();
    expect(log).toEqual(["a", "b"]);
    expect(queue.counts()).toMatchObject({ received: 2, delivered: 2, held: 0 });
  });

  it("counts as stopped, and not as delivered, what comes when its reader leaves in the middle of a value", () => {
    for (const wanted of [1, 2]) {
      const queue = queueOf(4);
      const log: string[] = [];
      // A source that does not look whether anybody listens.
      const source = new Observable<string>((subscriber) => {
        for (const value of "abc") subscriber.next(value);
      });
      source.pipe(queued({ queue, isOpen: () => true }), take(wanted)).subscribe((value) => log.push(value));
      expect(log).toHaveLength(wanted);
      const { received, delivered, held, dropped } = queue.counts();
      expect({ delivered, held }).toEqual({ delivered: wanted, held: 0 });
      expect(received).toBe(wanted + (dropped.stopped ?? 0));
    }
  });

  it("counts a newcomer as stopped when one that waited makes the reader fail", () => {
    const queue = queueOf(4);
    const source$ = new Subject<string>();
    let isOpen = false;
    let failure: unknown;
    const fail = (value: string) => {
      throw new Error(`no ${value}`);
    };
    source$.pipe(queued({ queue, isOpen: () => isOpen }, scheduler()), map(fail)).subscribe({
      error: (error: unknown) => {
        failure = error;
      },
    });
    source$.next("a");
    isOpen = true;
    source$.next("b");
    expect(failure).toMatchObject({ message: "no a" });
    expect(queue.counts()).toMatchObject({ received: 2, delivered: 1, held: 0, dropped: { stopped: 1 } });
    expect(source$.observed).toBe(false);
  });

  it("keeps nothing of the turns that are over", () => {
    const test = scheduler();
    test.run(() => {
      const result = interval(1, test).pipe(
        map(() => "v"),
        take(1000),
        queued({ queue: queueOf(4) }, test),
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
