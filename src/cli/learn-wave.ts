/** The work of wave models for the commands: learn the convolution, learn the readout, judge; with bars while it lasts. */
import { from, lastValueFrom, tap, toArray } from "rxjs";
import { joinFeatureSpikes } from "../core/feature-spikes.ts";
import { batches, type ImagePart } from "../datasets/labelled-frames.ts";
import type { WaveModel } from "../model/wave-schema.ts";
import { WaveNetwork } from "../network/wave-network.ts";
import type { Evaluation } from "../pipeline/evaluator.ts";
import { evaluateOnThreads, type ThreadedEvaluation } from "../pipeline/judge-threads.ts";
import { evaluateWaves, learnWaves, presentWaves } from "../pipeline/wave-trainer.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import { BATCH_FRAMES, THREAD_BATCH_FRAMES } from "./frame-set.ts";
import { percentText } from "./learn.ts";
import { fpsText, teach, withBar } from "./learn-readout.ts";
import { openReadout } from "./open-readout.ts";
import type { Output } from "./output.ts";

const batches$ = (images: ImagePart, size = BATCH_FRAMES) => from(batches(images, { size }));

export type Learned = {
  /** Mean w(1 − w) of the last layer. */
  readonly convergence: number;
  readonly spikesPerFrame: number;
  /** Share of the last pass that was judged right before it was learned, moved as it was for learning. */
  readonly accuracySoFar: number;
  /** CPU time of all learning, in microseconds. */
  readonly cpuUs: number;
};

/** The layers learn one after the other from the first images without labels, then the readout from all with them. */
export async function learnWave(
  parts: { readonly network: WaveNetwork; readonly readout: FeatureReadout },
  options: {
    readonly images: ImagePart;
    /** What each layer learns from. */
    readonly unlabelled: ImagePart;
    readonly passes: number;
    readonly output: Output;
  },
): Promise<Learned> {
  const { network, readout } = parts;
  const { images, unlabelled, passes, output } = options;
  const convolved = await learnLayers(network, unlabelled, output);
  const presented = await presentAll(network, images, output);
  const taught = await teach(readout, presented.spikes, { labels: images.labels, passes, output });
  return {
    convergence: convolved.convergence,
    spikesPerFrame: presented.spikes.feature.length / images.count,
    accuracySoFar: taught.right / images.count,
    cpuUs: convolved.cpuUs + presented.cpuUs + taught.cpuUs,
  };
}

async function learnLayers(network: WaveNetwork, images: ImagePart, output: Output) {
  let cpuUs = 0;
  let convergence = 0;
  for (let layer = 0; layer < network.layers; layer++) {
    const learned = await learnLayer(network, { layer, images, output });
    cpuUs += learned.cpuUs;
    convergence = learned.convergence;
  }
  return { cpuUs, convergence };
}

function learnLayer(
  network: WaveNetwork,
  options: { readonly layer: number; readonly images: ImagePart; readonly output: Output },
) {
  const { layer, images, output } = options;
  const label = layer === 0 ? "learn" : `learn ${layer + 1}`;
  return withBar(output, { label, total: images.count }, (bar) =>
    lastValueFrom(
      learnWaves(batches$(images), network, { layer }).pipe(
        tap(({ frames, cpuUs, convergence }) =>
          bar.update(frames, [fpsText(frames, cpuUs), `convergence ${convergence.toFixed(3)}`]),
        ),
      ),
    ),
  );
}

/** The feature spikes of all images: the layers learn no more, so they are made once for all passes. */
function presentAll(network: WaveNetwork, images: ImagePart, output: Output) {
  return withBar(output, { label: "present", total: images.count }, async (bar) => {
    let frames = 0;
    let cpuUs = 0;
    const presented = await lastValueFrom(
      batches$(images).pipe(
        presentWaves(network),
        tap((batch) => {
          frames += batch.labels.length;
          cpuUs += batch.cpuUs;
          bar.update(frames, [fpsText(frames, cpuUs)]);
        }),
        toArray(),
      ),
    );
    return { spikes: joinFeatureSpikes(presented.map(({ spikes }) => spikes)), cpuUs };
  });
}

/** As `judgeWaveModel`, on several threads at once. */
export function judgeOnThreads(
  model: WaveModel,
  options: { readonly images: ImagePart; readonly threads: number; readonly output: Output },
): Promise<ThreadedEvaluation> {
  const { images, threads, output } = options;
  return withBar(output, { label: "test", total: images.count }, (bar) =>
    lastValueFrom(
      evaluateOnThreads(batches$(images, THREAD_BATCH_FRAMES), { model, threads }).pipe(
        tap(({ frames, accuracy }) => bar.update(frames, [`accuracy ${percentText(accuracy)}`])),
      ),
    ),
  );
}

/** Judges a wave model on images, learning off; by another readout if `readout` names an ONNX file. */
export async function judgeWaveModel(
  model: WaveModel,
  options: { readonly images: ImagePart; readonly output: Output; readonly readout?: string | undefined },
): Promise<Evaluation> {
  const { images, output } = options;
  const { classes } = model.description.readout;
  const readout = await openReadout(model, options.readout);
  const network = WaveNetwork.restore(model);
  try {
    return await withBar(output, { label: "test", total: images.count }, (bar) =>
      lastValueFrom(
        evaluateWaves(batches$(images), { network, readout, classes }).pipe(
          tap(({ frames, cpuUs, accuracy }) =>
            bar.update(frames, [fpsText(frames, cpuUs), `accuracy ${percentText(accuracy)}`]),
          ),
        ),
      ),
    );
  } finally {
    network.dispose();
    await readout.dispose();
  }
}
