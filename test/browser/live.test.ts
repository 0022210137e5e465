/** The whole live path as a user has it: the program plays real recordings, a real browser sees the decisions. */
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { livePrograms } from "../cli/live-program.ts";
import { temporaryFolder } from "../cli/program.ts";
import { dataPath, describeRecordings } from "../recordings/data-folder.ts";
import { type Browser, chromiumPath, openBrowser, openTab } from "./chromium.ts";

/** The text of an element, by id, from within the page. */
const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

describeRecordings("the program on real recordings, seen in a browser", () => {
  const state = temporaryFolder();
  const launch = livePrograms();
  let browser: Browser | undefined;
  afterEach(() => browser?.close());

  it.skipIf(chromiumPath === undefined)(
    "decisions arrive and change, nothing is lost, and learning can be switched off",
    async () => {
      const folder = dataPath("nmnist-small-bs2");
      const recordings = ["--source", folder, "--labels", join(folder, "train1K.txt")];
      const program = launch(["run", ...recordings, "--learn", "--port", "0"], { state: state.path() });
      browser = await openBrowser(chromiumPath ?? "");
      const { page, complaints } = await openTab(browser.context);
      await page.goto(await program.address);
      const framesOf = async () => Number.parseInt(await page.evaluate(textOf, "answer-frames"), 10);
      await expect.poll(framesOf, { timeout: 20_000 }).toBeGreaterThan(0);
      const before = await framesOf();
      await expect.poll(framesOf, { timeout: 20_000 }).toBeGreaterThan(before + 3);
      expect(await page.evaluate(textOf, "lost")).toBe("0");
      expect(page.url()).not.toContain("token");
      await page.click("#learning");
      await expect.poll(() => page.evaluate(textOf, "learning-state")).toBe("off");
      expect(complaints).toEqual([]);
      expect((await program.end()).code).toBe(0);
    },
    60_000,
  );
});
