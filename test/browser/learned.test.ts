/** The panel Learned in a real browser: tiles, names, pages, and forgetting. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Learned, Snapshot } from "../../src/core/telemetry.ts";
import { chromiumPath } from "./chromium.ts";
import { PageWorld, textOf, waitForText } from "./page-world.ts";
import { digitsSnapshot } from "./synthetic.ts";
import { digitsLearned } from "./synthetic-learned.ts";

const tile = (page: Page, group: number) => page.locator(".tile").nth(group % 20);
const nameOf = (page: Page, group: number) => tile(page, group).locator(".name").textContent();
const focusedGroup = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-group"));

/** A busy machine takes its time to open a page. */
const PATIENCE = { timeout: 10_000 };

describe.skipIf(chromiumPath === undefined)("the panel Learned", () => {
  const world = new PageWorld();
  let learned: Learned;
  let revision: number;
  let changes: Partial<Snapshot>;

  /** What the pipeline has learned from now on. */
  const learn = (change: Partial<Learned>) => {
    learned = { ...learned, ...change, revision: ++revision };
  };
  const renamed = (group: number, name: string | undefined, isGiven: boolean) =>
    learned.groups.map((one, i) => (i === group ? { ...one, name, isGiven } : one));

  /** The page with tiles on it. */
  async function open(): Promise<Page> {
    const { page } = await world.open();
    await page.waitForFunction(() => document.querySelector('.tile[aria-label^="group 1:"]') !== null);
    await page.waitForSelector('.tile[aria-disabled="false"]');
    return page;
  }

  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => {
    revision = 1;
    learned = digitsLearned(revision);
    changes = {};
    world.make = (step) => digitsSnapshot(step, { learned, ...changes });
    return world.start();
  });
  afterEach(() => world.tidy());

  it("shows twenty of forty groups, their names, and how the weights move", async () => {
    const page = await open();
    expect(await textOf(page, "learned-count")).toBe("1–20 of 40 groups");
    expect(await textOf(page, "learned-state")).toBe("weights move 0.8\u00a0%/min");
    expect(await page.locator(".tile:visible .name").allTextContents()).toEqual(
      learned.groups.slice(0, 20).map(({ name }) => name),
    );
    await page.click("#tiles-on");
    await waitForText(page, "learned-count", "21–40 of 40 groups");
    expect(await nameOf(page, 37)).toBe("name it");
    expect(await nameOf(page, 39)).toBe("forming");
    expect(await page.locator("#tiles-on").isDisabled()).toBe(true);
  });

  it("draws fields in ON and OFF colours, and in mint where both are one", async () => {
    const page = await open();
    const colours = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("#fields");
        const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let [amber, blue, mint] = [0, 0, 0];
        for (let i = 0; i < data.length; i += 4) {
          const [red = 0, green = 0, last = 0] = [data[i], data[i + 1], data[i + 2]];
          if (red > last + 60) amber++;
          if (last > red + 60 && last > green + 30) blue++;
          if (green > red + 60 && green > last) mint++;
        }
        return { amber, blue, mint };
      });
    await expect.poll(async () => (await colours()).amber, PATIENCE).toBeGreaterThan(1000);
    expect((await colours()).blue).toBeGreaterThan(1000);
    expect((await colours()).mint).toBe(0);
    const { fields } = digitsLearned(1, { planes: 1 });
    learn({ planes: 1, fields });
    await expect.poll(async () => (await colours()).mint, PATIENCE).toBeGreaterThan(1000);
    expect((await colours()).amber).toBe(0);
  });

  it("sends a name and shows what the pipeline answers, not what was wished", async () => {
    const page = await open();
    await tile(page, 4).click();
    await page.keyboard.type("  a chair ");
    expect(await textOf(page, "learned-hint")).toBe("Enter keeps, Esc leaves");
    await page.keyboard.press("Enter");
    await page.waitForSelector('.tile[aria-busy="true"]');
    expect(world.controls).toEqual([{ kind: "name", group: 4, name: "a chair" }]);
    expect(await nameOf(page, 4)).toBe("4");
    expect(await focusedGroup(page)).toBe("4");
    learn({ groups: renamed(4, "a chair", true) });
    await expect.poll(() => nameOf(page, 4), PATIENCE).toBe("a chair");
    await page.waitForSelector('.tile[aria-busy="true"]', { state: "detached" });
  });

  it("keeps nothing on Escape, on leaving, and when there is no name to take away", async () => {
    const page = await open();
    await tile(page, 4).click();
    await page.keyboard.type("wrong");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".naming", { state: "detached" });
    expect(await focusedGroup(page)).toBe("4");
    await tile(page, 5).click();
    await page.keyboard.type("wrong");
    await tile(page, 6).click();
    expect(await page.locator(".naming").count()).toBe(1);
    await page.fill(".naming", "");
    await page.keyboard.press("Enter");
    expect(await page.locator(".naming").count()).toBe(0);
    expect(world.controls).toEqual([]);
  });

  it("takes a given name away when it is emptied", async () => {
    learn({ groups: renamed(2, "chair", true) });
    const page = await open();
    await tile(page, 2).click();
    await page.fill(".naming", " ");
    await page.keyboard.press("Enter");
    await expect.poll(() => world.controls, PATIENCE).toEqual([{ kind: "name", group: 2, name: "" }]);
  });

  it("takes no more than 24 characters, whatever they are", async () => {
    const page = await open();
    await tile(page, 0).click();
    await page.fill(".naming", "🪑".repeat(30));
    await page.keyboard.press("Enter");
    await expect
      .poll(() => world.controls, PATIENCE)
      .toEqual([{ kind: "name", group: 0, name: "🪑".repeat(24) }]);
  });

  it("is one tab stop, and arrows lead from tile to tile and over to the next page", async () => {
    const page = await open();
    expect(await page.locator('.tile[tabindex="0"]').count()).toBe(1);
    await tile(page, 0).focus();
    for (const [key, group] of [
      ["ArrowRight", "1"],
      ["ArrowDown", "11"],
      ["End", "19"],
      ["ArrowRight", "20"],
      ["PageUp", "0"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focusedGroup(page)).toBe(group);
      expect(await page.locator('.tile[tabindex="0"]').count()).toBe(1);
    }
    await page.keyboard.press("Enter");
    expect(await page.locator(".naming").inputValue()).toBe("0");
  });

  it("rings the winner, points to it on another page, and names it with N", async () => {
    const decision = digitsSnapshot(0).decision;
    const answerWith = (group: number) => {
      changes = { decision: decision && { ...decision, group } };
    };
    answerWith(7);
    const page = await open();
    await page.waitForSelector('.tile.winner[data-group="7"]');
    answerWith(27);
    await page.waitForSelector("#tiles-on.has-winner");
    expect(await page.locator(".tile.winner").count()).toBe(0);
    expect(await page.locator("#tiles-on").getAttribute("aria-label")).toContain("newest answer");
    await page.keyboard.press("n");
    await page.waitForSelector('.tile[data-group="27"] .naming');
    expect(await page.locator(".naming").inputValue()).toBe("7");
  });

  it("asks before it forgets, and gives the focus back", async () => {
    const page = await open();
    await page.focus("#reset");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#reset-dialog[open]");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("reset-cancel");
    await page.screenshot({ path: world.shot("reset") });
    await page.keyboard.press("Escape");
    expect(await page.isVisible("#reset-dialog")).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("reset");
    expect(world.controls).toEqual([]);
    await page.click("#reset");
    await page.click("#reset-forget");
    await expect.poll(() => world.controls, PATIENCE).toEqual([{ kind: "reset" }]);
    expect(await page.isVisible("#reset-dialog")).toBe(false);
  });

  it("says what to do while the fields are noise and learning is off", async () => {
    learn({
      groups: learned.groups.map((group) => ({ ...group, name: undefined, isForming: true })),
      changePerMinute: undefined,
    });
    changes = { learning: false };
    const page = await open();
    const words = "Fields are noise now. Switch learning on; shapes appear in about a minute.";
    await waitForText(page, "learned-hint", words);
    await page.screenshot({ path: world.shot("noise") });
    changes = { learning: true };
    await waitForText(page, "learned-state", "weights move –/min");
    learn({ groups: digitsLearned(1).groups });
    changes = { learning: false };
    await waitForText(page, "learned-state", "learning is off: fields hold still");
  });

  it("shows noise as forming, whatever labels call it, but keeps a name given by hand", async () => {
    learn({
      groups: learned.groups.map((group, i) => ({ ...group, name: "7", isGiven: i === 1, isForming: i < 2 })),
    });
    const page = await open();
    const words = () => Promise.all([0, 1, 2].map((group) => nameOf(page, group)));
    await expect.poll(words, PATIENCE).toEqual(["forming", "7", "7"]);
  });

  it("cannot be used without the link", async () => {
    const page = await open();
    await tile(page, 3).click();
    await world.stop();
    await page.waitForSelector('.tile[aria-disabled="true"]');
    expect(await page.locator(".naming").count()).toBe(0);
    for (const id of ["reset", "tiles-on"]) expect(await page.locator(`#${id}`).isDisabled()).toBe(true);
    await tile(page, 3).click({ force: true });
    expect(await page.locator(".naming").count()).toBe(0);
    await world.start();
  });

  it("shows markup in names as text", async () => {
    const evil = "<img src=x onerror=a()>";
    learn({ groups: renamed(0, evil, true) });
    const page = await open();
    await expect.poll(() => nameOf(page, 0), PATIENCE).toBe(evil);
    expect(await page.locator("img").count()).toBe(0);
  });
});
