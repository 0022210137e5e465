/**
 * A reward readout in the live pipeline. A source that knows the truth says of each decision whether it was right, and
 * no more; people who look on say it of decisions they saw a moment ago, and what it was instead. It never touches the
 * network.
 */
import type { Reward } from "../core/control.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import { type RewardDecision, type RewardDescription, RewardReadout } from "../readout/reward.ts";
import type { Vote } from "../readout/votes.ts";
import { KeptDecisions } from "./kept-decisions.ts";
import type { Rewarded } from "./live-model.ts";
import { type LiveReadout, renamed } from "./live-readout.ts";

/**
 * A click is worth so many lessons at most: it ends when the frame is answered as it was told. One lesson each takes
 * half as many clicks again (scripts/measure-clicks.mjs).
 */
const MOST_LESSONS = 10;
/**
 * A class none of whose weights has grown beyond so many times the largest fresh one shows noise: classes came to that
 * after 100 to 700 digits, when the guesses grew from 14 to 70 % right.
 */
const FORMING_WEIGHTS = 8;

type Kept = {
  readonly spikes: FeatureSpikes;
  /** The answer. */
  readonly label: number;
  /** Of the readout that answered. */
  readonly readoutId: number;
  readonly readout: RewardReadout;
  isRewarded: boolean;
};

export class TaughtReadout implements LiveReadout {
  readonly learns = true;
  readonly #given: { readonly description: RewardDescription; readonly classNames: readonly string[] };
  #readout: RewardReadout;
  #classNames: readonly string[];
  #kept = new KeptDecisions<Kept>();
  #newestId = 0;
  /**
   * What the source will say of the newest decision. It is said before the next one, so that until then everything
   * that is told of a decision (its margins, what a click does to it) is told with the weights that made it.
   */
  #pending: { readonly kept: Kept; readonly truth: number } | undefined;

  constructor(readout: RewardReadout, classNames: readonly string[]) {
    this.#given = { description: readout.description, classNames };
    this.#readout = readout;
    this.#classNames = classNames;
  }

  get readout(): RewardReadout {
    return this.#readout;
  }

  get classNames(): readonly string[] {
    return this.#classNames;
  }

  /** Decides on a frame. `truth`: what the source knows and will reward it by, where it is to be learned from. */
  decide(id: number, spikes: FeatureSpikes, truth: number | undefined): Vote {
    this.settle();
    const { id: readoutId, label, vote } = this.#readout.present(spikes);
    this.#newestId = readoutId;
    if (vote.label === undefined) return vote;
    // Two hundred frames are kept: without what no readout looks at, such as the spikes' times.
    const { start, feature, x, y } = spikes;
    const own = { spikes: { start, feature, x, y }, label, readoutId };
    const kept: Kept = { ...own, readout: this.#readout, isRewarded: false };
    this.#kept.keep(id, kept);
    if (truth !== undefined) this.#pending = { kept, truth };
    return vote;
  }

  /** What the source has to say of the newest decision, if nobody else has said it by now. */
  settle(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined || pending.kept.isRewarded) return;
    const { kept, truth } = pending;
    kept.isRewarded = true;
    this.#readout.reward(kept.readoutId, kept.label === truth ? "right" : "wrong");
  }

  show(id: number): void {
    this.#kept.show(id);
  }

  /** A name that is no class yet becomes one. */
  reward({ decision, outcome, truth: name }: Reward): Rewarded {
    const kept = this.#kept.get(decision);
    if (kept === undefined) return "missed";
    const told = name === undefined || outcome === "right" ? undefined : this.#labelOf(name);
    // Wrong, but called what it was called: that says nothing.
    if (told === kept.label) return "counted";
    const truth = outcome === "right" ? kept.label : told;
    return this.#teach(kept, truth) ? "taught" : "counted";
  }

  name(label: number, name: string): boolean {
    const names = renamed(this.#classNames, { label, name });
    this.#classNames = names ?? this.#classNames;
    return names !== undefined;
  }

  forming(weights: Float32Array): readonly boolean[] {
    const { initialMax } = this.#readout.description;
    const best = bestWeights(weights, this.#readout.description);
    return Array.from(best, (weight) => weight <= FORMING_WEIGHTS * initialMax);
  }

  reset(): void {
    const { description, classNames } = this.#given;
    this.#readout.dispose();
    this.#readout = RewardReadout.create(description);
    this.#classNames = classNames;
    this.#kept = new KeptDecisions<Kept>();
    this.#pending = undefined;
  }

  dispose(): void {
    this.#readout.dispose();
  }

  /** `truth`: the right class, or undefined where it is only known which is wrong. */
  #teach(kept: Kept, truth: number | undefined): boolean {
    const { memory } = this.#readout.description;
    const isOpen =
      !kept.isRewarded && kept.readout === this.#readout && this.#newestId - kept.readoutId < memory;
    kept.isRewarded = true;
    // What was rewarded before, or is too old, is looked at anew, with the weights of now.
    let answer = isOpen ? { id: kept.readoutId, label: kept.label } : this.#lookAnew(kept);
    if (truth === undefined) {
      if (answer.label !== kept.label) return false;
      this.#readout.reward(answer.id, "wrong");
      return true;
    }
    for (let lesson = 0; lesson < MOST_LESSONS; lesson++) {
      this.#readout.reward(answer.id, answer.label === truth ? "right" : "wrong", truth);
      answer = this.#lookAnew(kept);
      if (answer.label === truth) break;
    }
    return true;
  }

  #lookAnew({ spikes }: Kept): Pick<RewardDecision, "id" | "label"> {
    const answer = this.#readout.present(spikes);
    this.#newestId = answer.id;
    return answer;
  }

  #labelOf(name: string): number {
    const known = this.#classNames.indexOf(name);
    if (known >= 0) return known;
    this.settle();
    const narrow = this.#readout;
    this.#classNames = [...this.#classNames, name];
    this.#readout = narrow.withClasses(this.#classNames.length);
    narrow.dispose();
    return this.#classNames.length - 1;
  }
}

/** The largest weight of any of a class's neurons. */
function bestWeights(
  weights: Float32Array,
  { classes, neuronsPerClass }: Pick<RewardDescription, "classes" | "neuronsPerClass">,
): Float32Array {
  const best = new Float32Array(classes);
  const row = classes * neuronsPerClass;
  for (let i = 0; i < weights.length; i++) {
    const label = Math.floor((i % row) / neuronsPerClass);
    best[label] = Math.max(best[label] ?? 0, weights[i] ?? 0);
  }
  return best;
}
