/** Small fakes for learning and judging over labelled frames: a network that answers at once, a clock that is moved. */
import type { SpikeBatch } from "../../src/core/batches.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { LabelledImages } from "../../src/datasets/labelled-frames.ts";
import type { FrameReadout } from "../../src/pipeline/operators/judge.ts";
import type { FrameNetwork } from "../../src/pipeline/operators/present-frames.ts";

/** One frame is one pixel of light among `NEURONS`: neuron n fires as often as pixel n is bright. */
export const NEURONS = 4;

/** A clock that moves only when it is told to. */
export function movedClock() {
  let cpuUs = 1000;
  const clock: Clock = { nowUs: () => 0, cpuUs: () => cpuUs };
  const work = (us: number) => {
    cpuUs += us;
  };
  return { clock, work };
}

/** Frames whose brightest pixel is given, one a frame; `truth` is the same unless said otherwise. */
export function images(bright: readonly number[], truth: readonly number[] = bright): LabelledImages {
  const pixels = new Uint8Array(bright.length * NEURONS);
  for (const [frame, pixel] of bright.entries()) {
    if (pixel >= 0) pixels[frame * NEURONS + pixel] = 3;
  }
  return { images: pixels, labels: Uint8Array.from(truth), frames: bright.length };
}

/** A window of three spikes on line `bright` (none when negative), in an episode of this label. */
export function spikes(bright: number, label: number | undefined): SpikeBatch {
  const length = bright < 0 ? 0 : 3;
  return {
    startUs: 0,
    durationUs: 1000,
    offsetUs: new Uint32Array(length),
    neuron: new Uint32Array(length).fill(Math.max(bright, 0)),
    length,
    episode: { index: 0, name: "r", label },
  };
}

/** Answers with its input; notes every call in `log` and lets `work` happen in each. */
export function echoNetwork(log: string[] = [], work: () => void = () => undefined): FrameNetwork {
  return {
    presentImages: (pixels, { frames, learn }) => {
      log.push(`images ${frames}${learn ? " learning" : ""}`);
      work();
      const repeats = new Uint8Array(frames).fill(1);
      return {
        frames,
        counts: Uint16Array.from(pixels),
        inputSpikes: new Uint32Array(frames).fill(10),
        repeats,
      };
    },
    present: (batch, { learn }) => {
      log.push(`spikes ${batch.length}${learn ? " learning" : ""}`);
      work();
      const counts = new Uint16Array(NEURONS);
      for (const neuron of batch.neuron) counts[neuron] = (counts[neuron] ?? 0) + 1;
      return { counts, output: batch, unlisted: 0, inputSpikes: batch.length };
    },
  };
}

/** Knows a neuron's class once it has been told, and no sooner. */
export function tellableReadout(log: string[] = [], work: () => void = () => undefined): FrameReadout {
  const classOf = new Map<number, number>();
  const loudest = (counts: Uint16Array) => counts.findIndex((count) => count > 0);
  return {
    decide: (counts) => {
      const label = classOf.get(loudest(counts));
      log.push(`decide ${label}`);
      work();
      return { label, margin: 1, confidence: 1, shares: [0, 0, 0, 0] };
    },
    learn: (counts, labels) => {
      log.push(`learn ${Array.from(labels).join(" ")}`);
      for (let frame = 0; frame < labels.length; frame++) {
        classOf.set(loudest(counts.subarray(frame * NEURONS, (frame + 1) * NEURONS)), labels[frame] ?? -1);
      }
    },
    forgetBy: (factor) => {
      log.push(`forget ${factor}`);
    },
  };
}
