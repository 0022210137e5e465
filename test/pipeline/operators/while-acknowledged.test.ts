import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { AcknowledgedCounts, whileAcknowledged } from "../../../src/pipeline/operators/while-acknowledged.ts";

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const isFinal = (value: string) => value === "z";

describe("whileAcknowledged", () => {
  it("lets one value pass for each acknowledgement and counts those that were superseded", () => {
    const accounts = new AcknowledgedCounts();
    scheduler().run(({ cold, hot, expectObservable }) => {
      const source = cold("-a-b-c-d-e-f|");
      const seen = hot("   ----s---s----");
      const expected = "   -a---c---e--|";
      expectObservable(source.pipe(whileAcknowledged(seen, { isFinal, accounts }))).toBe(expected);
    });
    expect(accounts.counts()).toMatchObject({ received: 6, delivered: 3, dropped: { superseded: 3 } });
  });

  it("lets the final value pass in any case", () => {
    const accounts = new AcknowledgedCounts();
    scheduler().run(({ cold, hot, expectObservable }) => {
      const source = cold("-a-b-(z|)");
      expectObservable(source.pipe(whileAcknowledged(hot("-"), { isFinal, accounts }))).toBe("-a---(z|)");
    });
    expect(accounts.counts()).toMatchObject({ received: 3, delivered: 2, dropped: { superseded: 1 } });
  });

  it("lets everything pass to a reader who keeps up", () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      const source = cold("-a-b-c|");
      const seen = hot("   --s-s--");
      const accounts = new AcknowledgedCounts();
      expectObservable(source.pipe(whileAcknowledged(seen, { isFinal, accounts }))).toBe("-a-b-c|");
    });
  });
});
