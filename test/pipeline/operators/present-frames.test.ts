import { lastValueFrom, NEVER, of, Subject, throwError, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type LabelledFrames, presentFrames } from "../../../src/pipeline/operators/present-frames.ts";
import { echoNetwork, images, movedClock, spikes } from "../frames-world.ts";

const present = (batches: readonly LabelledFrames[], learn = false) => {
  const { clock, work } = movedClock();
  const log: string[] = [];
  const network = echoNetwork(log, () => work(250));
  const presented = lastValueFrom(of(...batches).pipe(presentFrames({ network, learn }, clock), toArray()));
  return { log, presented };
};

describe("presenting frames", () => {
  it("shows images batch by batch in order, with their labels, outputs and CPU time", async () => {
    const { log, presented } = present([images([0, 1, 2]), images([3])]);
    const [first, second] = await presented;
    expect(log).toEqual(["images 3", "images 1"]);
    expect([...(first?.labels ?? [])]).toEqual([0, 1, 2]);
    expect(first?.outputs).toEqual({
      frames: 3,
      counts: Uint16Array.of(3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0),
      inputSpikes: Uint32Array.of(10, 10, 10),
      repeats: Uint8Array.of(1, 1, 1),
    });
    expect([first?.cpuUs, second?.cpuUs]).toEqual([250, 250]);
  });

  it("shows a window of spikes as one frame without repeats, labelled by its episode", async () => {
    const [frame] = await present([spikes(2, 7)]).presented;
    expect(frame?.labels).toEqual(Int16Array.of(7));
    expect(frame?.cpuUs).toBe(250);
    expect(frame?.outputs).toEqual({
      frames: 1,
      counts: Uint16Array.of(0, 0, 3, 0),
      inputSpikes: Uint32Array.of(3),
      repeats: Uint8Array.of(0),
    });
  });

  it("marks spikes of an unlabelled episode, or of none, with -1", async () => {
    const { episode: _, ...homeless } = spikes(1, 3);
    const frames = await present([spikes(1, undefined), homeless]).presented;
    expect(frames.map(({ labels }) => [...labels])).toEqual([[-1], [-1]]);
  });

  it("learns only when told to", async () => {
    const learning = present([images([0]), spikes(0, 0)], true);
    await learning.presented;
    expect(learning.log).toEqual(["images 1 learning", "spikes 3 learning"]);
  });

  it("lets a batch of no images through as no frames", async () => {
    const [none] = await present([images([])]).presented;
    expect(none?.outputs.frames).toBe(0);
    expect(none?.labels).toHaveLength(0);
  });

  it("does nothing before it is subscribed, and frees its source when it is unsubscribed", () => {
    const log: string[] = [];
    const frames$ = new Subject<LabelledFrames>();
    const presented$ = frames$.pipe(presentFrames({ network: echoNetwork(log), learn: false }));
    frames$.next(images([0]));
    expect(log).toEqual([]);
    const subscription = presented$.subscribe();
    expect(frames$.observed).toBe(true);
    subscription.unsubscribe();
    expect(frames$.observed).toBe(false);
    frames$.next(images([0]));
    expect(log).toEqual([]);
  });

  it("hands on what its source or its network throws, and lets the source go", async () => {
    const { clock } = movedClock();
    const failing = echoNetwork([], () => {
      throw new Error("no room");
    });
    const failed = lastValueFrom(
      of(images([0])).pipe(presentFrames({ network: failing, learn: false }, clock)),
    );
    await expect(failed).rejects.toThrow("no room");
    const broken$ = throwError(() => new Error("no source"));
    const broken = lastValueFrom(
      broken$.pipe(presentFrames({ network: echoNetwork(), learn: false }, clock)),
    );
    await expect(broken).rejects.toThrow("no source");
  });

  it("ends when its source ends, and not before", () => {
    let ended = 0;
    const count = { complete: () => ended++ };
    const options = { network: echoNetwork(), learn: false };
    NEVER.pipe(presentFrames(options)).subscribe(count).unsubscribe();
    expect(ended).toBe(0);
    of(images([0]))
      .pipe(presentFrames(options))
      .subscribe(count);
    expect(ended).toBe(1);
  });
});
