/** What the page answers, and when it is sure enough to say so. */
import { describe, expect, it } from "vitest";
import type { Decision } from "../../../src/core/telemetry.ts";
import { answerOf, truthWords, wordOf } from "../../../src/dashboard/page/answer-words.ts";
import { hopTo, hopToPage } from "../../../src/dashboard/page/hops.ts";

const decision: Decision = {
  id: 1,
  label: 1,
  margin: 0.5,
  confidence: 0.7,
  shares: [0.2, 0.7],
  truth: undefined,
  name: undefined,
  spikes: 20,
  group: 13,
  startUs: 0,
  endUs: 300_000,
  arrivedUs: 0,
};
const noName = () => undefined;

/** A snapshot's part that says what was answered. */
const said = (changes: Partial<Decision> = {}, classNames: readonly string[] = ["circle", "star"]) => ({
  decision: { ...decision, ...changes },
  enough: 0.1,
  classNames,
});

describe("the answer", () => {
  it("is the class, where its lead is large enough", () => {
    expect(answerOf(said(), noName)).toEqual({ kind: "sure", name: "star" });
    const close = said({ margin: 0.09 });
    expect(answerOf(close, noName)).toEqual({ kind: "unsure", guess: "star" });
  });

  it("is sure only of what is enough for the model", () => {
    const enough = 0.6;
    expect(answerOf({ ...said(), enough }, noName)).toEqual({ kind: "unsure", guess: "star" });
    expect(answerOf({ ...said({ margin: 0.6 }), enough }, noName)).toEqual({ kind: "sure", name: "star" });
  });

  it("is a numbered group while nothing has a name, counted from one as the tiles are", () => {
    const unnamed = answerOf(said({ label: undefined }, []), noName);
    expect(unnamed).toEqual({ kind: "unnamed", group: "group 14" });
    expect(wordOf(unnamed)).toBe("group 14");
  });

  it("is only a guess where a name comes from the group and not from votes", () => {
    const answer = answerOf(said({ label: undefined }, []), (group) => `name of ${group}`);
    expect(answer).toEqual({ kind: "unsure", guess: "name of 13" });
  });

  it("is none when no neuron spoke", () => {
    expect(answerOf(said({ label: undefined, group: undefined }, []), noName)).toEqual({ kind: "none" });
    expect(answerOf({ ...said(), decision: undefined }, noName)).toEqual({ kind: "none" });
  });

  it("is judged by a simulator's drawing or by a label", () => {
    expect(truthWords("sim:digits", "7")).toBe("The simulator drew a 7");
    expect(truthWords("/data/nmnist", "7")).toBe("The label says 7");
  });
});

describe("a hop", () => {
  const latencies = [
    { name: "network", p50Us: 3900, p99Us: 6100 },
    { name: "answer", p50Us: 4100, p99Us: 8600 },
  ];

  it("takes as long as its stage, and is unknown where that is not measured", () => {
    expect(hopTo(latencies, "network")).toMatchObject({ p50Us: 3900, p99Us: 6100 });
    expect(hopTo(latencies, "sensor")).toBeUndefined();
  });

  it("to the page is what is left of the whole way, and never less than nothing", () => {
    expect(hopToPage({ latencies, sent: { p50Us: 5200, p99Us: 9000 } })?.p50Us).toBe(1100);
    expect(hopToPage({ latencies, sent: { p50Us: 4000, p99Us: 9000 } })?.p50Us).toBe(0);
    expect(hopToPage({ latencies, sent: undefined })).toBeUndefined();
    expect(hopToPage({ latencies: [], sent: { p50Us: 4000, p99Us: 9000 } })).toBeUndefined();
  });
});
