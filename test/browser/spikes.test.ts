/** The panel Spikes in a real browser: what it draws, when, and what it says of it. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressWithToken } from "../../src/dashboard/auth.ts";
import { chromiumPath, openTab } from "./chromium.ts";
import { PageWorld, textOf, waitForText } from "./page-world.ts";
import { digitsSnapshot } from "./synthetic.ts";

/** A busy machine takes its time to open a page. */
const PATIENCE = { timeout: 10_000 };

const labelOf = (page: Page) => page.locator("#raster").getAttribute("aria-label");

/** Mint pixels of the raster, as shares of its height: where the winner's spikes are. */
const mintRows = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#raster");
    const context = canvas?.getContext("2d");
    if (canvas === null || !context) return [];
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const rows: number[] = [];
    for (let i = 0; i < data.length; i += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(i, i + 4);
      if (alpha === 255 && red === 92 && green === 214 && blue === 179)
        rows.push(Math.floor(i / 4 / canvas.width) / canvas.height);
    }
    return rows;
  });

describe.skipIf(chromiumPath === undefined)("the panel Spikes", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  async function open(): Promise<Page> {
    const { page, complaints } = await openTab(world.browser.context);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(addressWithToken(world.dashboard.url, world.token));
    await waitForText(page, "spikes-note", "200 of 400 neurons");
    expect(complaints).toEqual([]);
    return page;
  }

  it("draws the answering group's spikes in mint, between input and answers", async () => {
    const page = await open();
    await expect.poll(async () => (await mintRows(page)).length, PATIENCE).toBeGreaterThan(300);
    const rows = await mintRows(page);
    // Sevens and ones only: of the bands 0 to 9 and –, the second and the eighth.
    const between = rows.filter((row) => row > 0.3 && row < 0.55);
    expect(between).toEqual([]);
    expect(await textOf(page, "spikes-words")).toBe("");
  });

  it("says in words what it draws, and that this page came late", async () => {
    const page = await open();
    for (let step = 0; step < 4; step++) await page.keyboard.press("]");
    const words =
      /^Spikes of the last 60 seconds: [\d,]+ from 200 of 400 neurons\. Answers: .*[71]\. A part is not shown\.$/;
    await expect.poll(() => labelOf(page), PATIENCE).toMatch(words);
    expect(await page.locator("#raster-room").getAttribute("title")).toContain("square root scale");
  });

  it("forgets what it could not show once it has moved out of the picture", async () => {
    const page = await open();
    for (let step = 0; step < 3; step++) await page.keyboard.press("[");
    await waitForText(page, "time-base", "0.2\u00a0s");
    await expect.poll(() => labelOf(page), PATIENCE).not.toContain("A part is not shown.");
  });

  it("changes its time base by button and keys, and stays at the ends by keys", async () => {
    const page = await open();
    expect(await textOf(page, "time-base")).toBe("2\u00a0s");
    await page.click("#time-base");
    expect(await textOf(page, "time-base")).toBe("5\u00a0s");
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (const words of ["10\u00a0s", "30\u00a0s", "60\u00a0s", "60\u00a0s"]) {
      await page.keyboard.press("]");
      expect(await textOf(page, "time-base")).toBe(words);
    }
    await page.click("#time-base");
    expect(await textOf(page, "time-base")).toBe("0.2\u00a0s");
    expect(await page.locator("#time-base").getAttribute("aria-label")).toBe("Time base: 0.2\u00a0s");
  });

  it("stands for half a second while the stream is hurried, and says so", async () => {
    world.make = (step) => {
      const { raster, speed, ...rest } = digitsSnapshot(step * 10);
      return { ...rest, sequence: step, raster, speed: { ...speed, timesRealTime: 128 } };
    };
    const { page } = await openTab(world.browser.context);
    await page.addInitScript(() => {
      const { clearRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (this.canvas.id === "raster")
          document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
        clearRect.apply(this, box);
      };
    });
    await page.goto(addressWithToken(world.dashboard.url, world.token));
    await waitForText(page, "spikes-note", "×128, 2 pictures/s · 200 of 400 neurons");
    const drawn = () =>
      page.evaluate(() => [Number(document.body.dataset.drawn), performance.now()] as const);
    const [before, fromMs] = await drawn();
    await expect.poll(async () => (await drawn())[0], PATIENCE).toBeGreaterThan(before + 2);
    const [after, toMs] = await drawn();
    expect(toMs - fromMs).toBeGreaterThan(490 * (after - before - 1));
  });

  it("says when spikes were thinned", async () => {
    world.make = (step) => {
      const snapshot = digitsSnapshot(step);
      return { ...snapshot, raster: snapshot.raster && { ...snapshot.raster, shownOneIn: 4 } };
    };
    const { page } = await world.open();
    await waitForText(page, "spikes-note", "1 of 4 shown · 200 of 400 neurons");
  });

  it("says that there are none yet", async () => {
    world.make = (step) => digitsSnapshot(step, { raster: undefined });
    const { page } = await world.open();
    await waitForText(page, "spikes-words", "No spikes yet.");
  });
});
