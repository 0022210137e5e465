/** What learning of wave and surface models has in common for the commands: bars, rates, and the passes of the readout. */
import { systemClock } from "../core/clock.ts";
import type { FeatureSpikes } from "../core/feature-spikes.ts";
import type { FeatureReadout } from "../readout/feature-readout.ts";
import type { Progress } from "../report/progress.ts";
import { percentText } from "./learn.ts";
import type { Output } from "./output.ts";

export const fpsText = (frames: number, cpuUs: number) =>
  `${Math.round(frames / (cpuUs / 1e6)).toLocaleString("en-US")} fps`;

export async function withBar<T>(
  output: Output,
  work: { readonly label: string; readonly total: number },
  use: (bar: Progress) => T | Promise<T>,
): Promise<T> {
  const bar = output.progress({ ...work, unit: "frames" });
  try {
    return await use(bar);
  } finally {
    bar.finish();
  }
}

/** Passes of the readout; the weights are the mean of those after each of the last half. */
export function teach(
  readout: FeatureReadout,
  spikes: FeatureSpikes,
  options: { readonly labels: Uint8Array | Uint16Array; readonly passes: number; readonly output: Output },
) {
  const { labels, passes, output } = options;
  return withBar(output, { label: "train", total: labels.length * passes }, (bar) => {
    let right = 0;
    const startUs = systemClock.cpuUs();
    readout.train(spikes, labels, {
      passes,
      average: true,
      onPass: (pass, rightNow) => {
        right = rightNow;
        const frames = pass * labels.length;
        const accuracy = `accuracy ${percentText(right / labels.length)}`;
        bar.update(frames, [fpsText(frames, systemClock.cpuUs() - startUs), accuracy]);
      },
    });
    return { right, cpuUs: systemClock.cpuUs() - startUs };
  });
}
