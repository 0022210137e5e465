/**
 * A network of time-surface prototypes and a readout that learns by reward as one in the live pipeline. Learning on, the
 * prototypes follow what they see, and whoever knows the truth rewards the answers: the source, or people with clicks.
 */
import type { SpikeBatch } from "../core/batches.ts";
import { wallClockIso } from "../core/clock.ts";
import type { Reward } from "../core/control.ts";
import { dataError } from "../core/errors.ts";
import type { FrameWave, MarginTrace } from "../core/telemetry.ts";
import { eventGridInputs } from "../encoders/event-grid.ts";
import type { SurfaceDescription, SurfaceModel } from "../model/surface-schema.ts";
import { MEAN_FRAMES } from "../model/surface-tensors.ts";
import { SurfaceNetwork, type SurfaceOutputs } from "../network/surface-network.ts";
import { joinWords } from "../readout/pooling.ts";
import { type RewardDescription, RewardReadout } from "../readout/reward.ts";
import { frameWave } from "./frame-wave.ts";
import type { FrameOptions, JudgedFrame, LearnedState, LiveModel, Rewarded } from "./live-model.ts";
import { marginTrace } from "./margin-trace.ts";
import { MeanFrames } from "./mean-frames.ts";
import { TaughtReadout } from "./taught-readout.ts";

/**
 * The lead at which an answer may be given before the frame is over: 98.7 % of 2,000 digits that the shipped model did not
 * learn from, after 117 ms and 40 % of the events on average, instead of 99.3 % at the end (scripts/measure-margins.mjs).
 */
const ENOUGH = 0.95;
/**
 * About 250 digits. Prototypes that go on moving hold a readout that learns by reward back: of 1,000 unseen digits it
 * named 74 % after 4,000 frames, and 92 % when they held still after 1,000 frames, 91 % after 100.
 */
const SETTLED_EVENTS = 1_000_000;
/**
 * A class none of whose weights has grown beyond so many times the largest fresh one shows noise: classes came to that
 * after 100 to 700 digits, when the guesses grew from 14 to 70 % right.
 */
const FORMING_WEIGHTS = 8;
/** As long as a model file says what it learned from. */
const MOST_SOURCE = 200;

type Newest = {
  readonly id: number;
  readonly frame: SpikeBatch;
  readonly outputs: SurfaceOutputs;
  margins: MarginTrace | undefined;
  isWaveTold: boolean;
};

export class LiveSurfaceModel implements LiveModel {
  readonly description: SurfaceDescription;
  readonly rewardable = "reward";
  readonly enough = ENOUGH;
  readonly #readoutDescription: RewardDescription;
  #network: SurfaceNetwork;
  #taught: TaughtReadout;
  #means: MeanFrames;
  /** Events that the prototypes learned from. */
  #eventsSeen = 0;
  #newest: Newest | undefined;
  #framesBefore: number;
  #accuracy: SurfaceDescription["accuracy"];

  private constructor(
    description: SurfaceDescription,
    parts: { readonly network: SurfaceNetwork; readonly readout: RewardReadout; readonly means: MeanFrames },
  ) {
    this.description = description;
    this.#readoutDescription = parts.readout.description;
    this.#network = parts.network;
    this.#taught = new TaughtReadout(parts.readout, description.readout.classNames);
    this.#means = parts.means;
    this.#framesBefore = description.provenance.framesSeen;
    this.#accuracy = description.accuracy;
  }

  /** @throws SpikelineError MODEL_KIND for a readout that does not learn by reward, and errors of SurfaceNetwork.create and RewardReadout.create */
  static create(description: SurfaceDescription): LiveSurfaceModel {
    const readout = RewardReadout.create(rewardOf(description));
    const network = SurfaceNetwork.create(description);
    const means = new MeanFrames(description.input, description.readout.classes);
    return new LiveSurfaceModel(description, { network, readout, means });
  }

  static restore(model: SurfaceModel): LiveSurfaceModel {
    const { description, tensors } = model;
    const readout = RewardReadout.restore(rewardOf(description), tensors);
    const seen = tensors.get(MEAN_FRAMES);
    const means = MeanFrames.restore(description.input, description.readout.classes, seen);
    const live = new LiveSurfaceModel(description, {
      network: SurfaceNetwork.restore(model),
      readout,
      means,
    });
    const events = tensors.get("layer0.counters")?.data;
    live.#eventsSeen = joinWords(events?.[0], events?.[1]);
    return live;
  }

  get system(): string {
    return this.description.system;
  }

  get input(): SurfaceDescription["input"] {
    return this.description.input;
  }

  get encoder(): SurfaceDescription["encoder"] {
    return this.description.encoder;
  }

  get inputs(): number {
    const { input, encoder } = this.description;
    return encoder.kind === "event-grid" ? eventGridInputs(input, encoder) : 0;
  }

  get units(): number {
    return this.#network.prototypes;
  }

  get groupCount(): number {
    return this.#taught.classNames.length;
  }

  get classNames(): readonly string[] {
    return this.#taught.classNames;
  }

