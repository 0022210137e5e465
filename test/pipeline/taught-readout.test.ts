import { afterEach, describe, expect, it } from "vitest";
import type { Reward } from "../../src/core/control.ts";
import { TaughtReadout } from "../../src/pipeline/taught-readout.ts";
import { RewardReadout } from "../../src/readout/reward.ts";
import { featureLesson, frameOf, MAP } from "../readout/feature-lesson.ts";

const CLASSES = 3;
const lesson = featureLesson({ classes: 6, frames: 400, seed: 3 });
const frames = lesson.labels.map((label, at) => ({ label, spikes: frameOf(lesson, at) }));

const made: TaughtReadout[] = [];
afterEach(() => {
  for (const taught of made.splice(0)) taught.dispose();
});

function create(classes = CLASSES, memory = 8): TaughtReadout {
  const rate = { first: 0.05, last: 0.05, frames: 0 };
  const readout = RewardReadout.create({ pooling: MAP, classes, rate, memory, seed: 1 });
  const taught = new TaughtReadout(readout, ["a", "b", "c"].slice(0, classes));
  made.push(taught);
  return taught;
}

const spikesAt = (at: number) => frames[at]?.spikes ?? frameOf(lesson, 0);
const say = (decision: number, outcome: Reward["outcome"], truth?: string): Reward => ({
  kind: "reward",
  decision,
  outcome,
  ...(truth === undefined ? {} : { truth }),
});
const weightsOf = ({ readout }: TaughtReadout) => [...readout.weights()];
const answerTo = ({ readout }: TaughtReadout, at: number) => readout.judge(spikesAt(at)).labels[0];

describe("a click on a decision", () => {
  it("changes the weights so that the frame is answered as it was told", () => {
    const taught = create();
    const { label } = taught.decide(0, spikesAt(0), undefined);
    const other = ["a", "b", "c"].find((_, index) => index !== label) ?? "";
    const before = weightsOf(taught);
    expect(taught.reward(say(0, "wrong", other))).toBe("taught");
    expect(weightsOf(taught)).not.toEqual(before);
    expect(taught.classNames[answerTo(taught, 0) ?? -1]).toBe(other);
  });

  it("makes what was right no less right, and what was wrong, without a name, less believed", () => {
    const taught = create();
    const { label = 0, shares } = taught.decide(0, spikesAt(0), undefined);
    expect(taught.reward(say(0, "right"))).toBe("taught");
    const surer = taught.readout.judge(spikesAt(0)).shares[label] ?? 0;
    expect(surer).toBeGreaterThan(shares[label] ?? 1);
    taught.decide(1, spikesAt(0), undefined);
    expect(taught.reward(say(1, "wrong"))).toBe("taught");
    expect(taught.readout.judge(spikesAt(0)).shares[label]).toBeLessThan(surer);
  });

  it("acts on the decision that was seen, not on the newest", () => {
    const taught = create();
    const { label } = taught.decide(0, spikesAt(0), undefined);
    for (let at = 1; at < 6; at++) taught.decide(at, spikesAt(at), undefined);
    const other = ["a", "b", "c"].find((_, index) => index !== label) ?? "";
    taught.reward(say(0, "wrong", other));
    expect(taught.classNames[answerTo(taught, 0) ?? -1]).toBe(other);
  });

  it("is learned from though the readout itself no longer remembers the decision, or was rewarded by the source", () => {
    const taught = create(CLASSES, 4);
    const { label } = taught.decide(0, spikesAt(0), 0);
    for (let at = 1; at < 20; at++) taught.decide(at, spikesAt(at), undefined);
    const other = ["a", "b", "c"].find((_, index) => index !== label) ?? "";
    expect(taught.reward(say(0, "wrong", other))).toBe("taught");
    expect(taught.classNames[answerTo(taught, 0) ?? -1]).toBe(other);
  });

  it("is missed when the frame is kept no longer, unless it was shown", () => {
    const taught = create();
    taught.decide(0, spikesAt(0), undefined);
    taught.show(0);
    for (let at = 1; at < 200; at++) taught.decide(at, spikesAt(at), undefined);
    const before = weightsOf(taught);
    expect(taught.reward(say(1, "right"))).toBe("missed");
    expect(taught.reward(say(1000, "wrong", "a new name"))).toBe("missed");
    expect(weightsOf(taught)).toEqual(before);
    expect(taught.classNames).toEqual(["a", "b", "c"]);
    expect(taught.reward(say(0, "right"))).toBe("taught");
  });

  it("says nothing when it calls wrong what it then calls the same, or what is answered otherwise by now", () => {
    const taught = create();
    const { label = 0 } = taught.decide(0, spikesAt(0), undefined);
    const before = weightsOf(taught);
    expect(taught.reward(say(0, "wrong", taught.classNames[label]))).toBe("counted");
    expect(weightsOf(taught)).toEqual(before);
    const other = ["a", "b", "c"].find((_, index) => index !== label) ?? "";
    taught.reward(say(0, "wrong", other));
    const after = weightsOf(taught);
    expect(taught.reward(say(0, "wrong"))).toBe("counted");
    expect(weightsOf(taught)).toEqual(after);
  });
});

describe("a name that is no class yet", () => {
  it("becomes one, which does not speak for what others have learned", () => {
    const taught = create();
    const known = frames.map(({ label }, at) => ({ label, at })).filter(({ label }) => label < CLASSES);
    known.slice(0, 150).forEach(({ label, at }, id) => void taught.decide(id, spikesAt(at), label));
    taught.settle();
    const right = () => known.slice(150).filter(({ label, at }) => answerTo(taught, at) === label).length;
    const before = right();
    expect(before).toBeGreaterThan(0.8 * (known.length - 150));
    const stranger = frames.findIndex(({ label }) => label === 5);
    taught.decide(1000, spikesAt(stranger), undefined);
    expect(taught.reward(say(1000, "wrong", "Ada"))).toBe("taught");
    expect(taught.classNames).toEqual(["a", "b", "c", "Ada"]);
    expect(answerTo(taught, stranger)).toBe(3);
    expect(right()).toBeGreaterThan(0.8 * before);
    taught.decide(1001, spikesAt(stranger), undefined);
    expect(taught.reward(say(1001, "right"))).toBe("taught");
  });
});

describe("a source that knows the truth", () => {
  it("says right or wrong before the next decision, and never what it was", () => {
    const taught = create();
    const alone = RewardReadout.create(taught.readout.description);
    for (let at = 0; at < 30; at++) {
      const truth = (frames[at]?.label ?? 0) % CLASSES;
      const { id, label } = alone.present(spikesAt(at));
      expect(taught.decide(at, spikesAt(at), truth).label).toBe(label);
      alone.reward(id, label === truth ? "right" : "wrong");
    }
    taught.settle();
    expect(weightsOf(taught)).toEqual([...alone.weights()]);
    alone.dispose();
  });

  it("says nothing more of a decision that somebody has clicked on", () => {
    const taught = create();
    const { label = 0 } = taught.decide(0, spikesAt(0), (0 + 1) % CLASSES);
    taught.reward(say(0, "right"));
    const { rewards } = taught.readout;
    taught.settle();
    expect(taught.readout.rewards).toBe(rewards);
    expect(answerTo(taught, 0)).toBe(label);
  });
});
