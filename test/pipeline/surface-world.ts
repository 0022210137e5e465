/** A live model of surfaces that bars moving right or down teach, and the frames and rewards to teach it with. */
import { afterEach } from "vitest";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import { joinFeatureSpikes } from "../../src/core/feature-spikes.ts";
import { Random } from "../../src/core/random.ts";
import type { SurfaceModel } from "../../src/model/surface-schema.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { LiveSurfaceModel } from "../../src/pipeline/live-surface-model.ts";
import { LinearReadout } from "../../src/readout/linear.ts";
import { linear, movingBar, reward, tinySurfaceDescription } from "../model/tiny-surface-model.ts";

export const rewardDescription = () => tinySurfaceDescription(reward);

/** What training makes of bars and their labels: a model whose readout is linear. */
export function labelledModel(): SurfaceModel {
  const description = tinySurfaceDescription(linear);
  const network = SurfaceNetwork.create(description);
  const { classNames: _, ...own } = linear;
  if (own.kind !== "linear") throw new Error("Expected a linear readout.");
  const readout = LinearReadout.create(own);
  const bars = Array.from({ length: 20 }, (_, index) => barOf(index));
  for (const bar of bars) network.learn(bar);
  const spikes = joinFeatureSpikes(bars.map((bar) => network.present(bar)));
  const labels = bars.map((_, index) => index % 2);
  readout.train(spikes, labels, { passes: 5, average: true });
  const tensors = new Map([...network.tensors(), ...readout.tensors()]);
  network.dispose();
  readout.dispose();
  return { description, tensors };
}

/** The models it makes are disposed after each test. */
export function surfaceModels() {
  const made: LiveSurfaceModel[] = [];
  afterEach(() => {
    for (const model of made.splice(0)) model.dispose();
  });
  const keep = (model: LiveSurfaceModel) => {
    made.push(model);
    return model;
  };
  return { keep, create: () => keep(LiveSurfaceModel.create(rewardDescription())) };
}

/** Bar number `index`; even ones go right (class 0), odd ones down (class 1). */
export function barOf(index: number, isLabelled = true): SpikeBatch {
  const label = index % 2 === 0 ? 0 : 1;
  const frame = movingBar(label, Random.fromKey(index));
  const episode = { index, name: `bar ${index}`, label: isLabelled ? label : undefined };
  return { ...frame, startUs: index * 20_000, episode };
}

/** The same as the events of an 8 × 6 camera. */
export function barEvents(index: number, isLabelled = true): EventBatch {
  const { startUs, offsetUs, neuron, length, episode } = barOf(index, isLabelled);
  return {
    startUs,
    offsetUs,
    x: Uint16Array.from(neuron, (line) => line % 8),
    y: Uint16Array.from(neuron, (line) => Math.floor(line / 8) % 6),
    polarity: new Uint8Array(length).fill(1),
    length,
    ...(episode && { episode }),
  };
}

export const judge = (
  model: LiveSurfaceModel,
  index: number,
  options: { readonly learn?: boolean; readonly isLabelled?: boolean } = {},
) => {
  const { learn = true, isLabelled = true } = options;
  return model.judge(barOf(index, isLabelled), {
    id: index,
    learn,
    framesLearned: index,
    measure: (_, work) => work(),
  });
};

export const capture = (model: LiveSurfaceModel) => model.capture({ framesLearned: 1, source: "bars" });

/** All of the model that a file would hold, as comparable bytes. */
export function bitsOf(model: LiveSurfaceModel): Readonly<Record<string, string>> {
  const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer, byteOffset, byteLength).toString("hex");
  return Object.fromEntries([...capture(model).tensors].map(([name, { data }]) => [name, hex(data)]));
}
