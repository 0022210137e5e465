/** Runs the compiled program as a user does: in a process of its own. `npm run build:ts` makes it. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;
export const MAIN = join(ROOT, "dist", "cli", "main.js");

export type Ran = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

type Setting = {
  readonly cwd?: string;
  /** Folder that holds the page's token. */
  readonly state?: string;
  /** Runs as this user, which only root can ask for. */
  readonly user?: number | undefined;
  /** Written to stdin, which is then closed, or left open until the program ends; without, there is none. */
  readonly stdin?: { readonly bytes: Uint8Array; readonly staysOpen?: boolean };
  /** Done once, as soon as the program has said these words on stdout or stderr. */
  readonly when?: {
    readonly says: RegExp;
    readonly act: (said: string, kill: (signal: NodeJS.Signals) => void) => void;
  };
};

/** Runs `spikeline ...args` to its end. */
export function spikeline(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  return runNode([MAIN, ...args], setting);
}

export function runNode(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const { cwd = ROOT, state, user, stdin, when } = setting;
  if (!existsSync(MAIN)) throw new Error(`Expected the compiled program at ${MAIN}; run "npm run build:ts".`);
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...(state === undefined ? {} : { XDG_STATE_HOME: state }) },
    stdio: ["pipe", "pipe", "pipe"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // The program may end before it has read all.
  child.stdin.on("error", () => undefined);
  if (stdin === undefined) child.stdin.end();
  else child.stdin.write(stdin.bytes, () => stdin.staysOpen !== true && child.stdin.end());
  const said = { stdout: "", stderr: "" };
  let isDone = false;
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
      if (isDone || when?.says.test(said[stream]) !== true) return;
      isDone = true;
      when.act(said[stream], (signal) => child.kill(signal));
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
  });
}

/** A folder for the tests of a file, removed after them. */
export function temporaryFolder(): {
  readonly path: (...names: string[]) => string;
  /** A new empty folder in it: tests of one file run side by side. */
  readonly fresh: () => string;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: (...names) => join(folder, ...names),
    fresh: () => mkdtempSync(join(folder, "fresh-")),
  };
}

/** One sentence on the last line of stderr with its code, nothing on stdout, and no trace of the stack. */
export function expectRefusal(ran: Ran, exitCode: number, code: string, words: string | RegExp = ""): void {
  const last = ran.stderr.trimEnd().split("\n").at(-1) ?? "";
  expect(`${last}\nexit ${ran.code}`).toMatch(
    new RegExp(`^spikeline: Expected [^\\n]+[.?] \\(${code}\\)\\nexit ${exitCode}$`),
  );
  expect(last).toMatch(words);
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.stdout).toBe("");
}

/** Wrong words on the command line, as commander says it. */
export function expectUsage(ran: Ran, words: string | RegExp): void {
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(words);
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.stdout).toBe("");
}

/** The one JSON document that stdout holds, and nothing else. */
export function documentOf(ran: Ran): Record<string, unknown> {
  expect(`${ran.stderr}\nexit ${ran.code}`).toMatch(/exit 0$/);
  expect(ran.stdout.endsWith("\n")).toBe(true);
  const document: unknown = JSON.parse(ran.stdout);
  if (typeof document !== "object" || document === null) throw new Error(`no document: ${ran.stdout}`);
  return { ...document };
}
