import { join } from "node:path";
import { lastValueFrom, toArray } from "rxjs";
import { expect, it } from "vitest";
import type { SpikeBatch } from "../../src/core/batches.ts";
import { joinFeatureSpikes } from "../../src/core/feature-spikes.ts";
import {
  type LabelledRecording,
  listRecordings,
  splitRecordings,
} from "../../src/datasets/recording-folder.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { through } from "../../src/pipeline/operators/through.ts";
import { createReadout } from "../../src/readout/feature-readout.ts";
import { RecordingFolderSensor } from "../../src/sensors/recording-folder.ts";
import { describeSurfaceSystem } from "../../src/systems/describe-system.ts";
import { flagshipEvents } from "../../src/systems/flagship-events.ts";
import { dataPath, describeRecordings } from "./data-folder.ts";

const PASSES = 20;
const FOLDER = "nmnist-small-bs2";

describeRecordings("flagship-events", () => {
  const kinds = ["linear", "reward"] as const;
  it.each(kinds)(
    "with a %s readout, learned from four of five N-MNIST recordings, names 95 of 100 others and more",
    async (kind) => {
      const path = dataPath(FOLDER);
      const list = listRecordings({ path, labelsFile: join(path, "train1K.txt") });
      const { train, validation } = splitRecordings(list, { validationShare: 0.2, seed: 1 });
      const presentations = train.length * PASSES;
      const options = { seed: 1, presentations, readout: kind };
      const description = describeSurfaceSystem(flagshipEvents, options);
      const network = SurfaceNetwork.create(description);
      const readout = createReadout(description.readout);
      const taught = await framesOf(train);
      for (const frame of taught) network.learn(frame);
      const featuresOf = (frames: readonly SpikeBatch[]) =>
        joinFeatureSpikes(frames.map((frame) => network.present(frame)));
      const labelsOf = (frames: readonly SpikeBatch[]) => frames.map(({ episode }) => episode?.label ?? -1);
      readout.train(featuresOf(taught), labelsOf(taught), { passes: PASSES, average: true });
      const judged = await framesOf(validation);
      const labels = labelsOf(judged);
      const right = readout.judge(featuresOf(judged)).labels.filter((label, k) => label === labels[k]).length;
      expect(judged.length).toBeGreaterThan(150);
      expect(right / judged.length).toBeGreaterThan(0.95);
    },
  );
});

function framesOf(recordings: readonly LabelledRecording[]): Promise<SpikeBatch[]> {
  const input = { width: 34, height: 34 };
  const play = { name: FOLDER, recordings, speed: "max", ...input, size: input } as const;
  const grid = { kind: "event-grid", pool: 1, polarity: "split", window: { by: "episode" } } as const;
  return lastValueFrom(
    new RecordingFolderSensor(play).open().pipe(through(new EventGridEncoder(input, grid)), toArray()),
  );
}
