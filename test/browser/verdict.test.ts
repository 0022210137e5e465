/** Right and Wrong in a real browser: what is sent, for which answer, and what is said about it. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Rewards, Snapshot } from "../../src/core/telemetry.ts";
import { chromiumPath } from "./chromium.ts";
import { PageWorld, textOf, waitForText } from "./page-world.ts";
import { flagshipSnapshot } from "./synthetic-flagship.ts";

/** A busy machine takes its time. */
const PATIENCE = { timeout: 10_000 };

describe.skipIf(chromiumPath === undefined)("Right and Wrong", () => {
  const world = new PageWorld();
  let rewards: Rewards;
  let changes: Partial<Snapshot>;
  let answer: { readonly id: number; readonly label: number | undefined };

  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => {
    rewards = { right: 12, wrong: 3, taught: 14, missed: 1 };
    changes = {};
    answer = { id: 70, label: 7 };
    world.make = (step) => {
      const { decision, ...rest } = flagshipSnapshot(step);
      const margins = undefined;
      return { ...rest, decision: decision && { ...decision, ...answer }, margins, rewards, ...changes };
    };
    return world.start();
  });
  afterEach(() => world.tidy());

  async function open(): Promise<Page> {
    const { page } = await world.open();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.waitForSelector("#right:not([disabled])");
    return page;
  }
  /** What the pipeline counts from now on. */
  const count = (more: Partial<Rewards>) => {
    rewards = { ...rewards, ...more };
  };
  const sent = () => expect.poll(() => world.controls, PATIENCE);
  const words = (page: Page) => textOf(page, "verdict-words");
  const isAsking = (page: Page) => page.isVisible("#which-one");

  it("reward the answer that is shown, and say so for two seconds once the pipeline has", async () => {
    const page = await open();
    await page.keyboard.press("r");
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "right" }]);
    expect(await words(page)).toBe("");
    count({ right: 13, taught: 15 });
    await waitForText(page, "verdict-words", "rewarded: 7");
    expect(await textOf(page, "said")).toBe("rewarded: 7");
    await page.screenshot({ path: world.shot("rewarded") });
    await waitForText(page, "verdict-words", "");
  });

  it("mean the answer that was shown when the button went down, however late it comes up", async () => {
    const page = await open();
    await page.hover("#right");
    await page.mouse.down();
    answer = { id: 71, label: 4 };
    await waitForText(page, "glyph-text", "4");
    await page.mouse.up();
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "right" }]);
    count({ right: 13, taught: 15 });
    await waitForText(page, "verdict-words", "rewarded: 7");
  });

  it("ask which one it was, and take a digit, whatever is answered meanwhile", async () => {
    const page = await open();
    await page.keyboard.press("w");
    await page.waitForSelector("#which-one[open]");
    expect(await page.locator("#which-names button").allTextContents()).toEqual([..."012345689"]);
    expect(world.controls).toEqual([]);
    answer = { id: 71, label: 1 };
    await waitForText(page, "glyph-text", "1");
    expect(await textOf(page, "which-not")).toBe("not 7");
    // Keys of the page mean nothing here.
    await page.keyboard.press("l");
    await page.keyboard.press("4");
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "wrong", truth: "4" }]);
    expect(await isAsking(page)).toBe(false);
    count({ wrong: 4, taught: 15 });
    await waitForText(page, "verdict-words", "taught: 4");
  });

  it("take a click on a name, and a new name of no more than 24 characters", async () => {
    const page = await open();
    await page.click("#wrong");
    await page.click("#which-names >> text=9");
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "wrong", truth: "9" }]);
    answer = { id: 71, label: 8 };
    await waitForText(page, "glyph-text", "8");
    await page.click("#wrong");
    await page.fill("#which-new", " 8 ");
    await page.click("#which-add");
    expect(await isAsking(page)).toBe(true);
    await page.fill("#which-new", `  ${"🪑".repeat(30)}`);
    await page.keyboard.press("Enter");
    await sent().toHaveLength(2);
    expect(world.controls[1]).toEqual({
      kind: "reward",
      decision: 71,
      outcome: "wrong",
      truth: "🪑".repeat(22),
    });
  });

  it("take Escape for none of these, and give the focus back", async () => {
    const page = await open();
    await page.focus("#wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#which-one[open]");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("0");
    await page.keyboard.press("Escape");
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "wrong" }]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("wrong");
    count({ wrong: 4, taught: 15 });
    await waitForText(page, "verdict-words", "told: not 7");
  });

  it("judge no answer twice, and reward none where there was none", async () => {
    const page = await open();
    await page.keyboard.press("r");
    await page.keyboard.press("w");
    await waitForText(page, "verdict-words", "That answer was judged already.");
    expect(await isAsking(page)).toBe(false);
    answer = { id: 71, label: undefined };
    changes = { learned: undefined };
    world.make = ((make) => (step: number) => {
      const { decision, ...rest } = make(step);
      return { ...rest, decision: decision && { ...decision, group: undefined } };
    })(world.make);
    await waitForText(page, "glyph-text", "no answer");
    await page.keyboard.press("r");
    await waitForText(page, "verdict-words", "There was no answer to reward.");
    await sent().toHaveLength(1);
    await page.keyboard.press("w");
    await page.waitForSelector("#which-one[open]");
    expect(await page.locator("#which-names button").count()).toBe(10);
    expect(await textOf(page, "which-not")).toBe("");
  });

  it("note only, and ask nothing, while learning is off", async () => {
    changes = { learning: false };
    const page = await open();
    await waitForText(page, "learning-state", "off");
    await page.keyboard.press("w");
    await sent().toEqual([{ kind: "reward", decision: 70, outcome: "wrong" }]);
    expect(await isAsking(page)).toBe(false);
    count({ wrong: 4 });
    await waitForText(page, "verdict-words", "Noted. Switch learning on to use it.");
    await page.screenshot({ path: world.shot("noted") });
  });

  it("only count where the model takes no rewards, and say so", async () => {
    changes = { rewardable: "count" };
    const page = await open();
    expect(await page.locator("#right").getAttribute("title")).toContain("Only counted");
    await page.keyboard.press("w");
    expect(await isAsking(page)).toBe(false);
    await sent().toHaveLength(1);
    count({ wrong: 4 });
    await waitForText(page, "verdict-words", "Only counted (12 right, 4 wrong): it takes no rewards.");
    await page.screenshot({ path: world.shot("counted") });
  });

  it("say when it was too late, and when nothing comes back", async () => {
    const page = await open();
    await page.keyboard.press("r");
    await sent().toHaveLength(1);
    count({ right: 13, missed: 2 });
    await waitForText(page, "verdict-words", "Too late: that frame is no longer kept.");
    answer = { id: 71, label: 8 };
    await waitForText(page, "glyph-text", "8");
    await page.keyboard.press("r");
    await sent().toHaveLength(2);
    await waitForText(page, "verdict-words", "No answer to that. Is the source still running?");
  });

  it("send nothing and ask nothing more once the link is gone", async () => {
    const page = await open();
    await page.keyboard.press("w");
    await page.waitForSelector("#which-one[open]");
    await world.stop();
    await page.waitForSelector("#which-one:not([open])", { state: "attached" });
    expect(await page.locator("#wrong").isDisabled()).toBe(true);
    await page.keyboard.press("r");
    expect(world.controls).toEqual([]);
    await world.start();
  });
});
