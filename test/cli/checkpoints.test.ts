/** What a run learned, found again by the next one: the generations beside a model, as a user meets them. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadAnyModel } from "../../src/model/load.ts";
import { livePrograms, watch } from "./live-program.ts";
import { documentOf, type Ran, spikeline, temporaryFolder } from "./program.ts";

const SHIPPED = new URL("../../models/flagship-events.safetensors", import.meta.url).pathname;
const folder = temporaryFolder();
const launch = livePrograms();

/** Where the demo of this state keeps its generations, and the words it is started with. */
function demo() {
  const state = folder.fresh();
  const models = join(state, "spikeline", "models");
  mkdirSync(models, { recursive: true });
  return {
    models,
    start: (args: readonly string[] = [], through: readonly string[] = []) =>
      launch(["start", "--port", "0", ...args], { state, through }),
  };
}

type Demo = ReturnType<typeof demo>;

/** What it says until it has shown a digit. */
async function wordsOf(start: Demo["start"], ...args: readonly string[]): Promise<string> {
  const program = start(args);
  await watch(await program.address);
  const { code, stdout } = await program.end();
  expect(code).toBe(0);
  return stdout;
}

describe.concurrent("the demo", () => {
  test("keeps what it learned, goes on from it the next time, and begins anew with --fresh", async () => {
    const { models, start } = demo();
    const program = start();
    const watcher = await watch(await program.address);
    watcher.send({ kind: "learning", on: true });
    const { speed } = await watcher.snapshot(({ frames, learning }) => learning && frames > 100);
    expect(speed.timesRealTime).toBeGreaterThan(10);
    const { code, stdout } = await program.end();
    expect(code).toBe(0);
    const generation = join(models, "flagship-events.000001.safetensors");
    expect(stdout).toContain(`what it learned is kept in ${generation}\n`);
    const [learned, shipped] = await Promise.all([loadAnyModel(generation), loadAnyModel(SHIPPED)]);
    const framesOf = (model: typeof learned) => model.description.provenance.framesSeen;
    expect(framesOf(learned)).toBeGreaterThan(framesOf(shipped) + 90);

    const [again, fresh] = await Promise.all([wordsOf(start), wordsOf(start, "--fresh")]);
    expect(again).toContain("Goes on from flagship-events.000001.safetensors, what was learned last time;");
    expect(fresh).not.toContain("Goes on from");
    expect(readdirSync(models)).toEqual(["flagship-events.000001.safetensors"]);
  });

  test("keeps a name at once, so that not even a power cut takes it away", async ({ expect }) => {
    const { models, start } = demo();
    const program = start();
    const watcher = await watch(await program.address);
    watcher.send({ kind: "name", group: 3, name: "Hephaistos" });
    await watcher.learned(({ groups }) => groups[3]?.name === "Hephaistos");
    await expect
      .poll(() => readdirSync(models), { timeout: 20_000 })
      .toEqual(["flagship-events.000001.safetensors"]);
    await program.end("SIGKILL");

    const again = start();
    const { groups } = await (await watch(await again.address)).learned(() => true);
    expect(groups[3]).toMatchObject({ name: "Hephaistos" });
    expect(groups.filter(({ name }) => name === "Hephaistos")).toHaveLength(1);
    await again.end();
  });

  test("tells of the name it keeps when it is ended right after", async () => {
    const { models, start } = demo();
    const program = start(["--json"]);
    const watcher = await watch(await program.address);
    watcher.send({ kind: "name", group: 0, name: "last words" });
    watcher.send({ kind: "stop" });
    await watcher.snapshot(({ state }) => state === "ended");
    expect(documentOf(await program.end())).toMatchObject({
      checkpoint: join(models, "flagship-events.000001.safetensors"),
    });
  });

  test("leaves a damaged generation out with a sentence and goes on from the one before", async () => {
    const { models, start } = demo();
    const [older, newer] = ["flagship-events.000007.safetensors", "flagship-events.000008.safetensors"];
    for (const name of [older, newer]) copyFileSync(SHIPPED, join(models, name));
    truncateSync(join(models, newer), 100_000);
    const said = await wordsOf(start);
    expect(said).toMatch(/^A checkpoint was left out: Expected .*flagship-events\.000008\.safetensors.*$/m);
    expect(said).toContain(`Goes on from ${older}`);
    expect(readdirSync(models)).toEqual([older, newer]);
  });

  test("goes on without saving when a write breaks off as on a full disk, and says so", async () => {
    const { models, start } = demo();
    // Files of more than 64 blocks of 512 bytes: the token is smaller, the model is not.
    const program = start([], ["sh", "-c", 'ulimit -f 64; exec "$@"', "sh"]);
    const watcher = await watch(await program.address);
    watcher.send({ kind: "name", group: 0, name: "nowhere" });
    const { message, frames } = await watcher.snapshot(({ message }) => message !== undefined);
    expect(message).toMatch(
      /^Expected .*flagship-events\.000001\.safetensors.*EFBIG.*; recognition goes on\.$/,
    );
    await watcher.snapshot((snapshot) => snapshot.frames > frames);
    const { code, stdout } = await program.end();
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(message);
    expect(readdirSync(models)).toEqual([]);
  });
});

describe.concurrent("a run from a model file", () => {
  test("goes on from the younger of the file and its generations, and says which", async () => {
    const home = folder.fresh();
    const [file, generation] = [join(home, "m.safetensors"), join(home, "m.000001.safetensors")];
    copyFileSync(SHIPPED, file);
    const run = (...more: readonly string[]): Promise<Ran> => {
      const simulated = ["run", "--source", "sim:digits", "--speed", "max", "--headless"];
      return spikeline([...simulated, "--model", file, "--frames", "20", ...more]);
    };
    const before = readFileSync(file);
    const { checkpoint } = documentOf(await run("--learn", "--json"));
    expect(checkpoint).toBe(generation);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await run()).stdout).toContain("Goes on from m.000001.safetensors");

    const { mtimeMs } = statSync(generation);
    utimesSync(file, new Date(mtimeMs + 1000), new Date(mtimeMs + 1000));
    const { stdout } = await run();
    expect(stdout).not.toContain("Goes on from");
    expect(stdout).toContain(
      "m.000001.safetensors learned more, but m.safetensors is younger and is what it begins with.",
    );
  });
});
