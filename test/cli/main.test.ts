import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { packageVersion } from "../../src/core/version.ts";
import { expectUsage, MAIN, spikeline } from "./program.ts";

const COMMANDS = ["start", "run", "train", "eval", "export", "bench", "info"];

describe.concurrent("help", () => {
  test("lists every command", async () => {
    const { code, stdout, stderr } = await spikeline(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
  });

  test.each(COMMANDS)("of %s explains every option and gives an example", async (command) => {
    const { code, stdout, stderr } = await spikeline([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`\nExample: spikeline ${command}`);
    const options = stdout.split("\n").filter((line) => /^ {2}--/.test(line));
    expect(options.length).toBeGreaterThanOrEqual(2);
    for (const line of options) expect(line).toMatch(/^ {2}--[a-z-]+( <[a-z]+>)? {2,}\S/);
    expect(stdout).toContain("--json");
    expect(stdout).toContain("--quiet");
  });

  test("gives the package's version", async () => {
    expect(await spikeline(["--version"])).toEqual({ code: 0, stdout: `${packageVersion()}\n`, stderr: "" });
  });

  test("comes on stderr, as a wrong call, when no command was given", async () => {
    expectUsage(await spikeline([]), /^Usage: spikeline/);
  });
});

describe.concurrent("a wrong call", () => {
  test.each([
    [["trian"], /unknown command 'trian'\n\(Did you mean train\?\)/],
    [["train", "--pases", "2"], /unknown option '--pases'\n\(Did you mean --passes\?\)/],
    [["eval", "--datset", "mnist", "m"], /unknown option '--datset'\n\(Did you mean --dataset\?\)/],
    [["info"], /missing required argument 'file'/],
    [["run"], /required option '--source <source>' not specified/],
    [["train", "--passes"], /option '--passes <n>' argument missing/],
  ])("%j is named, with the nearest known word", async (args, words) => {
    expectUsage(await spikeline(args), words);
  });
});

describe.concurrent("the program", () => {
  test("runs by its name in the checkout, as npx finds it", () => {
    const npx = spawnSync("npx", ["--no-install", "spikeline", "train", "--help"], {
      encoding: "utf8",
      cwd: new URL("../..", import.meta.url).pathname,
    });
    expect(npx.status).toBe(0);
    expect(npx.stdout).toMatch(/^Usage: spikeline train/);
  });

  test("goes on in silence when nobody reads its words any more", () => {
    const shell = spawnSync("bash", [
      "-c",
      `"$0" "$1" --help | true; echo "\${PIPESTATUS[0]}"`,
      process.execPath,
      MAIN,
    ]);
    expect(`${shell.stderr}`).toBe("");
    expect(`${shell.stdout}`).toBe("0\n");
  });

  test.skipIf(!existsSync("/dev/full"))("says so when its words cannot be written", () => {
    const shell = spawnSync("sh", ["-c", `"$0" "$1" --version > /dev/full`, process.execPath, MAIN]);
    expect(`${shell.stderr}`).toMatch(/^spikeline: Expected .* ENOSPC\. \(STDOUT_WRITE\)\n$/);
    expect(shell.status).toBe(74);
  });
});
