/**
 * What learns in the live pipeline, as one: network, readout and groups of neurons. It can be named by hand, forgotten
 * and begun anew, and captured as a model. It presents nothing itself.
 */
import { usageError } from "../core/errors.ts";
import type { Model, ModelDescription } from "../model/schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { NeuronGroups } from "../readout/neuron-groups.ts";
import { VoteReadout } from "../readout/vote.ts";
import { trainedModel } from "./trained-model.ts";

/** What of a network the live pipeline needs. */
export type LiveNetwork = Pick<SpikingNetwork, "present" | "fields" | "neurons" | "inputs">;
/** What of a readout the live pipeline needs. */
export type LiveReadout = Pick<VoteReadout, "decide" | "learn" | "forgetBy" | "assignments" | "given">;

/** What the live graph needs; its parts may be others after `reset` and `name`. */
export type LiveModel = {
  readonly description: ModelDescription;
  readonly network: LiveNetwork;
  readonly readout: LiveReadout;
  readonly groups: NeuronGroups;
  /** Classes by label: those of the description, and those named by hand since. */
  readonly classNames: readonly string[];
  /** Fresh weights, no names. */
  reset(): void;
  /** Names the neurons of a group by hand; an empty name takes the given one away. */
  name(group: number, name: string): void;
};

export class TrainableModel implements LiveModel {
  readonly description: ModelDescription;
  #network: SpikingNetwork;
  #readout: VoteReadout;
  #groups: NeuronGroups;
  #classNames: readonly string[];
  /** Frames shown with learning on to the weights as they are now, before this run. */
  #framesBefore: number;
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
  static create(description: ModelDescription): TrainableModel {
    const network = SpikingNetwork.create(description);
    const groups = new NeuronGroups({ neurons: network.neurons, seed: description.seed });
    return new TrainableModel(description, { network, readout: VoteReadout.create(description), groups });
  }

  static restore(model: Model): TrainableModel {
    return new TrainableModel(model.description, {
      network: SpikingNetwork.restore(model),
      readout: VoteReadout.restore(model),
      groups: NeuronGroups.restore(model),
    });
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

  name(group: number, name: string): void {
    if (!Number.isInteger(group) || group < 0 || group >= this.#groups.count) {
      throw usageError(
        "GROUP_UNKNOWN",
        `Expected a group below ${this.#groups.count} to name, found ${group}.`,
      );
    }
    // Before the readout is asked: a new class makes a new readout.
    const label = name === "" ? undefined : this.#labelOf(name);
    this.#readout.name(this.#groups.members(group), label);
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
