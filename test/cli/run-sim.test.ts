import { describe, expect, test } from "vitest";
import type { Speed, StageCounts } from "../../src/core/telemetry.ts";
import { livePrograms, watch } from "./live-program.ts";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";

const SHIPPED = new URL("../../models/flagship-events.safetensors", import.meta.url).pathname;
const folder = temporaryFolder();
const launch = livePrograms();
const simulate = (...args: readonly string[]): Promise<Ran> =>
  spikeline(["run", "--source", "sim:digits", "--learn", "--headless", "--neurons", "50", ...args], {
    state: folder.path("state"),
  });
const fast = ["--speed", "max"];

/** How fast the digits came in the last second; 1 is their own pace. */
async function timesRealTime(frames: string, ...args: readonly string[]): Promise<number> {
  const words = ["run", "--source", "sim:digits", "--headless", "--frames", frames, ...args, "--json"];
  const { speed } = documentOf(await spikeline(words));
  return (speed as Speed).timesRealTime;
}

describe.concurrent("running the simulated camera", () => {
  test("knows what it shows, loses nothing, learns, and gives one JSON document", async () => {
    const ran = await simulate(...fast, "--frames", "300", "--json");
    const document = documentOf(ran);
    expect(document).toMatchObject({ source: "sim:digits", frames: 300, accuracy: { judged: 300 } });
    const { right } = document.accuracy as { right: number };
    // 30 would be chance; 50 neurons and 300 digits do far better.
    expect(right).toBeGreaterThan(90);
    // Views that a newer one replaced, while others kept the machine busy, are no loss of data.
    const data = (document.stages as readonly StageCounts[]).filter(({ unit }) => unit !== "snapshots");
    expect(data.map(({ name }) => name)).toEqual(["sensor", "encoder", "network", "readout"]);
    for (const { name, received, delivered, held, dropped } of data) {
      expect(`${name} ${delivered + held} ${JSON.stringify(dropped)}`).toBe(`${name} ${received} {}`);
    }
    expect(ran.stderr).toContain("300/300 frames");
  });

  test("answers the same for the same seed, and otherwise for another", async () => {
    const answers = async (seed: string) => {
      const document = documentOf(await simulate(...fast, "--frames", "60", "--seed", seed, "--json"));
      const stages = document.stages as readonly StageCounts[];
      return [document.accuracy, stages.find(({ name }) => name === "sensor")];
    };
    const first = await answers("1");
    expect(await answers("1")).toEqual(first);
    expect(await answers("2")).not.toEqual(first);
  });

  test("shows digits in real time, and hurries while it learns", async () => {
    const [watching, learning] = await Promise.all([
      timesRealTime("4", "--model", SHIPPED),
      timesRealTime("60", "--learn"),
    ]);
    // A second is three digits; what hurries shows dozens in the time it takes to start.
    expect(watching).toBeLessThan(1.5);
    expect(learning).toBeGreaterThan(5);
  });

  test("keeps to the pace that it is told", async () => {
    const [slowly, fast] = await Promise.all([
      timesRealTime("4", "--learn", "--speed", "1"),
      timesRealTime("60", "--model", SHIPPED, "--speed", "max"),
    ]);
    expect(slowly).toBeLessThan(1.5);
    expect(fast).toBeGreaterThan(5);
  });

  test("shows digits until Ctrl-C", async () => {
    const program = launch(["run", "--source", "sim:digits", "--model", SHIPPED, "--port", "0", "--json"], {
      state: folder.path("state"),
    });
    const watcher = await watch(await program.address);
    await watcher.snapshot(({ frames }) => frames >= 2);
    const { frames, learning, checkpoint } = documentOf(await program.end());
    expect(frames).toBeGreaterThanOrEqual(2);
    expect({ learning, checkpoint }).toEqual({ learning: false, checkpoint: undefined });
  });

  test("refuses labels, a length said twice, and a name it does not know", async () => {
    const [labels, sized, twice, unknown] = await Promise.all([
      simulate("--labels", "labels.txt"),
      simulate("--size", "34x34"),
      simulate("--passes", "2", "--frames", "3"),
      spikeline(["run", "--source", "sim:digit", "--learn", "--headless"]),
    ]);
    expectRefusal(labels, 2, "SIM_LABELS", /knows what it shows, but labels\.txt came/);
    expectRefusal(sized, 2, "SIM_RECORDING", /only with recordings/);
    expectRefusal(twice, 2, "SIM_LENGTH", /2 and 3/);
    expectRefusal(unknown, 2, "SIM_NAME", /"sim:digit" came; did you mean "sim:digits"\?/);
  });

  test("refuses a number of frames for a folder", async () => {
    const ran = await spikeline(["run", "--source", folder.path(), "--frames", "3", "--learn", "--headless"]);
    expectRefusal(ran, 2, "RUN_FRAMES", /--passes/);
  });
});
