/** A real model of twenty neurons in two groups that takes events of 4×1 pixels, and frames to show it. */
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import { Random } from "../../src/core/random.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import type { LiveClockedModel } from "../../src/pipeline/live-clocked-model.ts";
import { eventDescription } from "./live-world.ts";

const FRAME_US = 50_000;
const SPIKES = 400;

/** Twenty neurons that speak up readily. */
export function trainableDescription(): ModelDescription {
  const description = eventDescription(20);
  const [layer] = description.layers;
  const neuron = { ...layer.neuron, vThresholdMv: -60 };
  const synapses = { ...layer.synapses, gain: 0.1 };
  return { ...description, layers: [{ ...layer, neuron, synapses }] };
}

/** Spikes mostly on line `kind`, a few anywhere; the truth is the kind. */
export function frameOf(index: number, kind = index % 4): SpikeBatch {
  const random = Random.fromKey(1000 + index);
  const neuron = Uint32Array.from({ length: SPIKES }, () =>
    random.nextUnit() < 0.8 ? kind : random.nextBelow(4),
  );
  return {
    startUs: index * FRAME_US,
    durationUs: FRAME_US,
    offsetUs: Uint32Array.from({ length: SPIKES }, (_, i) => (i * FRAME_US) / SPIKES),
    neuron,
    length: SPIKES,
    episode: { index, name: `r${index}`, label: kind },
  };
}

/** The same frame as the events of an episode. */
export function eventsOf(index: number, kind = index % 4): EventBatch {
  const { startUs, offsetUs, neuron, length, episode } = frameOf(index, kind);
  const pixels = { x: Uint16Array.from(neuron), y: new Uint16Array(length) };
  const polarity = new Uint8Array(length).fill(1);
  return { startUs, offsetUs, ...pixels, polarity, length, ...(episode && { episode }) };
}

/** Shows frames with learning on; the readout is told the truth. Answers the output spikes of all neurons. */
export function teach(model: LiveClockedModel, frames: number): Uint32Array {
  const spikes = new Uint32Array(model.network.neurons);
  for (let i = 0; i < frames; i++) {
    const { counts } = model.network.present(frameOf(i), { learn: true });
    model.readout.learn(counts, [i % 4]);
    model.groups.observe(counts);
    model.groups.follow();
    counts.forEach((count, neuron) => {
      spikes[neuron] = (spikes[neuron] ?? 0) + count;
    });
  }
  return spikes;
}

/** All of the model that a file would hold, as comparable bytes. */
export function bitsOf(model: LiveClockedModel): Readonly<Record<string, string>> {
  const { tensors } = model.capture({ framesLearned: 0, source: "test" });
  const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer, byteOffset, byteLength).toString("hex");
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, hex(data)]));
}
