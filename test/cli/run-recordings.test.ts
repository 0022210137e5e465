import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import {
  evt2Words,
  evt3Words,
  headerText,
  joined,
  type Row,
  textBytes,
  wordBytes,
} from "../formats/evt-bytes.ts";
import { documentOf, expectRefusal, MAIN, type Ran, spikeline, temporaryFolder } from "./program.ts";
import { writeCorners } from "./worlds.ts";

const execute = promisify(execFile);
const folder = temporaryFolder();
const COUNT = 6000;
/** 600 ms: six windows. */
const rows = Array.from({ length: COUNT }, (_, i): Row => [7_000_000 + i * 100, i % 64, i % 48, i & 1]);
const words = { evt2: wordBytes(evt2Words(rows), 4), evt3: wordBytes(evt3Words(rows), 2) };
const headed = (format: "evt2" | "evt3") =>
  joined(textBytes(headerText(format.toUpperCase(), 64, 48)), words[format]);
const put = (name: string, bytes: Uint8Array) => {
  writeFileSync(folder.path(name), bytes);
  return folder.path(name);
};
beforeAll(() => {
  put("two.raw", headed("evt2"));
  put("three.raw", headed("evt3"));
});

const learn = ["--neurons", "10", "--learn"];
const fast = [...learn, "--headless", "--speed", "max"];
const run = (args: readonly string[], setting: Parameters<typeof spikeline>[1] = {}): Promise<Ran> =>
  spikeline(["run", ...args], { state: folder.path("state"), ...setting });

type Stage = { name: string; received: number; delivered: number; held: number; dropped: object };
const stagesOf = (document: Record<string, unknown>) => document.stages as readonly Stage[];
const sensorOf = (document: Record<string, unknown>) =>
  stagesOf(document).find(({ name }) => name === "sensor");

/** Nothing is unaccounted for, and the sensor brought this. */
function expectPlayed(document: Record<string, unknown>, events: number): void {
  for (const { name, received, delivered, held, dropped } of stagesOf(document)) {
    const lost = Object.values(dropped).reduce((sum: number, count: number) => sum + count, 0);
    expect(`${name} ${delivered + held + lost}`).toBe(`${name} ${received}`);
  }
  expect(sensorOf(document)).toMatchObject({ received: events, delivered: events, held: 0, dropped: {} });
}

describe.concurrent("running a recording", () => {
  test.each(["two.raw", "three.raw"])("plays %s, as many events as info counts", async (name) => {
    const source = folder.path(name);
    const document = documentOf(await run(["--source", source, ...fast, "--json"]));
    expect(document).toMatchObject({ frames: 6, learning: true, accuracy: { judged: 0 } });
    const { events } = documentOf(await spikeline(["info", source, "--json"]));
    expect(events).toBe(COUNT);
    expectPlayed(document, COUNT);
  });

  test("plays a folder of all formats, and writes a model for its largest sensor", async () => {
    const { folder: mixed } = writeCorners(folder.path("mixed"), { count: 1 });
    for (const name of ["two.raw", "three.raw"]) {
      writeFileSync(`${mixed}/${name}`, readFileSync(folder.path(name)));
    }
    const out = folder.path("mixed.safetensors");
    const ran = await run(["--source", mixed, ...fast, "--out", out, "--json"]);
    expectPlayed(documentOf(ran), 2 * COUNT + 3000);
    const again = await run(["--source", mixed, "--model", out, "--headless", "--speed", "max", "--json"]);
    expectPlayed(documentOf(again), 2 * COUNT + 3000);
  });

  test("says which sensor the model expects when it is another", async () => {
    const out = folder.path("small.safetensors");
    const { folder: source } = writeCorners(folder.path("small"), { count: 1 });
    expect((await run(["--source", source, ...fast, "--out", out, "--quiet"])).code).toBe(0);
    const other = await run(["--source", folder.path("two.raw"), "--model", out, "--headless"]);
    expectRefusal(other, 2, "LIVE_GEOMETRY", /34×34 pixels .* found 64×48/);
  });
});