  judge(frame: SpikeBatch, { id, learn, measure }: FrameOptions): JudgedFrame {
    const outputs = measure("network", () => this.#see(frame, learn));
    const truth = learn ? frame.episode?.label : undefined;
    const vote = measure("readout", () => this.#taught.decide(id, outputs, truth));
    this.#newest = { id, frame, outputs, margins: undefined, isWaveTold: false };
    if (vote.label !== undefined) this.#means.add(vote.label, outputs);
    const { prototypes } = this.#network;
    const neuron = Uint32Array.from(outputs.feature, (feature) => feature % prototypes);
    const features = new Uint32Array(prototypes);
    for (const prototype of neuron) features[prototype] = (features[prototype] ?? 0) + 1;
    const { startUs, durationUs } = frame;
    return {
      vote,
      group: vote.label,
      said: this.classNames.map((_, label) => (label === vote.label ? 1 : 0)),
      features,
      output: { startUs, durationUs, offsetUs: outputs.offsetUs, neuron, length: neuron.length },
      spikes: neuron.length,
    };
  }

  /** The prototypes learn until they have settled: a readout's weights mean nothing once they mean something else. */
  #see(frame: SpikeBatch, learn: boolean): SurfaceOutputs {
    if (!learn || this.#eventsSeen >= SETTLED_EVENTS) return this.#network.present(frame);
    this.#eventsSeen += frame.length;
    return this.#network.learn(frame);
  }

  /** Classes do not move. */
  follow(): boolean {
    return false;
  }

  show(id: number): void {
    this.#taught.show(id);
  }

  margins(): MarginTrace | undefined {
    const newest = this.#newest;
    if (newest === undefined || newest.outputs.feature.length === 0) return undefined;
    newest.margins ??= marginTrace(newest.frame, {
      decision: newest.id,
      network: this.#network,
      readout: this.#taught.readout,
      enough: ENOUGH,
    });
    return newest.margins;
  }

  takeWave(): FrameWave | undefined {
    const newest = this.#newest;
    if (newest === undefined || newest.isWaveTold) return undefined;
    newest.isWaveTold = true;
    return frameWave(newest, { ...this.description.input, features: this.#network.prototypes });
  }

  learned(): LearnedState {
    const { planes, side } = this.#network;
    const { readout, classNames } = this.#taught;
    const { pooling, classes, neuronsPerClass, initialMax } = readout.description;
    const { width, height } = pooling;
    const prototypes = this.#network.fields();
    const weights = readout.weights();
    const said = this.description.readout.classNames;
    const best = bestWeights(weights, { classes, neuronsPerClass });
    return {
      kind: "classes",
      planes: 1,
      ...{ width, height },
      groups: classNames.map((name, label) => ({
        name,
        isGiven: name !== said[label],
        neurons: 0,
        isForming: (best[label] ?? 0) <= FORMING_WEIGHTS * initialMax,
      })),
      groupOf: undefined,
      fields: this.#means.fields(classes),
      features: { planes, width: side, height: side, fields: prototypes },
      weights,
    };
  }

  reset(): void {
    const { description } = this;
    this.dispose();
    this.#network = SurfaceNetwork.create(description);
    const { classNames } = description.readout;
    this.#taught = new TaughtReadout(RewardReadout.create(this.#readoutDescription), classNames);
    this.#means = new MeanFrames(description.input, description.readout.classes);
    this.#newest = undefined;
    this.#eventsSeen = 0;
    this.#framesBefore = 0;
    this.#accuracy = [];
  }

  /** A class is called otherwise; an empty name gives it back the one it came with. */
  name(group: number, name: string): boolean {
    const own = this.description.readout.classNames[group];
    const wanted = name === "" ? own : name;
    return wanted !== undefined && this.#taught.name(group, wanted);
  }

  reward(reward: Reward, { learn }: { readonly learn: boolean }): Rewarded {
    return learn ? this.#taught.reward(reward) : "counted";
  }

  capture({
    framesLearned,
    source,
  }: {
    readonly framesLearned: number;
    readonly source: string;
  }): SurfaceModel {
    this.#taught.settle();
    const { description } = this;
    const { provenance } = description;
    const { readout, classNames } = this.#taught;
    const learned =
      framesLearned === 0 ? {} : { createdAt: wallClockIso(), dataset: source.slice(0, MOST_SOURCE) };
    return {
      description: {
        ...description,
        // Measured with other weights than these.
        accuracy: framesLearned === 0 ? this.#accuracy : [],
        provenance: { ...provenance, framesSeen: this.#framesBefore + framesLearned, ...learned },
        readout: { ...readout.description, classNames: [...classNames] },
      },
      tensors: new Map([...this.#network.tensors(), ...readout.tensors()]).set(
        MEAN_FRAMES,
        this.#means.tensor(readout.description.classes),
      ),
    };
  }

  dispose(): void {
    this.#network.dispose();
    this.#taught.dispose();
  }
}

/** The part of the description that is the readout's. */
function rewardOf({ system, readout }: SurfaceDescription): RewardDescription {
  if (readout.kind === "reward") {
    const { classNames: _, ...own } = readout;
    return own;
  }
  throw dataError(
    "MODEL_KIND",
    `Expected a model with a readout that learns by reward, but it is one of a surface network (${system}) with a ${readout.kind} one, which only \`spikeline eval\` and \`spikeline info\` take.`,
  );
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
