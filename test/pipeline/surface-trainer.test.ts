import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { joinFeatureSpikes } from "../../src/core/feature-spikes.ts";
import { Random } from "../../src/core/random.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { evaluateSurfaces, learnSurfaces, presentSurfaces } from "../../src/pipeline/surface-trainer.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { linear, movingBar, tinySurfaceDescription } from "../model/tiny-surface-model.ts";

const bars = (count: number, seed: number) => {
  const random = Random.fromKey(seed);
  return Array.from({ length: count }, (_, k) => movingBar(k % 2 === 0 ? 0 : 1, random));
};

/** Ten microseconds between any two looks. */
function tickingClock() {
  let us = 0;
  const tick = () => {
    us += 10;
    return us;
  };
  return { nowUs: tick, cpuUs: tick };
}

async function learned() {
  const network = SurfaceNetwork.create(tinySurfaceDescription());
  const progress = await lastValueFrom(
    learnSurfaces(from(bars(20, 1)), network, tickingClock()).pipe(toArray()),
  );
  return { network, progress };
}

describe("surface models in the pipeline", () => {
  test("learn from frames without their labels, and count events and time", async () => {
    const { network, progress } = await learned();
    expect(progress).toHaveLength(20);
    expect(progress[1]).toEqual({ frames: 2, events: 96, cpuUs: 20 });
    expect(network.tensors().get("layer0.counters")?.data[0]).toBe(960);
  });

  test("are judged on frames they never saw, and tell what moves right from what moves down", async () => {
    const { network } = await learned();
    const shown = await lastValueFrom(from(bars(20, 2)).pipe(presentSurfaces(network), toArray()));
    expect(shown.map(({ label }) => label)).toEqual(Array.from({ length: 20 }, (_, k) => k % 2));
    if (linear.kind !== "linear") throw new Error("not linear");
    const readout = LinearReadout.create(linear);
    const labels = shown.map(({ label = 0 }) => label);
    readout.train(joinFeatureSpikes(shown.map(({ spikes }) => spikes)), labels, { passes: 10 });
    const frames = bars(30, 3);
    const evaluation = await lastValueFrom(
      evaluateSurfaces(from(frames), { network, readout, classes: 2 }, tickingClock()),
    );
    expect(evaluation).toMatchObject({
      frames: 30,
      judged: 30,
      right: 30,
      confusion: [
        [15, 0],
        [0, 15],
      ],
    });
    expect(evaluation.cpuUs).toBe(30 * 20);
  });

  test("answer nothing where nothing spoke, and leave out of the judgement what has no label", async () => {
    const { network } = await learned();
    const [bar] = bars(1, 4);
    if (bar === undefined || linear.kind !== "linear") throw new Error("no bar");
    const readout = LinearReadout.create(linear);
    const { episode: _, ...unlabelled } = bar;
    const frames = [{ ...bar, length: 0 }, unlabelled];
    const evaluation = await lastValueFrom(evaluateSurfaces(from(frames), { network, readout, classes: 2 }));
    expect(evaluation).toMatchObject({ frames: 2, judged: 1, right: 0, unanswered: [1, 0] });
  });
});
