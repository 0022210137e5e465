/**
 * A linear readout in the live pipeline: it was told labels when it was trained, and decides as it then learned to. What
 * is said of its decisions is only counted.
 */
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { LinearReadout } from "../readout/linear.ts";
import type { Vote } from "../readout/votes.ts";
import type { Rewarded } from "./live-model.ts";
import { type LiveReadout, renamed } from "./live-readout.ts";

export class FixedReadout implements LiveReadout {
  readonly learns = false;
  readonly readout: LinearReadout;
  readonly #given: readonly string[];
  #classNames: readonly string[];

  constructor(readout: LinearReadout, classNames: readonly string[]) {
    this.readout = readout;
    this.#given = classNames;
    this.#classNames = classNames;
  }

  get classNames(): readonly string[] {
    return this.#classNames;
  }

  decide(_id: number, spikes: FeatureSpikes): Vote {
    return this.readout.decide(spikes);
  }

  /** Nothing waits to be said. */
  settle(): void {}

  /** No decision is kept to be learned from. */
  show(): void {}

  reward(): Rewarded {
    return "counted";
  }

  name(label: number, name: string): boolean {
    const names = renamed(this.#classNames, { label, name });
    this.#classNames = names ?? this.#classNames;
    return names !== undefined;
  }

  forming(): readonly boolean[] {
    return this.#classNames.map(() => false);
  }

  /** The weights stay: without them it could never answer again. */
  reset(): void {
    this.#classNames = this.#given;
  }

  dispose(): void {
    this.readout.dispose();
  }
}
