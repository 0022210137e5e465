/** The page of a model with features and rewards in a real browser: its states, at every size, dark and light. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/core/telemetry.ts";
import { addressWithToken } from "../../src/dashboard/auth.ts";
import { findings } from "./axe.ts";
import { chromiumPath, openTab } from "./chromium.ts";
import { findFaults } from "./find-faults.ts";
import { PageWorld, textOf, waitForText } from "./page-world.ts";
import { digitsSnapshot, fullSnapshot, LONG_NAMES } from "./synthetic.ts";
import { flagshipLearned, flagshipSnapshot, marginTrace } from "./synthetic-flagship.ts";

/** The longest names and numbers on top of everything there is. */
function fullFlagship(step: number): Snapshot {
  const full = fullSnapshot(step);
  const { margins, wave, raster } = flagshipSnapshot(step);
  const id = margins?.decision ?? 0;
  return {
    ...full,
    decision: full.decision && { ...full.decision, id },
    margins: margins && {
      ...margins,
      spikes: 1_234_567_890,
      spikesSoFar: margins.spikesSoFar.map(() => 1_234_567_890),
    },
    rewardable: "reward",
    learning: true,
    wave,
    raster,
    learned: full.learned && flagshipLearned(step, LONG_NAMES),
  };
}

describe.skipIf(chromiumPath === undefined)("the page of a flagship", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => {
    world.make = flagshipSnapshot;
    return world.start();
  });
  afterEach(() => world.tidy());

  async function open(width: number, height: number, scheme: "dark" | "light"): Promise<Page> {
    const { page } = await openTab(world.browser.context);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(addressWithToken(world.dashboard.url, world.token));
    await page.waitForFunction(() => document.getElementById("recent")?.textContent !== "–");
    await page.waitForFunction(() => document.getElementById("margin-words")?.textContent !== "–");
    await page.waitForSelector("#wave-button:not([hidden])");
    await page.waitForSelector("#right:not([disabled])");
    return page;
  }

  /** Nothing cut, nothing overlapping, nothing for axe, no scrolling on a desktop. */
  async function expectSound(page: Page, name: string, isNew = true): Promise<void> {
    const width = page.viewportSize()?.width ?? 0;
    await page.screenshot({ path: world.shot(`${name}-${width}`), fullPage: width < 1200 });
    expect(await page.evaluate(findFaults)).toEqual([]);
    // axe takes a second: once for each part is enough.
    if (isNew) expect(await findings(page)).toEqual([]);
    if (width === 1440)
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(900);
  }

  const looks = [
    { width: 1440, height: 900, scheme: "dark" },
    { width: 1440, height: 900, scheme: "light" },
    { width: 1200, height: 900, scheme: "light" },
    { width: 768, height: 1024, scheme: "dark" },
    { width: 390, height: 844, scheme: "dark" },
    { width: 390, height: 844, scheme: "light" },
  ] as const;

  it.each(looks)(
    "is sound in every state at $width × $height, $scheme",
    async ({ width, height, scheme }) => {
      const page = await open(width, height, scheme);
      await expectSound(page, `flagship-${scheme}`);
      await page.click("#wrong");
      await page.waitForSelector("#which-one[open]");
      await expectSound(page, `which-one-${scheme}`);
      await page.keyboard.press("Escape");
      await page.waitForSelector("#which-one:not([open])", { state: "attached" });
      await page.click("#part-features");
      await page.click("#wave-button");
      await page.waitForSelector("#wave:not([hidden])");
      await waitForText(page, "learned-count", "1–20 of 32 features");
      await page.waitForFunction(() =>
        (document.getElementById("fields")?.ariaLabel ?? "").includes("features"),
      );
      await expectSound(page, `wave-and-features-${scheme}`);
      world.make = (step) => {
        const { decision, ...rest } = flagshipSnapshot(step);
        const unsure = decision && { ...decision, margin: 0.18 };
        return { ...rest, decision: unsure, margins: marginTrace(decision?.id ?? 0, false) };
      };
      await waitForText(page, "glyph-text", "unsure");
      await page.keyboard.press("Escape");
      await expectSound(page, `unsure-${scheme}`, false);
      world.make = fullFlagship;
      await page.waitForSelector("#ledger.losing");
      await page.waitForFunction(() =>
        document.getElementById("margin-words")?.textContent?.includes("1,234,567,890"),
      );
      await waitForText(
        page,
        "candidates-note",
        width < 720 ? "share of votes" : "share of votes, 5 of 12 names",
      );
      await expectSound(page, `full-${scheme}`, false);
      await page.click("#wrong");
      await page.waitForSelector("#which-one[open]");
      await expectSound(page, `full-which-${scheme}`, false);
      expect(await textOf(page, "which-not")).toContain("not an unusually long name!!");
    },
  );

  it("shows the wave of the block that is clicked, of an old one not, and goes back by Escape", async () => {
    const page = await open(1440, 900, "dark");
    await page.waitForFunction(() => !document.getElementById("raster")?.ariaLabel?.includes("No answers"));
    const box = await page.locator("#raster").boundingBox();
    if (box === null) throw new Error("Expected a raster.");
    const clickBlock = (secondsAgo: number) =>
      page.mouse.click(box.x + box.width * (1 - secondsAgo / 3), box.y + box.height - 30);
    await clickBlock(0.15);
    await page.waitForSelector("#wave:not([hidden])");
    expect(await page.isVisible("#raster")).toBe(false);
    expect(await page.locator("#wave").getAttribute("aria-label")).toContain("118 spikes of 32 features");
    expect(await textOf(page, "spikes-note")).toMatch(/^118 spikes · answer [71]$/);
    const inked = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#wave");
      const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let mint = 0;
      for (let i = 0; i < data.length; i += 4) if ((data[i + 1] ?? 0) > (data[i] ?? 0) + 60) mint++;
      return mint;
    });
    expect(inked).toBeGreaterThan(118 * 4);
    await page.keyboard.press("Escape");
    await page.waitForSelector("#wave", { state: "hidden" });
    expect(await page.isVisible("#raster")).toBe(true);
    // From now on frames come without their waves.
    world.make = (step) => flagshipSnapshot(step, { wave: undefined });
    const frames = Number((await textOf(page, "answer-frames"))?.replaceAll(",", ""));
    const passed = (wanted: number) =>
      Number(document.getElementById("answer-frames")?.textContent?.replaceAll(",", "")) >= wanted;
    await page.waitForFunction(passed, frames + 4);
    await clickBlock(0.4);
    await waitForText(page, "spikes-note", "That frame’s wave is gone.");
    await waitForText(page, "spikes-note", "32 features");
    expect(await page.isVisible("#wave")).toBe(false);
  });

  it("keeps the panel as it is where there are no waves, no margins and no features", async () => {
    world.make = (step) => digitsSnapshot(step);
    const { page } = await world.open();
    await waitForText(page, "spikes-note", "200 of 400 neurons");
    await page.locator("#raster").click({ position: { x: 340, y: 365 } });
    for (const id of ["wave-button", "wave", "margin-frame", "parts"])
      expect(await page.locator(`#${id}`).isHidden()).toBe(true);
  });

  it("shows classes that can be renamed, and the features below them that cannot", async () => {
    const page = await open(1440, 900, "dark");
    await waitForText(page, "learned-count", "10 classes");
    expect(await textOf(page, "learned-hint")).toBe("Wrong, then a new name, adds a class");
    await page.waitForSelector(".tile.winner");
    await page.locator(".tile").first().click();
    expect(await page.locator(".naming").count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await page.locator(".tile").first().getAttribute("aria-label")).toMatch(
      /^class 1: 0, .* of the answers/,
    );
    await page.click("#part-features");
    await waitForText(page, "learned-count", "1–20 of 32 features");
    expect(await page.locator("#part-features").getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator(".tile").first().getAttribute("aria-label")).toMatch(
      /^feature 1: 1, .* of the spikes/,
    );
    expect(await page.locator(".tile.winner").count()).toBe(0);
    await page.locator(".tile").first().click();
    expect(await page.locator(".naming").count()).toBe(0);
    await page.click("#tiles-on");
    await waitForText(page, "learned-count", "21–32 of 32 features");
    // What was learned meanwhile does not turn the page back.
    world.make = (step) =>
      flagshipSnapshot(step, { learned: { ...flagshipLearned(step), changePerMinute: 0.03 } });
    await waitForText(page, "learned-state", "weights move 3.0\u00a0%/min");
    expect(await textOf(page, "learned-count")).toBe("21–32 of 32 features");
    await page.click("#part-main");
    await waitForText(page, "learned-count", "10 classes");
  });

  it("leaves the words of a real frame's margin whole on a phone", async () => {
    world.make = (step) => {
      const { margins, ...rest } = flagshipSnapshot(step);
      const spikesSoFar = margins?.spikesSoFar.map((spikes) => 50 * spikes) ?? [];
      return { ...rest, margins: margins && { ...margins, spikes: 5900, spikesSoFar } };
    };
    const page = await open(390, 844, "light");
    await page.waitForFunction(() => document.getElementById("margin-words")?.textContent?.includes("5,900"));
    const isCut = () =>
      page.evaluate(() => {
        const words = document.getElementById("margin-words");
        return words === null || words.scrollWidth > words.clientWidth;
      });
    expect(await isCut()).toBe(false);
  });

  it("says what it is not sure of, and by how much", async () => {
    world.make = (step) => {
      const { decision, ...rest } = flagshipSnapshot(step);
      const margins = marginTrace(decision?.id ?? 0, false);
      return { ...rest, margins, decision: decision && { ...decision, margin: 0.18, label: 7 } };
    };
    const { page } = await world.open();
    await waitForText(page, "glyph-text", "unsure");
    expect(await textOf(page, "glyph-guess")).toBe("perhaps 7");
    await waitForText(page, "margin-words", "unsure after 118 spikes · 263\u00a0ms");
    expect(await page.evaluate(() => document.getElementById("margin-enough")?.style.left)).toBe("30%");
    expect(await page.locator("#margin-curve").getAttribute("aria-label")).toContain("0.30 is enough");
  });

  it("is grey and still once the link is gone, its curve as well", async () => {
    const page = await open(1440, 900, "dark");
    const mint = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("#margin-curve");
        const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let pixels = 0;
        for (let i = 0; i < data.length; i += 4) if ((data[i + 1] ?? 0) > (data[i] ?? 0) + 60) pixels++;
        return pixels;
      });
    await expect.poll(mint).toBeGreaterThan(50);
    await world.stop();
    await page.waitForSelector("#panels.gone");
    await expect.poll(mint).toBe(0);
    expect(await page.locator("#right").isDisabled()).toBe(true);
    await world.start();
  });

  it("shows of too many long names those with most votes, and always the one that is answered", async () => {
    const shares = LONG_NAMES.map((_, i) => (i < 6 ? 0.15 - i / 100 : 0.02));
    world.make = (step) => {
      const snapshot = fullFlagship(step);
      return { ...snapshot, decision: snapshot.decision && { ...snapshot.decision, label: 10, shares } };
    };
    const page = await open(1440, 900, "dark");
    await waitForText(page, "candidates-note", "share of votes, 5 of 12 names");
    const names = () => page.locator("#candidates .name").allTextContents();
    await expect.poll(names).toEqual(["circle", "square", "triangle", "star", "spiral"]);
    expect(await page.locator("#candidates .winner .name").textContent()).toBe("spiral");
  });
});
