import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import { tinyModel } from "../model/tiny-model.ts";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";
import { type Recordings, writeCorners } from "./worlds.ts";

const folder = temporaryFolder();
let recordings: Recordings = { folder: "", labels: "", count: 0 };
beforeAll(() => {
  recordings = writeCorners(folder.path("corners"), { count: 6 });
});

const run = (args: readonly string[], setting: Parameters<typeof spikeline>[1] = {}): Promise<Ran> => {
  const { folder: source, labels } = recordings;
  const fixed = ["run", "--source", source, "--labels", labels];
  return spikeline([...fixed, ...args], { state: folder.path("state"), ...setting });
};
const fresh = ["--neurons", "10", "--learn"];
const headless = [...fresh, "--headless", "--speed", "max"];

type Stage = { name: string; received: number; delivered: number; held: number; dropped: object };

function expectConservation(document: Record<string, unknown>): void {
  const stages = document.stages as readonly Stage[];
  expect(stages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["sensor", "encoder", "network", "readout"]),
  );
  for (const { name, received, delivered, held, dropped } of stages) {
    const lost = Object.values(dropped).reduce((sum: number, count: number) => sum + count, 0);
    expect(`${name} ${delivered + held + lost}`).toBe(`${name} ${received}`);
  }
}

describe.concurrent("running without a page", () => {
  test("plays every recording, loses nothing, and gives one JSON document", async () => {
    const document = documentOf(await run([...headless, "--json"]));
    expect(document).toMatchObject({ frames: 6, learning: true, accuracy: { judged: 6 } });
    expectConservation(document);
    expect(document.stages).toContainEqual({
      name: "sensor",
      received: 18_000,
      delivered: 18_000,
      held: 0,
      dropped: {},
      unit: "events",
    });
  });

  test("writes what it learned, and begins with it the next time", async () => {
    const out = folder.path("live.safetensors");
    const quiet = await run([...headless, "--passes", "2", "--out", out, "--quiet"]);
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await loadModel(out)).description.provenance).toMatchObject({
      dataset: "corners",
      framesSeen: 12,
    });
    const again = await run(["--model", out, "--headless", "--speed", "max", "--json"]);
    expect(documentOf(again)).toMatchObject({ frames: 6, learning: false });
  });

  test("says in words how it went", async () => {
    const { code, stdout } = await run(headless);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^6 frames; accuracy .* of 6 with known truth/);
    expect(stdout).toContain("dropped: nothing");
  });
});

describe.concurrent("running with a page", () => {
  test("answers at the address it prints, keeps the page when the source has ended, and ends at Ctrl-C", async () => {
    let page: Promise<Response> | undefined;
    const ran = await run([...fresh, "--speed", "max", "--port", "0"], {
      when: {
        says: /The source has ended/,
        act: (said, kill) => {
          const address = /^The page: (http:\/\/127\.0\.0\.1:\d+\/)#token=[\w-]{43}$/m.exec(said)?.[1];
          page = fetch(address ?? "no address").finally(() => kill("SIGINT"));
        },
      },
    });
    expect(ran.code).toBe(0);
    expect((await page)?.status).toBe(200);
    expect(ran.stdout).toMatch(/^From another machine, first: ssh -L \d+:127\.0\.0\.1:\d+ \S+$/m);
    expect(ran.stdout).toMatch(/^6 frames; accuracy/m);
    expect(statSync(folder.path("state", "spikeline", "token")).mode & 0o777).toBe(0o600);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "ends well at %s while it plays, with its document",
    async (signal) => {
      const ran = await run([...fresh, "--passes", "1000", "--port", "0", "--json"], {
        when: { says: /From another machine.*\n/, act: (_, kill) => kill(signal) },
      });
      const document = documentOf(ran);
      expectConservation(document);
      expect(document.frames).toBeLessThan(6000);
      expect(ran.stderr).toMatch(/^The page: http/);
      expect(ran.stderr).not.toContain("The source has ended");
    },
  );
});

describe.concurrent("running refuses", () => {
  // Long recordings at the sensor's pace: whoever refuses late would time out.
  const live = [...fresh, "--passes", "1000"];

  test("a token that others can read, and a folder for it that cannot be made", async () => {
    const state = folder.path("open-state");
    mkdirSync(`${state}/spikeline`, { recursive: true });
    writeFileSync(`${state}/spikeline/token`, `${"a".repeat(43)}\n`, { mode: 0o644 });
    expectRefusal(await run([...live, "--port", "0"], { state }), 65, "TOKEN_FILE_OPEN", /mode 600/);
    const file = folder.path("file");
    writeFileSync(file, "");
    const nowhere = await run([...live, "--port", "0"], { state: file });
    expectRefusal(nowhere, 74, "STATE_FOLDER", /XDG_STATE_HOME/);
  });

  test("a place for the model that is not there, before it plays", async () => {
    const refused = await run([...live, "--headless", "--out", folder.path("absent", "m.safetensors")]);
    expectRefusal(refused, 74, "OUT_FILE", /make it first/);
    expect(refused.stderr).not.toContain("frames");
  });

  test("a model that is not there, and one that sees images", async () => {
    const absent = await run(["--headless", "--model", folder.path("absent.safetensors")]);
    expectRefusal(absent, 66, "MODEL_MISSING", /absent\.safetensors/);
    const images = folder.path("images.safetensors");
    writeFileSync(images, encodeModel(tinyModel({ classes: 10 })));
    const wrong = await run(["--headless", "--model", images]);
    expectRefusal(wrong, 2, "LIVE_ENCODER", /train diehl-cook-events/);
  });

  test("a label that the model has no class for", async () => {
    const labels = folder.path("eleven.txt");
    writeFileSync(labels, "1 11\n");
    expectRefusal(await run([...headless, "--labels", labels]), 65, "LIVE_LABELS", /found 11 for 1/);
  });

  test("to run where nothing would come of it", async () => {
    expectRefusal(await run(["--headless", "--neurons", "10"]), 2, "RUN_NOTHING", /--learn/);
  });

  test("a speed that is neither 1 nor max", async () => {
    expectRefusal(await run([...live, "--speed", "2"]), 2, "OPTION_VALUE", /for --speed, but "2" came/);
  });
});