describe.concurrent("running standard input", () => {
  test.each(["two.raw", "three.raw"])(
    "plays %s as it does the file, through any kind of input",
    async (name) => {
      const bytes = readFileSync(folder.path(name));
      const piped = documentOf(await run(["--source", "-", ...fast, "--json"], { stdin: { bytes } }));
      expect(piped).toMatchObject({ frames: 6 });
      expectPlayed(piped, COUNT);
      // A socket above; here a pipe and a file.
      const command = `"${process.execPath}" "${MAIN}" run --source - ${fast.join(" ")} --json`;
      for (const line of [`cat "${folder.path(name)}" | ${command}`, `${command} < "${folder.path(name)}"`]) {
        const document = documentOf({ code: 0, ...(await execute("sh", ["-c", line])) });
        expect(sensorOf(document)).toEqual(sensorOf(piped));
      }
    },
  );

  test("plays words without a header by --format and --size", async () => {
    for (const format of ["evt2", "evt3"] as const) {
      const said = ["--source", "-", "--format", format, "--size", "64x48"];
      const ran = await run([...said, ...fast, "--json"], { stdin: { bytes: words[format] } });
      expectPlayed(documentOf(ran), COUNT);
    }
  });

  test("ends well at Ctrl-C while it waits for bytes", async () => {
    const ran = await run(["--source", "-", ...learn, "--port", "0", "--json"], {
      stdin: { bytes: headed("evt2"), staysOpen: true },
      when: { says: /From another machine.*\n/, act: (_, kill) => kill("SIGINT") },
    });
    expect(documentOf(ran).learning).toBe(true);
  });

  test("refuses what it cannot know or cannot do", async () => {
    const stdin = { bytes: words.evt2 };
    const bare = await run(["--source", "-", ...fast], { stdin });
    expectRefusal(bare, 65, "RECORDING_FORMAT", /found neither in standard input/);
    const noSize = await run(["--source", "-", "--format", "evt2", ...fast], { stdin });
    expectRefusal(noSize, 2, "RECORDING_SIZE", /--size WxH/);
    expectRefusal(await run(["--source", "-", ...fast]), 65, "RECORDING_FORMAT");
    const twice = await run(["--source", "-", "--passes", "2", ...fast], { stdin });
    expectRefusal(twice, 2, "STDIN_OPTION", /plays standard input once, but 2 came/);
  });
});

describe.concurrent("running a damaged recording", () => {
  test("plays what is before the place where it breaks off, and ends with 65 and the byte", async () => {
    const whole = headed("evt3");
    const source = put("torn.raw", whole.subarray(0, whole.length - 1));
    expectRefusal(
      await run(["--source", source, ...fast]),
      65,
      "EVT3_TRUNCATED",
      `found 1 at byte ${whole.length - 2}, where the file ends; the ${COUNT - 1} events before it`,
    );
    const bytes = whole.subarray(0, whole.length - 1);
    expectRefusal(await run(["--source", "-", ...fast], { stdin: { bytes } }), 65, "EVT3_TRUNCATED");
    const salvaged = await run(["--source", source, ...fast, "--salvage"]);
    expect(salvaged.code).toBe(0);
    expect(salvaged.stdout).toMatch(/^6 frames/);
    expect(salvaged.stdout).toMatch(/^dropped: sensor truncated 1/m);
  });

  test("refuses a folder with junk by its name, and with --salvage plays the rest and says so", async () => {
    const source = folder.path("junk");
    mkdirSync(source);
    writeFileSync(`${source}/1.raw`, headed("evt2"));
    writeFileSync(`${source}/notes.txt`, "what we did");
    writeFileSync(`${source}/2.jpg`, "no events");
    expectRefusal(
      await run(["--source", source, ...fast]),
      65,
      "RECORDINGS_OTHER",
      /found "2\.jpg"; .*--salvage/,
    );
    writeFileSync(`${source}/3.raw`, "no header");
    const salvaged = await run(["--source", source, ...fast, "--salvage", "--json"]);
    const document = documentOf(salvaged);
    expectPlayed(document, COUNT);
    expect(document.message).toMatch(/^2 of 3 recordings could not be read to the end, .*3\.raw/);
    const only = folder.path("only-junk");
    mkdirSync(only);
    writeFileSync(`${only}/3.raw`, "no header");
    for (const salvage of [[], ["--salvage"]]) {
      expectRefusal(await run(["--source", only, ...fast, ...salvage]), 65, "PROPHESEE_HEADER", /3\.raw/);
    }
  });

  test("goes on where the clock was set back, counts what that cost, and says it", async () => {
    const back = rows.map(([timeUs, ...rest]): Row => [timeUs - 5_000_000, ...rest]);
    const bytes = wordBytes(evt2Words([...rows, ...back]), 4);
    const source = put("back.raw", joined(textBytes(headerText("EVT2", 64, 48)), bytes));
    const ran = await run(["--source", source, ...fast]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^12 frames/);
    // Events 100 µs apart: ten until it is sure, the eleventh begins anew.
    expect(ran.stdout).toMatch(/^dropped: sensor time-back 10/m);
    expect(ran.stdout).toMatch(
      /back\.raw to run on, at 0\.599901 s of the stream found it set back by 5598\.9 ms/,
    );
  });
});
