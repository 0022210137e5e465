/**
 * The demo as a newcomer meets it: `spikeline start` and a real browser at the address it prints. Nothing is invented:
 * the shipped model looks at simulated digits. Screenshots go to SPIKELINE_SCREENSHOTS, or to a temporary folder.
 */
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { livePrograms } from "../cli/live-program.ts";
import { temporaryFolder } from "../cli/program.ts";
import { type Browser, chromiumPath, openBrowser, openTab } from "./chromium.ts";
import { textOf, waitForConnected } from "./page-world.ts";

const PUBLISHED_TRAIN_FPS = 21.3;
/** A newcomer who sees nothing for so long goes away; this machine takes a tenth of it. */
const PATIENCE = { timeout: 20_000 };

const numberIn = async (page: Page, id: string) =>
  Number.parseFloat(((await textOf(page, id)) ?? "").replace(",", ""));
/** What is written on the tiles of the page of groups that is shown. */
const names = (page: Page) => page.locator("#tiles .tile:visible .name").allTextContents();
const switchedTo = (page: Page, state: string) =>
  expect.poll(() => textOf(page, "learning-state"), PATIENCE).toBe(state);

/** Reads what the page answers to as many digits, each with the truth beside it. */
async function readAnswers(page: Page, count: number): Promise<string[]> {
  const answers = new Map<string, string>();
  const read = async () => {
    const [frames = "", answer = "", truth = ""] = await page.evaluate(() =>
      ["answer-frames", "glyph-text", "truth-words"].map(
        (id) => document.getElementById(id)?.textContent ?? "",
      ),
    );
    // The count of frames is shown last: once it is another one, the answer is there.
    if (truth.startsWith("The simulator drew a") && frames !== "0" && !answers.has(frames))
      answers.set(frames, `${answer} for ${truth.at(-1)}`);
    return answers.size;
  };
  await expect.poll(read, { ...PATIENCE, interval: 50 }).toBeGreaterThanOrEqual(count);
  return [...answers.values()];
}

const isRight = (answer: string) => answer.at(0) === answer.at(-1) && /^\d for \d$/.test(answer);

