/** The waves of frames: which are kept, and where their spikes stand. */
import { describe, expect, it } from "vitest";
import { WaveHistory } from "../../../src/dashboard/page/wave-history.ts";
import { placeOf, ticksOf } from "../../../src/dashboard/page/wave-places.ts";
import { marginsOf, snapshotOf, waveOf } from "../world.ts";

/** The snapshot of one decision, with the wave of its frame. */
const tell = (sequence: number, decision = sequence) => ({
  ...snapshotOf({ sequence, margins: marginsOf(decision) }),
  wave: { ...waveOf(decision), startUs: decision * 1000 },
});

describe("the waves that are kept", () => {
  it("are found by their frame's start, with its margins and its answer", () => {
    const history = new WaveHistory();
    history.add(tell(9));
    history.add({ ...tell(10), wave: undefined });
    const kept = history.at(9000);
    expect(kept?.wave.offsetUs).toEqual(waveOf(9).offsetUs);
    expect(kept?.margins?.decision).toBe(9);
    expect(kept?.answer).toBe("1");
    expect(history.newest).toBe(kept);
    expect(history.at(10_000)).toBeUndefined();
  });

  it("do not hold the messages they came in, nor what is said of another decision", () => {
    const history = new WaveHistory();
    const told = tell(9);
    history.add({ ...told, margins: marginsOf(8), decision: undefined });
    expect(history.newest?.wave.x).toEqual(told.wave.x);
    expect(history.newest?.wave.x.buffer).not.toBe(told.wave.x.buffer);
    expect(history.newest).toMatchObject({ margins: undefined, answer: undefined });
  });

  it("are the newest 64, each once, and none of another run", () => {
    const history = new WaveHistory();
    for (let i = 1; i <= 65; i++) {
      history.add(tell(i));
      history.add(tell(i));
    }
    expect(history.at(1000)).toBeUndefined();
    expect(history.at(2000)).toBeDefined();
    history.add({ ...tell(3), wave: undefined });
    expect(history.newest).toBeUndefined();
  });
});

describe("a spike of a wave", () => {
  it("stands at its time, in its feature's lane, as high as on its map", () => {
    const wave = { ...waveOf(1), durationUs: 1000, offsetUs: Uint32Array.of(0, 500, 1000) };
    expect(placeOf(wave, 0)).toEqual([0, (0 + 0.9) / 4]);
    expect(placeOf(wave, 1)).toEqual([0.5, (3 + 0.1) / 4]);
    expect(placeOf(wave, 2)).toEqual([1, (1 + 0.5) / 4]);
  });

  it("is read against round times, few enough to be told apart", () => {
    expect(ticksOf(300_000)).toEqual([0, 100, 200, 300]);
    expect(ticksOf(33_333)).toEqual([0, 10, 20, 30]);
    expect(ticksOf(900)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    for (let us = 1; us < 1e7; us = Math.ceil(us * 1.1)) expect(ticksOf(us).length).toBeLessThanOrEqual(7);
  });
});
