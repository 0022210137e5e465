import { lastValueFrom, of, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { judge, tellTruth } from "../../../src/pipeline/operators/judge.ts";
import type { PresentedFrames } from "../../../src/pipeline/operators/present-frames.ts";
import { VoteReadout } from "../../../src/readout/vote.ts";
import { movedClock, NEURONS, tellableReadout } from "../frames-world.ts";

/** Frames in which one neuron fired, with the truth beside it; -1 for silence and for no truth. */
function presented(fired: readonly number[], truths: readonly number[], cpuUs = 100): PresentedFrames {
  const counts = new Uint16Array(fired.length * NEURONS);
  for (const [frame, neuron] of fired.entries()) if (neuron >= 0) counts[frame * NEURONS + neuron] = 2;
  const frames = fired.length;
  const outputs = { frames, counts, inputSpikes: new Uint32Array(frames), repeats: new Uint8Array(frames) };
  return { labels: Int16Array.from(truths), outputs, cpuUs };
}

const judged = (
  batches: readonly PresentedFrames[],
  options: Parameters<typeof judge>[0],
  clock = movedClock().clock,
) => lastValueFrom(of(...batches).pipe(judge(options, clock), toArray()));

describe("judging frames", () => {
  it("tests all frames of a batch before it tells the truth about any", async () => {
    const log: string[] = [];
    const readout = tellableReadout(log);
    await judged([presented([0, 1], [5, 6]), presented([1], [6])], { readout, profile: "follow" });
    const first = ["decide undefined", "decide undefined", "forget 0.99", "learn 5 6"];
    expect(log).toEqual([...first, "decide 6", "forget 0.99", "learn 6"]);
  });

  it("never calls an answer right that it was told with the same frame", async () => {
    const [first, again] = await judged([presented([0, 1], [0, 1]), presented([0, 1], [0, 1])], {
      readout: tellableReadout(),
      profile: "follow",
    });
    expect([first?.right, again?.right]).toEqual([0, 2]);
  });

  it("leaves the readout as it is when it keeps its profile", async () => {
    const log: string[] = [];
    await judged([presented([0], [0])], { readout: tellableReadout(log), profile: "keep" });
    expect(log).toEqual(["decide undefined"]);
  });

  it("forgets by the share it is given", async () => {
    const log: string[] = [];
    await judged([presented([0], [0])], { readout: tellableReadout(log), profile: "follow", keptShare: 0.5 });
    expect(log).toContain("forget 0.5");
  });

  it("answers -1 where nothing is known, and counts neither that nor a missing truth as right", async () => {
    const readout = tellableReadout();
    readout.learn(Uint16Array.of(1, 0, 0, 0), [3]);
    const [batch] = await judged([presented([0, 0, 1, 1, -1], [3, -1, 3, -1, -1])], {
      readout,
      profile: "keep",
    });
    expect([...(batch?.answers ?? [])]).toEqual([3, 3, -1, -1, -1]);
    expect(batch).toMatchObject({ right: 1, judged: 2 });
  });

  it("tells the truth only about frames that have one", async () => {
    const log: string[] = [];
    await judged([presented([0, 1, 2], [4, -1, 6])], { readout: tellableReadout(log), profile: "follow" });
    expect(log.slice(4)).toEqual(["learn 4", "learn 6"]);
  });

  it("adds its own CPU time to that of the frames", async () => {
    const { clock, work } = movedClock();
    const readout = tellableReadout([], () => work(30));
    const [batch] = await judged([presented([0, 1], [0, 1], 100)], { readout, profile: "keep" }, clock);
    expect(batch?.cpuUs).toBe(160);
  });

  it("lets a batch without frames through with a real readout", async () => {
    const readout = new VoteReadout({ neurons: NEURONS, classes: 2, vote: "majority" });
    const [batch] = await judged([presented([], [])], { readout, profile: "follow" });
    expect(batch).toMatchObject({ right: 0, judged: 0 });
    expect(batch?.answers).toHaveLength(0);
  });

  it("frees its source when it is unsubscribed", () => {
    const frames$ = new Subject<PresentedFrames>();
    const subscription = frames$.pipe(judge({ readout: tellableReadout(), profile: "keep" })).subscribe();
    expect(frames$.observed).toBe(true);
    subscription.unsubscribe();
    expect(frames$.observed).toBe(false);
  });
});

describe("telling the truth", () => {
  it("hands a wholly labelled batch over at once and a partly labelled one frame by frame, to the same effect", () => {
    const counts = Uint16Array.of(1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0);
    const outputs = { frames: 3, counts, inputSpikes: new Uint32Array(3), repeats: new Uint8Array(3) };
    const make = () => new VoteReadout({ neurons: NEURONS, classes: 3, vote: "majority" });
    const whole = make();
    tellTruth(whole, { labels: Int16Array.of(0, 1, 2), outputs });
    const parts = make();
    tellTruth(parts, { labels: Int16Array.of(0, -1, 2), outputs });
    tellTruth(parts, { labels: Int16Array.of(-1, 1, -1), outputs });
    expect(parts.tensors()).toEqual(whole.tensors());
  });

  it("says nothing about frames without any truth", () => {
    const log: string[] = [];
    tellTruth(tellableReadout(log), presented([0, 1], [-1, -1]));
    expect(log).toEqual([]);
  });
});