describe.skipIf(chromiumPath === undefined)("the demo in a browser", () => {
  const folder = temporaryFolder();
  const launch = livePrograms();
  let browser: Browser | undefined;
  let shots = process.env.SPIKELINE_SCREENSHOTS ?? "";

  beforeAll(async () => {
    if (shots === "") shots = mkdtempSync(join(tmpdir(), "spikeline-screenshots-"));
    mkdirSync(shots, { recursive: true });
    console.log(`screenshots: ${shots}`);
    browser = await openBrowser(chromiumPath ?? "");
  });
  afterAll(() => browser?.close());

  /** The demo with its page open, beside nothing that was learned before. */
  async function newcomer() {
    if (browser === undefined) throw new Error("Expected an open browser.");
    const state = folder.fresh();
    const program = launch(["start", "--port", "0"], { state });
    const address = await program.address;
    const { page, complaints } = await openTab(browser.context);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(address);
    const shot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`) });
    return { state, program, address, page, complaints, shot };
  }

  it("names digits rightly, learns on request far faster than published, and stops again", async () => {
    const { program, page, complaints, shot } = await newcomer();
    const answers = await readAnswers(page, 8);
    expect(answers.filter(isRight).length, answers.join(", ")).toBeGreaterThanOrEqual(6);
    expect(await textOf(page, "lost")).toBe("0");
    expect(await textOf(page, "now-words")).toBe("now, the source sets the pace");
    await expect.poll(async () => (await names(page)).filter((name) => /^\d$/.test(name)).length).toBe(10);
    await shot("1-named");

    await page.click("#learning");
    await switchedTo(page, "on");
    await expect.poll(() => numberIn(page, "now"), PATIENCE).toBeGreaterThan(PUBLISHED_TRAIN_FPS);
    await expect.poll(() => numberIn(page, "possible"), PATIENCE).toBeGreaterThan(PUBLISHED_TRAIN_FPS);
    await expect.poll(() => textOf(page, "now-words"), PATIENCE).toMatch(/ · ×\d+ real time$/);
    await expect
      .poll(() => textOf(page, "learned-state"), PATIENCE)
      .toMatch(/^weights move \d+(\.\d)?\s%\/min$/);
    await shot("2-learning");

    await page.click("#learning");
    await switchedTo(page, "off");
    await expect.poll(() => textOf(page, "now-words"), PATIENCE).toBe("now, the source sets the pace");
    expect(await textOf(page, "learned-state")).toBe("learning is off: fields hold still");
    expect(await textOf(page, "lost")).toBe("0");
    expect(complaints).toEqual([]);
    await page.close();
    expect((await program.end()).code).toBe(0);
  });

  it("keeps the name of a group over a reload and a crash, and comes back by itself", async () => {
    const { state, program, address, page, shot } = await newcomer();
    const nameOf = (place: number) => page.locator("#tiles .tile .name").nth(place).textContent();
    await readAnswers(page, 1);
    // What answered was spikes: they are to be seen before the next digit comes.
    await expect.poll(() => textOf(page, "spikes-words"), { timeout: 700 }).toBe("");
    expect(await nameOf(4)).toMatch(/^\d$/);
    await page.locator("#tiles .tile").nth(4).click();
    await page.keyboard.type("Hephaistos");
    await shot("3-naming");
    await page.keyboard.press("Enter");
    await expect.poll(() => nameOf(4), PATIENCE).toBe("Hephaistos");
    await page.reload();
    await waitForConnected(page);
    await expect.poll(() => nameOf(4), PATIENCE).toBe("Hephaistos");
    const models = join(state, "spikeline", "models");
    await expect.poll(() => readdirSync(models), PATIENCE).toEqual(["flagship-events.000001.safetensors"]);

    await program.end("SIGKILL");
    await expect.poll(() => textOf(page, "link-words"), PATIENCE).toMatch(/^Not connected · /);
    expect(await textOf(page, "notice")).toMatch(
      /^spikeline goes on without this page, or was stopped\. Trying again/,
    );
    expect(await page.locator("#learning").isDisabled()).toBe(true);
    await shot("4-lost");
    const { port } = new URL(address);
    const again = launch(["start", "--port", port], { state });
    await again.address;
    await waitForConnected(page);
    await expect.poll(() => nameOf(4), PATIENCE).toBe("Hephaistos");
    await readAnswers(page, 2);
    expect(await page.locator("#learning").isEnabled()).toBe(true);
    await page.close();
    expect((await again.end()).code).toBe(0);
  });

  it("forgets what it learned when it is asked to, and forms new shapes within two minutes", async () => {
    const { program, page, shot } = await newcomer();
    const fields = () =>
      page.evaluate(() => document.querySelector<HTMLCanvasElement>("#fields")?.toDataURL());
    await expect
      .poll(() => textOf(page, "learned-hint"), PATIENCE)
      .toBe("Wrong, then a new name, adds a class");
    await expect.poll(async () => (await names(page)).includes("forming")).toBe(false);
    const before = await fields();
    await page.click("#reset");
    await page.click("#reset-forget");
    await expect.poll(async () => new Set(await names(page)), PATIENCE).toEqual(new Set(["forming"]));
    expect(await textOf(page, "learned-hint")).toMatch(/^Fields are noise now\. Switch learning on;/);
    await expect.poll(fields, PATIENCE).not.toBe(before);
    await shot("5-forgotten");

    await page.click("#learning");
    await switchedTo(page, "on");
    // Classes have names long before they have shapes: the hint tells of shapes.
    await expect
      .poll(() => textOf(page, "learned-hint"), { timeout: 120_000, interval: 250 })
      .toBe("Wrong, then a new name, adds a class");
    await shot("6-formed");
    await expect.poll(() => numberIn(page, "recent"), { timeout: 120_000 }).toBeGreaterThan(60);
    await page.close();
    expect((await program.end()).code).toBe(0);
  }, 180_000);
});
