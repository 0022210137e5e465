import { concat } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import type { Stage } from "../../../src/encoders/stage.ts";
import { through } from "../../../src/pipeline/operators/through.ts";

/** Gives out pairs; flushes the one left over. */
function pairing(log: string[] = []): Stage<string, string> {
  let open: string[] = [];
  return {
    push: (value) => {
      if (value === "x") throw new Error("x is no letter");
      open.push(value);
      if (open.length < 2) return [];
      const pair = open;
      open = [];
      return pair;
    },
    flush: () => open,
    reset: () => {
      log.push("reset");
      open = [];
    },
    counts: () => ({ name: "pairing", received: 0, delivered: 0, held: 0, dropped: {}, unit: "letters" }),
  };
}

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe("through", () => {
  it("emits all that a push gives, and at the end what was still open", () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("  -a-b----c-|");
      const expected = " ---(ab)---(c|)";
      expectObservable(source.pipe(through(pairing()))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe("^---------!");
    });
  });

  it("passes an error at once, without what was open", () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold("-a--#").pipe(through(pairing()))).toBe("----#");
    });
  });

  it("turns an error inside the stage into one of the stream and lets go of the source", () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("-a--x--b-|");
      const subscription = "^---!";
      const error = new Error("x is no letter");
      expectObservable(source.pipe(through(pairing()))).toBe("----#", undefined, error);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it("resets the stage on each subscription", () => {
    scheduler().run(({ cold, expectObservable, flush }) => {
      const log: string[] = [];
      const letters$ = cold("-a|").pipe(through(pairing(log)));
      expectObservable(concat(letters$, letters$)).toBe("--a-(a|)");
      flush();
      expect(log).toEqual(["reset", "reset"]);
    });
  });
});
