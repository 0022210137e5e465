/**
 * A clocked network, its votes and its groups of neurons as one in the live pipeline. It can be named by hand,
 * forgotten and begun anew, and captured as a model. What is said about its answers it only counts.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { usageError } from "../core/errors.ts";
import type { Model, ModelDescription } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { NeuronGroups } from "../readout/neuron-groups.ts";
import { VoteReadout } from "../readout/vote.ts";
import { followGroups, type JudgedClocked, judgeClocked, learnedByGroups } from "./clocked-frames.ts";
import type { FrameOptions, JudgedFrame, LearnedState, LiveModel, Rewarded } from "./live-model.ts";
import { trainedModel } from "./trained-model.ts";

/** A tenth of the votes: a tie broken by a single neuron's spike or two looks the same as chance. */
const ENOUGH = 0.1;

export class LiveClockedModel implements LiveModel {
  readonly description: ModelDescription;
  readonly rewardable = "count";
  readonly enough = ENOUGH;
  #network: SpikingNetwork;
  #readout: VoteReadout;
  #groups: NeuronGroups;
  #classNames: readonly string[];
  /** Frames shown with learning on to the weights as they are now, before this run. */
  #framesBefore: number;
  #newest: JudgedClocked | undefined;
  /** Measured with the weights as they were made or loaded; none once they are forgotten. */
  #accuracy: ModelDescription["accuracy"];

  private constructor(
    description: ModelDescription,
    parts: {
      readonly network: SpikingNetwork;
      readonly readout: VoteReadout;
      readonly groups: NeuronGroups;
    },
  ) {
    this.description = description;
    this.#network = parts.network;
    this.#readout = parts.readout;
    this.#groups = parts.groups;
    this.#classNames = description.readout.classNames;
    this.#framesBefore = description.provenance.framesSeen;
    this.#accuracy = description.accuracy;
  }

  /** @throws SpikelineError and errors of SpikingNetwork.create */
  static create(description: ModelDescription): LiveClockedModel {
    const network = SpikingNetwork.create(description);
    const groups = new NeuronGroups({ neurons: network.neurons, seed: description.seed });
    return new LiveClockedModel(description, { network, readout: VoteReadout.create(description), groups });
  }

  static restore(model: Model): LiveClockedModel {
    return new LiveClockedModel(model.description, {
      network: SpikingNetwork.restore(model),
      readout: VoteReadout.restore(model),
      groups: NeuronGroups.restore(model),
    });
  }

  get system(): string {
    return this.description.system;
  }

  get input(): ModelDescription["input"] {
    return this.description.input;
  }

  get encoder(): ModelDescription["encoder"] {
    return this.description.encoder;
  }

  get inputs(): number {
    return this.description.layers[0].inputs;
  }

  get units(): number {
    return this.#network.neurons;
  }

  get groupCount(): number {
    return this.#groups.count;
  }

  get network(): SpikingNetwork {
    return this.#network;
  }

  get readout(): VoteReadout {
    return this.#readout;
  }

  get groups(): NeuronGroups {
    return this.#groups;
  }

  get classNames(): readonly string[] {
    return this.#classNames;
  }

  judge(frame: SpikeBatch, options: FrameOptions): JudgedFrame {
    const framesLearned = this.#framesBefore + options.framesLearned;
    this.#newest = judgeClocked(this, frame, { ...options, framesLearned });
    return this.#newest;
  }

  follow(options: { readonly learn: boolean }): boolean {
    return this.#newest !== undefined && followGroups(this, this.#newest.counts, options);
  }

  show(): void {}

  margins(): undefined {
    return undefined;
  }

  takeWave(): undefined {
    return undefined;
  }

  learned(): LearnedState {
    return learnedByGroups(this, { description: this.description, classNames: this.#classNames });
  }

  /** Votes do not learn by reward. */
  reward(): Rewarded {
    return "counted";
  }

  reset(): void {
    const { description } = this;
    this.#network.dispose();
    this.#network = SpikingNetwork.create(description);
    this.#readout = VoteReadout.create(description);
    this.#groups = new NeuronGroups({ neurons: this.#network.neurons, seed: description.seed });
    this.#classNames = description.readout.classNames;
    this.#framesBefore = 0;
    this.#accuracy = [];
  }

  name(group: number, name: string): boolean {
    if (!Number.isInteger(group) || group < 0 || group >= this.#groups.count) {
      throw usageError(
        "GROUP_UNKNOWN",
        `Expected a group below ${this.#groups.count} to name, found ${group}.`,
      );
    }
    // Before the readout is asked: a new class makes a new readout.
    const label = name === "" ? undefined : this.#labelOf(name);
    this.#readout.name(this.#groups.members(group), label);
    return true;
  }

  /** The model as it stands, ready to be written. `framesLearned` counts this run's, since the last reset. */
  capture({ framesLearned, source }: { readonly framesLearned: number; readonly source: string }): Model {
    const { description } = this;
    const { provenance, readout } = description;
    return trainedModel(
      {
        ...description,
        accuracy: this.#accuracy,
        provenance: { ...provenance, framesSeen: this.#framesBefore },
        readout: { ...readout, classNames: [...this.#classNames] },
      },
      {
        network: this.#network,
        readout: this.#readout,
        groups: this.#groups,
        framesLearned,
        source,
      },
    );
  }

  dispose(): void {
    this.#network.dispose();
  }

  /** The label of a name, which becomes a new class when it is none yet. */
  #labelOf(name: string): number {
    const known = this.#classNames.indexOf(name);
    if (known >= 0) return known;
    this.#classNames = [...this.#classNames, name];
    this.#readout = this.#readout.withClasses(this.#classNames.length);
    return this.#classNames.length - 1;
  }
}
