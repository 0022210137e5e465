import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { livePrograms, watch } from "./live-program.ts";
import { documentOf, expectRefusal, spikeline, temporaryFolder } from "./program.ts";

const folder = temporaryFolder();
const launch = livePrograms();
const start = (state: string, ...args: readonly string[]) =>
  launch(["start", "--port", "0", ...args], { state });

describe.concurrent("the demo", () => {
  test("prints its address, says where it keeps what it learns, and names digits right", async () => {
    const state = folder.fresh();
    const program = start(state);
    expect(await program.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    const watcher = await watch(await program.address);
    const { classNames, source, learning, speed } = await watcher.snapshot(({ frames }) => frames >= 3);
    expect({ source, learning }).toEqual({ source: "sim:digits", learning: false });
    expect(classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(speed.timesRealTime).toBeLessThan(1.5);
    const { code, stdout } = await program.end();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^A simulated event camera looks at handwritten digits; /);
    expect(stdout).toContain(`What it learns is kept in ${state}/spikeline/models.\n`);
    expect(stdout).toMatch(/^From another machine, first: ssh -L \d+:127\.0\.0\.1:\d+ \S+$/m);
    expect(stdout).toMatch(/^[3-9] digits shown, \d+\.\d % named right\nnothing new was learned\n$/m);
    expect(Number(/([\d.]+) % named/.exec(stdout)?.[1])).toBeGreaterThan(60);
    expect(readdirSync(`${state}/spikeline/models`)).toEqual([]);
  });

  test("gives one JSON document with --json, and ends as well at SIGTERM", async () => {
    const program = start(folder.fresh(), "--json");
    const watcher = await watch(await program.address);
    await watcher.snapshot(({ frames }) => frames >= 1);
    const ran = await program.end("SIGTERM");
    const { frames, accuracy, ...rest } = documentOf(ran);
    expect(accuracy).toMatchObject({ judged: frames });
    expect(rest).toEqual({});
    expect(ran.stderr).toContain("What it learns is kept in ");
  });

  test("prints nothing with --quiet", async ({ expect }) => {
    const state = folder.fresh();
    const program = start(state, "--quiet");
    await expect.poll(() => existsSync(join(state, "spikeline", "token")), { timeout: 20_000 }).toBe(true);
    expect(await program.end()).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe.concurrent("the demo refuses", () => {
  test("a folder for what it learns that cannot be made, and one it may not write to", async (context) => {
    const blocked = folder.fresh();
    mkdirSync(join(blocked, "spikeline"));
    writeFileSync(join(blocked, "spikeline", "models"), "a file in the way");
    const refused = await spikeline(["start", "--port", "0"], { state: blocked });
    expectRefusal(refused, 74, "STATE_FOLDER", /spikeline\/models for what is learned, .* XDG_STATE_HOME/);

    // Root may write anywhere: then the program runs as a user who may not, if that user may read it at all.
    const user = process.getuid?.() === 0 ? 65_534 : undefined;
    const { code } = await spikeline(["--version"], { user });
    context.skip(code !== 0, "another user than root cannot read the program here");
    const state = folder.fresh();
    chmodSync(folder.path(), 0o711);
    chmodSync(state, 0o555);
    const readOnly = await spikeline(["start", "--port", "0"], { state, user });
    expectRefusal(readOnly, 74, "STATE_FOLDER", /says E(ACCES|ROFS); name another with XDG_STATE_HOME/);
  });
});
