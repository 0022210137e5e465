import { readFileSync } from "node:fs";
import { lastValueFrom, tap, toArray } from "rxjs";
import { expect, it } from "vitest";
import type { EventBatch, SpikeBatch } from "../../src/core/batches.ts";
import { EventGridEncoder } from "../../src/encoders/event-grid.ts";
import type { ModelDescription } from "../../src/model/schema.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { through } from "../../src/pipeline/operators/through.ts";
import { RecordingFolderSensor } from "../../src/sensors/recording-folder.ts";
import { describeSystem } from "../../src/systems/describe-system.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "../cli/program.ts";
import { dataPath, describeRecordings } from "./data-folder.ts";

type Stage = {
  name: string;
  received: number;
  delivered: number;
  held: number;
  dropped: Record<string, number>;
};
const stageOf = (document: Record<string, unknown>, wanted: string) =>
  (document.stages as readonly Stage[]).find(({ name }) => name === wanted);

/** Plays one recording into the encoder of a fresh model for its sensor. */
async function play(path: string, size: { readonly width: number; readonly height: number }) {
  const { encoder, input } = describeSystem("diehl-cook-events", { input: size });
  if (encoder.kind !== "event-grid") throw new Error("no event grid");
  const grid = new EventGridEncoder(input, encoder);
  const recordings = [{ path, name: "a", label: undefined }];
  const sensor = new RecordingFolderSensor({ name: "a", recordings, speed: "max", ...size, size });
  let longest = 0;
  const watch = tap<EventBatch>(({ offsetUs, length }) => {
    longest = Math.max(longest, (offsetUs[length - 1] ?? 0) - (offsetUs[0] ?? 0));
  });
  const frames = await lastValueFrom(sensor.open().pipe(watch, through(grid), toArray()));
  return { frames, longest, sensor: sensor.counts(), encoder: grid.counts() };
}

const EVT2 = { name: "evt2_sample.raw", events: 539_481, width: 640, height: 480 };
const EVT3 = { name: "evt3_sample.raw", events: 219_596, width: 1280, height: 720 };
const GESTURES = {
  width: 128,
  height: 128,
  files: Array.from({ length: 10 }, (_, i) => `dvsgesture-ibm-10/${i + 1}.bs2`),
};
const folder = temporaryFolder();
const live = ["--learn", "--headless", "--speed", "max", "--json"];
const run = (...args: readonly string[]) =>
  spikeline(["run", ...args, ...live], { state: folder.path("state") });

/** How the weights of cells side by side correlate, over all fields: 0 for noise. */
function neighbourCorrelation(network: SpikingNetwork, { input, encoder }: ModelDescription): number {
  const columns = Math.ceil(input.width / (encoder.kind === "event-grid" ? encoder.pool : 1));
  const fields = network.fields();
  const mean = fields.reduce((sum, weight) => sum + weight, 0) / fields.length;
  let together = 0;
  let alone = 0;
  for (let i = 0; i + 1 < fields.length; i++) {
    if (i % columns === columns - 1) continue;
    const off = (fields[i] ?? 0) - mean;
    together += off * ((fields[i + 1] ?? 0) - mean);
    alone += off * off;
  }
  return together / alone;
}

describeRecordings("real recordings, played", () => {
  it.each([EVT2, EVT3])("bring every event of $name that info counts, in slices", async (sample) => {
    const path = dataPath("expelliarmus-samples", sample.name);
    const { events, width, height, dropped } = documentOf(await spikeline(["info", path, "--json"]));
    expect({ events, width, height, dropped }).toEqual({
      events: sample.events,
      width: sample.width,
      height: sample.height,
      dropped: 0,
    });
    const played = await play(path, sample);
    expect(played.sensor).toMatchObject({ received: events, delivered: events, held: 0, dropped: {} });
    const { received, delivered, held, dropped: lost } = played.encoder;
    expect({ received, held }).toEqual({ received: events, held: 0 });
    expect(lost).toEqual({ filtered: sample.events - delivered });
    expect(played.frames.reduce((sum, { length }) => sum + length, 0)).toBe(delivered);
    expect(played.longest).toBeLessThan(10_000);
  });

  it("bring every event of a gesture, told the size of its sensor", async () => {
    const size = { width: 128, height: 128 };
    const path = dataPath("dvsgesture-ibm-10", "1.bs2");
    const { frames, sensor } = await play(path, size);
    const events = readFileSync(path).length / 5;
    expect(sensor.dropped).toEqual({});
    // Words that mark an overflow of the clock are no events.
    expect(sensor.received).toBeGreaterThan(0.99 * events);
    expect(frames.length).toBe(15);
  });

  it.each([EVT2, EVT3])(
    "run through the program from $name and from standard input alike",
    async (sample) => {
      const path = dataPath("expelliarmus-samples", sample.name);
      const [file, piped] = await Promise.all([
        run("--source", path),
        spikeline(["run", "--source", "-", ...live], { stdin: { bytes: readFileSync(path) } }),
      ]);
      const document = documentOf(file);
      expect(stageOf(document, "sensor")).toMatchObject({
        received: sample.events,
        delivered: sample.events,
      });
      expect(document).toMatchObject({ frames: 1, learning: true });
      for (const name of ["sensor", "encoder"]) {
        expect(stageOf(documentOf(piped), name)).toEqual(stageOf(document, name));
      }
    },
  );

  it.each([
    ["evt2_sample.raw", EVT2, ["expelliarmus-samples/evt2_sample.raw"]],
    ["evt3_sample.raw", EVT3, ["expelliarmus-samples/evt3_sample.raw"]],
    ["ten gestures", GESTURES, GESTURES.files],
  ])(
    "teach a fresh model: %s bring 8 to 200 output spikes a window, and fields with a shape",
    async (_, size, files) => {
      const once: SpikeBatch[] = [];
      for (const file of files) once.push(...(await play(dataPath(file), size)).frames);
      const description = describeSystem("diehl-cook-events", { input: size });
      const network = SpikingNetwork.create(description);
      const fresh = neighbourCorrelation(network, description);
      const spikes: number[] = [];
      while (spikes.length < 500) {
        for (const frame of once) {
          const { counts } = network.present(frame, { learn: true });
          spikes.push(counts.reduce((sum, count) => sum + count, 0));
        }
      }
      const late = spikes.slice(spikes.length / 2);
      const mean = late.reduce((sum, count) => sum + count, 0) / late.length;
      expect(mean).toBeGreaterThan(8);
      expect(mean).toBeLessThan(200);
      expect(Math.abs(fresh)).toBeLessThan(0.02);
      expect(neighbourCorrelation(network, description)).toBeGreaterThan(0.1);
      network.dispose();
    },
  );

  it("are refused with the byte where they break off, after all before has been played", async () => {
    const bytes = readFileSync(dataPath("expelliarmus-samples", EVT3.name));
    const torn = bytes.subarray(0, 300_001);
    const ran = await spikeline(["run", "--source", "-", ...live], { stdin: { bytes: torn } });
    expectRefusal(ran, 65, "EVT3_TRUNCATED", /found 1 at byte 300000, where the file ends/);
  });
});
