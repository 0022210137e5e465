import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { native } from "../../src/native/binding.ts";
import { codeOf, replaced } from "./loose.ts";
import { odd } from "./odd-values.ts";
import {
  drawLesson,
  flat,
  frameOf,
  linearParams,
  linearState,
  read,
  rewardParams,
  rewardState,
} from "./readout-world.ts";
import { digestOf } from "./world.ts";

const FRAMES = 3;
const LINEAR = linearParams({ shiftPx: 1 });
const REWARD = rewardParams();
const lesson = drawLesson(LINEAR, { frames: FRAMES, spikes: 20, seed: 1 });

/** Arguments that are right, made anew for each call: a call may detach or overwrite them. */
const spikes = () => flat(lesson).map((array) => array.slice());
const labels = () => lesson.labels.slice();
const judging = () => [...spikes(), new Uint16Array(FRAMES), new Float32Array(FRAMES), new Float32Array(9)];
const judgingEarly = () => [...spikes(), 0.5, new Uint16Array(FRAMES), new Uint32Array(FRAMES)];

type Loose = Record<string, (...args: readonly unknown[]) => unknown>;
type Right = Readonly<Record<string, () => unknown[]>>;

const outcomesOf = (target: object, right: Right, digest: () => string) => {
  const outcomes = new Map<string, number>();
  const property = fc.property(
    fc.constantFrom(...Object.keys(right)),
    fc.array(fc.tuple(fc.nat({ max: 9 }), odd), { maxLength: 3 }),
    fc.boolean(),
    (method, changes, cutShort) => {
      let args = right[method]?.() ?? [];
      for (const [at, make] of changes) {
        const [state] = args;
        const names = args.length === 1 ? Object.keys(state as object) : [];
        const name = names[at % names.length];
        args =
          name === undefined
            ? replaced(args, at % args.length, make?.())
            : [{ ...(state as object), [name]: make?.() }];
      }
      if (cutShort && changes.length === 3) args = args.slice(0, -1);
      const before = digest();
      const code = codeOf(() => (target as Loose)[method]?.(...args)) ?? "worked";
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (code !== "worked") expect(digest()).toBe(before);
    },
  );
  fc.assert(property, { numRuns: 5000 });
  return ["worked", "SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL"].filter(
    (code) => (outcomes.get(code) ?? 0) < 50,
  );
};

describe("5,000 calls with random arguments work, or throw an error with a code and change nothing", () => {
  it("of the linear readout", () => {
    const readout = new native.LinearReadout(LINEAR);
    const state = () => read(readout, linearState(LINEAR));
    const right: Right = {
      learn: () => [...spikes(), labels(), Uint32Array.of(2, 0, 1)],
      judge: judging,
      judgeEarly: judgingEarly,
      readState: () => [state()],
      writeState: () => [state()],
    };
    expect(outcomesOf(readout, right, () => digestOf(state()))).toEqual([]);
  });

  it("of the reward readout", () => {
    const readout = new native.RewardReadout(REWARD);
    const state = () => read(readout, rewardState(REWARD));
    let id = 0;
    const right: Right = {
      present: () => [...frameOf(lesson, 1), new Float32Array(REWARD.classes)],
      reward: () => {
        ({ id } = readout.present(...frameOf(lesson, 0), new Float32Array(REWARD.classes)));
        return [id, false, -1];
      },
      learn: () => [...spikes(), labels(), Uint32Array.of(2, 0, 1), true],
      judge: judging,
      judgeEarly: judgingEarly,
      readState: () => [state()],
      writeState: () => [state()],
    };
    expect(outcomesOf(readout, right, () => digestOf(state()))).toEqual([]);
  });

  it("of their constructors", () => {
    const codes = new Set<string>();
    const property = fc.property(fc.nat({ max: 30 }), odd, fc.boolean(), (at, make, isLinear) => {
      const params: Record<string, unknown> = isLinear ? { ...LINEAR } : { ...REWARD };
      const name = Object.keys(params)[at % Object.keys(params).length] ?? "";
      const Made = (isLinear ? native.LinearReadout : native.RewardReadout) as new (
        params: unknown,
      ) => unknown;
      codes.add(codeOf(() => new Made({ ...params, [name]: make?.() })) ?? "worked");
    });
    fc.assert(property, { numRuns: 1000 });
    expect([...codes].sort()).toEqual(["SPIKELINE_ARGUMENT", "SPIKELINE_KERNEL", "worked"]);
  });

  it("survive a getter that disposes of the readout, and outputs that lie over the inputs", () => {
    const readout = new native.LinearReadout(LINEAR);
    const over = new Uint16Array(new ArrayBuffer(64));
    const start = new Uint32Array(over.buffer, 0, FRAMES + 1);
    start.set(lesson.start);
    const [, feature, x, y] = flat(lesson);
    readout.judge(start, feature, x, y, over.subarray(0, FRAMES), new Float32Array(0), new Float32Array(0));
    const trap = {
      ...linearState(LINEAR),
      get bias() {
        readout.dispose();
        return new Float32Array(LINEAR.classes);
      },
    };
    expect(() => readout.readState(trap)).toThrow(expect.objectContaining({ code: "SPIKELINE_DISPOSED" }));
  });
});
