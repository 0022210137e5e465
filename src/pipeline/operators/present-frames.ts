/** Presents labelled frames (batches of images, or one window of spikes each) to a network and times it. */
import { map, type OperatorFunction } from "rxjs";
import type { SpikeBatch } from "../../core/batches.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import type { LabelledImages } from "../../datasets/labelled-frames.ts";
import type { FrameOutputs, SpikingNetwork } from "../../network/spiking-network.ts";

/** What can be learned from and judged: images with their labels, or spikes whose episode carries the label. */
export type LabelledFrames = LabelledImages | SpikeBatch;

/** The part of a network that frames are presented to. */
export type FrameNetwork = Pick<SpikingNetwork, "presentImages" | "present">;

export type PresentedFrames = {
  /** Class per frame, -1 where the truth is not known. */
  readonly labels: Int16Array;
  readonly outputs: FrameOutputs;
  /** CPU time of encoding and network, in microseconds. */
  readonly cpuUs: number;
};

export function presentFrames(
  options: { readonly network: FrameNetwork; readonly learn: boolean },
  clock: Clock = systemClock,
): OperatorFunction<LabelledFrames, PresentedFrames> {
  const { network, learn } = options;
  return map((input) => {
    const startUs = clock.cpuUs();
    if ("images" in input) {
      const outputs = network.presentImages(input.images, { frames: input.frames, learn });
      return { labels: Int16Array.from(input.labels), outputs, cpuUs: clock.cpuUs() - startUs };
    }
    const { counts, inputSpikes } = network.present(input, { learn });
    const outputs = {
      frames: 1,
      counts,
      inputSpikes: Uint32Array.of(inputSpikes),
      repeats: new Uint8Array(1),
    };
    const labels = Int16Array.of(input.episode?.label ?? -1);
    return { labels, outputs, cpuUs: clock.cpuUs() - startUs };
  });
}
