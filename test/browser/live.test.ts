/** The whole live path as a user has it: the program plays real recordings, a real browser sees the decisions. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, expect, it } from "vitest";
import { dataPath, describeRecordings } from "../recordings/data-folder.ts";
import { type Browser, chromiumPath, openBrowser, openTab } from "./chromium.ts";

const PROGRAM = new URL("../../dist/cli/main.js", import.meta.url).pathname;
/** The text of an element, by id, from within the page. */
const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

describeRecordings("the program on real recordings, seen in a browser", () => {
  const state = mkdtempSync(join(tmpdir(), "spikeline-live-"));
  let program: ChildProcess | undefined;
  let browser: Browser | undefined;

  afterEach(async () => {
    await browser?.close();
    if (program?.exitCode === null) {
      program.kill("SIGINT");
      await once(program, "exit");
    }
    rmSync(state, { recursive: true, force: true });
  });

  /** Starts the program and waits for the address it prints. */
  async function start(...words: readonly string[]): Promise<string> {
    program = spawn(process.execPath, [PROGRAM, "run", ...words, "--port", "0"], {
      env: { ...process.env, XDG_STATE_HOME: state },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    for await (const chunk of program.stdout ?? []) {
      said += String(chunk);
      const address = /http:\/\/\S+#token=\S+/.exec(said)?.[0];
      if (address !== undefined) return address;
    }
    throw new Error(`Expected the program to print the page's address, but it said: ${said}`);
  }

  it.skipIf(chromiumPath === undefined)(
    "decisions arrive and change, nothing is lost, and learning can be switched off",
    async () => {
      const folder = dataPath("nmnist-small-bs2");
      const address = await start("--source", folder, "--labels", join(folder, "train1K.txt"), "--learn");
      browser = await openBrowser(chromiumPath ?? "");
      const { page, complaints } = await openTab(browser.context);
      await page.goto(address);
      const framesOf = async () => Number.parseInt(await page.evaluate(textOf, "answer-frames"), 10);
      await expect.poll(framesOf, { timeout: 20_000 }).toBeGreaterThan(0);
      const before = await framesOf();
      await expect.poll(framesOf, { timeout: 20_000 }).toBeGreaterThan(before + 3);
      expect(await page.evaluate(textOf, "lost")).toBe("0");
      expect(page.url()).not.toContain("token");
      await page.click("#learning");
      await expect.poll(() => page.evaluate(textOf, "learning-state")).toBe("off");
      expect(complaints).toEqual([]);
    },
    60_000,
  );
});
