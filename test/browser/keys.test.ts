/** What the keyboard and the small controls do, in a real browser. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumPath } from "./chromium.ts";
import { PageWorld, textOf, waitForConnected, waitForText } from "./page-world.ts";
import { digitsSnapshot } from "./synthetic.ts";

/** The machine may be busy with other things. */
const PATIENCE = { timeout: 10_000 };

const themeOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.theme);

/** Grey values of a canvas, to see whether it was drawn anew. */
const drawingOf = (page: Page, id: string) =>
  page.evaluate((at) => {
    const canvas = document.getElementById(at);
    return canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : "";
  }, id);

/** Two frames of the browser: what was asked for has been drawn. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

describe.skipIf(chromiumPath === undefined)("the keys", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  async function open(): Promise<Page> {
    const { page } = await world.open();
    await waitForConnected(page);
    await page.waitForFunction(() => document.getElementById("learning-state")?.textContent === "on");
    return page;
  }

  it("switch learning, and nothing while a field has the focus or they are switched off", async () => {
    const page = await open();
    await page.keyboard.press("l");
    await expect.poll(() => world.controls, PATIENCE).toEqual([{ kind: "learning", on: false }]);
    await page.keyboard.press("n");
    await page.waitForSelector("#tiles input");
    await page.keyboard.press("l");
    expect(await page.inputValue("#tiles input")).toContain("l");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.waitForSelector("#help[open]");
    await page.screenshot({ path: world.shot("help") });
    await page.uncheck("#single-keys");
    await page.keyboard.press("?");
    await page.waitForSelector("#help:not([open])", { state: "attached" });
    await page.keyboard.press("l");
    await page.keyboard.press("Control+l");
    await page.reload();
    await waitForConnected(page);
    await page.keyboard.press("l");
    await page.evaluate(() => localStorage.clear());
    await page.keyboard.press("l");
    await expect.poll(() => world.controls.length, PATIENCE).toBe(2);
  });

  it("change between dark, light and the system's colours, also after a reload", async () => {
    const page = await open();
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await page.keyboard.press("t");
    expect(await themeOf(page)).toBe("dark");
    await page.reload();
    await waitForConnected(page);
    expect(await themeOf(page)).toBe("dark");
    await page.keyboard.press("t");
    expect(await themeOf(page)).toBe("light");
    await page.keyboard.press("t");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await page.evaluate(() => localStorage.clear());
  });

  it("make the picture fade sooner, later or not at all, and the legend follows", async () => {
    const page = await open();
    await waitForText(page, "ramp-end", "90\u00a0ms");
    await page.keyboard.press("-");
    expect(await textOf(page, "ramp-middle")).toBe("τ 10\u00a0ms");
    expect(await page.locator("#decay-less").isDisabled()).toBe(true);
    for (let i = 0; i < 4; i++) await page.keyboard.press("+");
    expect(await textOf(page, "ramp-end")).toBe("no end");
    world.fallSilent();
    await page.waitForFunction(() =>
      document.getElementById("link-words")?.textContent?.includes("no news for"),
    );
    const first = await drawingOf(page, "picture");
    await drawn(page);
    expect(await drawingOf(page, "picture")).toBe(first);
    expect(first.length).toBeGreaterThan(3000);
  });

  it("set one time base for spikes and strip", async () => {
    const page = await open();
    await page.keyboard.press("]");
    await waitForText(page, "time-base", "5\u00a0s");
    await page.keyboard.press("[");
    await page.keyboard.press("[");
    await waitForText(page, "time-base", "1\u00a0s");
    await page.waitForFunction(() =>
      document.getElementById("strip")?.ariaLabel?.includes("last 1.0\u00a0s"),
    );
  });

  it("hold the picture while the data goes on", async () => {
    const answering = (label: number) => (step: number) => {
      const { decision } = digitsSnapshot(step);
      return digitsSnapshot(step, { decision: decision && { ...decision, label } });
    };
    // One answer only: what is held may be newer than what was shown a moment ago.
    world.make = answering(7);
    const page = await open();
    await page.waitForFunction(() => document.getElementById("glyph-text")?.textContent === "7");
    await page.keyboard.press("p");
    await page.waitForSelector("#held:not([hidden])");
    const before = await drawingOf(page, "picture");
    const sum = await textOf(page, "sum");
    let told = 0;
    world.make = (step) => {
      told++;
      return answering(3)(step);
    };
    await page.waitForFunction(() => /held [1-9]/.test(document.getElementById("held")?.textContent ?? ""));
    await expect.poll(() => told, PATIENCE).toBeGreaterThan(10);
    expect(await drawingOf(page, "picture")).toBe(before);
    expect(await textOf(page, "glyph-text")).toBe("7");
    expect(await textOf(page, "sum")).not.toBe(sum);
    await page.keyboard.press("p");
    await waitForText(page, "glyph-text", "3");
    await page.waitForSelector("#held", { state: "hidden" });
  });

  it("open a station's details by focus and click, and close them by Esc", async () => {
    const page = await open();
    await page.locator(".stop", { hasText: "Queue" }).focus();
    await page.waitForSelector("#station-card:popover-open");
    const words = (await textOf(page, "station-card")) ?? "";
    for (const part of ["Queue", "0 of at most 8", "0.1\u00a0ms", "2.3\u00a0ms"])
      expect(words).toContain(part);
    await page.screenshot({ path: world.shot("station-card") });
    await page.keyboard.press("Escape");
    await page.waitForSelector("#station-card:not(:popover-open)", { state: "attached" });
    await page.locator(".stop", { hasText: "Page" }).click();
    await page.waitForSelector("#station-card:popover-open");
    await expect.poll(() => textOf(page, "station-card"), PATIENCE).toMatch(/event to sent, p99\d/);
    await page.locator(".stop", { hasText: "Page" }).click();
    await page.waitForSelector("#station-card:not(:popover-open)", { state: "attached" });
  });
});

describe.skipIf(chromiumPath === undefined)("the page in its states", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  it("marks a loss as seen: the alarm goes, the number stays, until more is lost", async () => {
    let lost = 5;
    world.make = (step) => {
      const snapshot = digitsSnapshot(step);
      const [sensor, ...rest] = snapshot.stages;
      if (sensor === undefined) return snapshot;
      const leaking = { ...sensor, received: sensor.received + lost, dropped: { "queue full": lost } };
      return { ...snapshot, stages: [leaking, ...rest] };
    };
    const { page } = await world.open();
    await page.waitForSelector("#ledger.earlier");
    await page.waitForSelector(".station.leaked");
    await page.screenshot({ path: world.shot("lost-earlier") });
    await page.click("#seen");
    await page.waitForSelector("#ledger:not(.earlier)");
    expect(await textOf(page, "lost")).toBe("5");
    expect(await textOf(page, "sum")).toContain("0 since");
    expect(await page.locator(".station.leaked").count()).toBe(0);
    lost = 48_213;
    await page.waitForSelector("#ledger.losing");
    await page.waitForFunction(() => document.title === "lost · spikeline");
    await expect.poll(() => textOf(page, "said"), PATIENCE).toBe("48,213 lost");
    await page.screenshot({ path: world.shot("losing") });
  });

  it("says how much faster than real time a hurried source runs", async () => {
    world.make = (step) =>
      digitsSnapshot(step, {
        speed: { trainFps: 310, testFps: undefined, liveFps: 302, load: 1, timesRealTime: 128.4 },
      });
    const { page } = await world.open();
    await waitForText(page, "now-words", "now, full speed · ×128 real time");
    const { speed } = digitsSnapshot(0);
    world.make = (step) => digitsSnapshot(step, { speed: { ...speed, load: 0.3, timesRealTime: 9.6 } });
    await waitForText(page, "now-words", "now · ×9.6 real time");
    await page.screenshot({ path: world.shot("hurried") });
  });

  it("names a group by its number while nothing has a name", async () => {
    const { decision } = digitsSnapshot(0);
    world.make = (step) =>
      digitsSnapshot(step, {
        source: "/data/recording.raw",
        classNames: [],
        decision: decision && { ...decision, label: undefined, group: 38, truth: undefined, shares: [] },
      });
    const { page } = await world.open();
    await waitForText(page, "glyph-text", "group 39");
    expect(await textOf(page, "glyph-guess")).toBe("Click its tile to name it.");
    await waitForText(page, "truth-words", "No truth is known here");
    expect(await textOf(page, "candidates-note")).toBe("no names yet");
    await page.screenshot({ path: world.shot("unnamed") });
  });

  it("draws nothing while hidden, keeps its title true, and shows a full state on return", async () => {
    const { page } = await world.open();
    await waitForText(page, "glyph-text", "7");
    const hide = (on: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }, on);
    await hide(true);
    const { decision } = digitsSnapshot(0);
    world.make = (step) =>
      digitsSnapshot(step, { decision: decision && { ...decision, id: step, label: 4 } });
    await page.waitForFunction(() => document.title === "4 · spikeline");
    expect(world.dashboard.counts().hidden).toBe(1);
    expect(await textOf(page, "glyph-text")).not.toBe("4");
    await hide(false);
    await waitForText(page, "glyph-text", "4");
    await waitForText(page, "sees-size", "34 × 34\u00a0px");
  });

  it("stands still for those who want it: two pictures a second, and no fading between", async () => {
    const { page } = await world.open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await waitForText(page, "glyph-text", "7");
    const changes = await page.evaluate(async () => {
      const canvas = document.querySelector<HTMLCanvasElement>("#picture");
      const seen = new Set<string>();
      const until = performance.now() + 2000;
      while (performance.now() < until) {
        seen.add(canvas?.toDataURL() ?? "");
        await new Promise((next) => requestAnimationFrame(next));
      }
      return seen.size;
    });
    expect(changes).toBeGreaterThanOrEqual(2);
    expect(changes).toBeLessThanOrEqual(6);
  });
});
