import { firstValueFrom, lastValueFrom, of, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import type { LabelledFrames } from "../../src/pipeline/operators/present-frames.ts";
import { nameNeurons, train } from "../../src/pipeline/trainer.ts";
import { VoteReadout } from "../../src/readout/vote.ts";
import { echoNetwork, images, movedClock, NEURONS, spikes, tellableReadout } from "./frames-world.ts";

describe("training", () => {
  it("presents every batch with learning on and adds up what it saw", async () => {
    const log: string[] = [];
    const { clock, work } = movedClock();
    const network = echoNetwork(log, () => work(500));
    const steps = await lastValueFrom(
      train(of(images([0, 1]), spikes(2, undefined)), { network }, clock).pipe(toArray()),
    );
    expect(log).toEqual(["images 2 learning", "spikes 3 learning"]);
    expect(steps).toEqual([
      {
        frames: 2,
        cpuUs: 500,
        trainFps: 4000,
        outputSpikes: 6,
        inputSpikes: 20,
        repeats: 2,
        accuracySoFar: undefined,
      },
      {
        frames: 3,
        cpuUs: 1000,
        trainFps: 3000,
        outputSpikes: 9,
        inputSpikes: 23,
        repeats: 2,
        accuracySoFar: undefined,
      },
    ]);
  });

  it("counts encoding, network and readout as its time and nothing that happens between batches", async () => {
    const { clock, work } = movedClock();
    const network = echoNetwork([], () => work(70));
    const profile = tellableReadout([], () => work(30));
    const frames$ = new Subject<LabelledFrames>();
    const last = lastValueFrom(train(frames$, { network, profile }, clock));
    frames$.next(images([0]));
    work(1_000_000);
    frames$.next(images([1]));
    frames$.complete();
    expect((await last).cpuUs).toBe(200);
  });

  it("measures its accuracy before it tells the truth, so a readout that repeats what it was told gains nothing", async () => {
    let told = -1;
    const cheat = {
      decide: () => ({ label: told, margin: 1, confidence: 1, shares: [] }),
      learn: (_: Uint16Array, labels: ArrayLike<number>) => {
        told = labels[0] ?? -1;
      },
      forgetBy: () => undefined,
    };
    const alternating = Array.from({ length: 20 }, (_, i) => images([i % 2]));
    const end = await lastValueFrom(
      train(of(...alternating), { network: echoNetwork(), profile: cheat }, movedClock().clock),
    );
    expect(end.accuracySoFar).toBe(0);
  });

  it("lets the newest batches count most in the accuracy so far", async () => {
    const profile = new VoteReadout({ neurons: NEURONS, classes: NEURONS, vote: "majority" });
    const unknownThenKnown = Array.from({ length: 60 }, () => images([0, 1, 2, 3]));
    const steps = await lastValueFrom(
      train(of(...unknownThenKnown), { network: echoNetwork(), profile }, movedClock().clock).pipe(toArray()),
    );
    const so = steps.map(({ accuracySoFar = -1 }) => accuracySoFar);
    expect(so[0]).toBe(0);
    // Right in every batch but the first, which fades.
    for (let i = 1; i < so.length; i++) expect(so[i]).toBeGreaterThan(so[i - 1] ?? 1);
    expect(so.at(-1)).toBeGreaterThan(0.97);
    expect(so.at(-1)).toBeLessThan(1);
  });

  it("gives unlabelled frames no part in the accuracy, and says none while no truth came", async () => {
    const profile = tellableReadout();
    profile.learn(Uint16Array.of(1, 0, 0, 0), [3]);
    const frames$ = of(spikes(0, undefined), spikes(1, undefined), spikes(0, 3), spikes(1, undefined));
    const steps = await lastValueFrom(
      train(frames$, { network: echoNetwork(), profile }, movedClock().clock).pipe(toArray()),
    );
    expect(steps.map(({ accuracySoFar }) => accuracySoFar)).toEqual([undefined, undefined, 1, 1]);
    expect(steps.at(-1)?.frames).toBe(4);
  });

  it("takes a batch of no images", async () => {
    const end = await lastValueFrom(
      train(of(images([]), images([1])), { network: echoNetwork(), profile: tellableReadout() }),
    );
    expect(end).toMatchObject({ frames: 1, accuracySoFar: 0 });
  });

  it("starts from nothing at every subscription and stops its source when nobody listens", async () => {
    const network = echoNetwork();
    const training$ = train(of(images([0]), images([1])), { network });
    expect((await lastValueFrom(training$)).frames).toBe(2);
    expect((await lastValueFrom(training$)).frames).toBe(2);
    const frames$ = new Subject<LabelledFrames>();
    const first = firstValueFrom(train(frames$, { network }));
    frames$.next(images([0]));
    await first;
    expect(frames$.observed).toBe(false);
  });
});

describe("naming neurons", () => {
  it("shows the frames with learning off, tells their truth and counts them", async () => {
    const log: string[] = [];
    const readout = tellableReadout(log);
    const counts = await lastValueFrom(
      nameNeurons(of(images([0, 1], [7, 8]), images([2], [9])), { network: echoNetwork(log), readout }).pipe(
        toArray(),
      ),
    );
    expect(counts).toEqual([2, 3]);
    expect(log).toEqual(["images 2", "learn 7 8", "images 1", "learn 9"]);
    expect(readout.decide(Uint16Array.of(0, 0, 1, 0)).label).toBe(9);
  });

  it("names nothing by an unlabelled frame", async () => {
    const log: string[] = [];
    const options = { network: echoNetwork(), readout: tellableReadout(log) };
    await lastValueFrom(nameNeurons(of(spikes(0, undefined), spikes(1, 4)), options));
    expect(log).toEqual(["learn 4"]);
  });
});
