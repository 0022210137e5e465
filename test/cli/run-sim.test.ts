import { describe, expect, test } from "vitest";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";

const folder = temporaryFolder();
const simulate = (...args: readonly string[]): Promise<Ran> =>
  spikeline(["run", "--source", "sim:digits", "--learn", "--headless", "--neurons", "50", ...args], {
    state: folder.path("state"),
  });
const fast = ["--speed", "max"];

type Stage = { name: string; received: number; delivered: number; held: number; dropped: object };

describe.concurrent("running the simulated camera", () => {
  test("knows what it shows, loses nothing, learns, and gives one JSON document", async () => {
    const ran = await simulate(...fast, "--frames", "300", "--json");
    const document = documentOf(ran);
    expect(document).toMatchObject({ source: "sim:digits", frames: 300, accuracy: { judged: 300 } });
    const { right } = document.accuracy as { right: number };
    // 30 would be chance; 50 neurons and 300 digits do far better.
    expect(right).toBeGreaterThan(90);
    for (const { name, received, delivered, held, dropped } of document.stages as readonly Stage[]) {
      expect(`${name} ${delivered + held} ${JSON.stringify(dropped)}`).toBe(`${name} ${received} {}`);
    }
    expect(ran.stderr).toContain("300/300 frames");
  });

  test("answers the same for the same seed, and otherwise for another", async () => {
    const answers = async (seed: string) => {
      const document = documentOf(await simulate(...fast, "--frames", "60", "--seed", seed, "--json"));
      const stages = document.stages as readonly Stage[];
      return [document.accuracy, stages.find(({ name }) => name === "sensor")];
    };
    const first = await answers("1");
    expect(await answers("1")).toEqual(first);
    expect(await answers("2")).not.toEqual(first);
  });

  test("shows digits in real time unless told otherwise, until Ctrl-C", async () => {
    const ran = await spikeline(
      ["run", "--source", "sim:digits", "--learn", "--neurons", "10", "--port", "0", "--json"],
      {
        state: folder.path("state"),
        when: { says: /From another machine.*\n/, act: (_, kill) => kill("SIGINT") },
      },
    );
    expect(documentOf(ran).frames).toBeLessThan(30);
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
