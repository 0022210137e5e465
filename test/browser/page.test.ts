/** The page in a real browser, fed with invented snapshots: what it shows, says and does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressWithToken, createToken } from "../../src/dashboard/auth.ts";
import { chromiumPath, openTab } from "./chromium.ts";
import { PageWorld, textOf, waitForConnected, waitForText } from "./page-world.ts";
import { digitsSnapshot } from "./synthetic.ts";

const TOKEN_SENTENCE = "That is not the token. Copy it again from the terminal.";

describe.skipIf(chromiumPath === undefined)("the page", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  it("shows decisions as they arrive and change, with nothing to complain about", async () => {
    const { page, complaints } = await world.open();
    for (const name of ["7", "1", "7"]) await waitForText(page, "glyph-text", name);
    await waitForText(page, "truth-words", "The simulator drew a 7");
    await waitForText(page, "recent", "97.4\u00a0%");
    await waitForConnected(page);
    await page.waitForFunction(() => document.title === "7 · spikeline");
    expect(complaints).toEqual([]);
  });

  it("says an answer that stands, once, and that learning was switched", async () => {
    let learning = true;
    const { decision } = digitsSnapshot(0);
    world.make = (step) =>
      digitsSnapshot(step, { learning, decision: decision && { ...decision, id: step, label: 7 } });
    const { page } = await world.open();
    await waitForText(page, "spoken", "7, vote share 0.66");
    learning = false;
    await waitForText(page, "said", "Learning off");
    world.make = (step) =>
      digitsSnapshot(step, { decision: decision && { ...decision, id: step, label: step % 2 } });
    await page.waitForFunction(() => document.getElementById("glyph-text")?.textContent === "1");
    await page.waitForFunction(() => document.getElementById("glyph-text")?.textContent === "0");
    // What does not stand is not said.
    expect(await textOf(page, "spoken")).toBe("7, vote share 0.66");
  });

  it("takes the token out of the address and remembers it for a reload", async () => {
    const { page } = await world.open();
    await waitForConnected(page);
    expect(page.url()).toBe(world.dashboard.url);
    await page.reload();
    await waitForConnected(page);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(world.token);
  });

  it("draws the events: ON, OFF, and fading when nothing new comes", async () => {
    const { page } = await world.open();
    const colours = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("#picture");
        const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let [amber, blue] = [0, 0];
        for (let i = 0; i < data.length; i += 4) {
          const [red = 0, , last = 0] = [data[i], data[i + 1], data[i + 2]];
          if (red > last + 25) amber++;
          if (last > red + 25) blue++;
        }
        return { amber, blue };
      });
    await waitForText(page, "sees-size", "34 × 34\u00a0px");
    await expect.poll(async () => Math.min(...Object.values(await colours()))).toBeGreaterThan(1000);
    world.fallSilent();
    await page.waitForFunction(() =>
      document.getElementById("link-words")?.textContent?.includes("no news for"),
    );
    expect(await colours()).toEqual({ amber: 0, blue: 0 });
  });

  it("shows the sum of the events exactly, and the loss as soon as there is one", async () => {
    const { page } = await world.open();
    await page.waitForFunction(() => document.querySelector("#sum")?.textContent?.includes("received"));
    const sum = (await textOf(page, "sum")) ?? "";
    const [received = 0, used = 0, inside = 0, lost = 0] = (
      sum.match(/[\d,]+(?= (events|used|inside|lost))/g) ?? []
    ).map((text) => Number(text.replaceAll(",", "")));
    expect(received).toBe(used + inside + lost);
    expect(received).toBeGreaterThan(12_000_000);
    expect(await textOf(page, "lost")).toBe("0");
    let lostNow = 0;
    world.make = (step) => {
      const snapshot = digitsSnapshot(step);
      const [sensor, ...rest] = snapshot.stages;
      if (sensor === undefined) return snapshot;
      lostNow = 5 + step;
      return {
        ...snapshot,
        stages: [
          { ...sensor, received: sensor.received + lostNow, dropped: { "queue full": lostNow } },
          ...rest,
        ],
      };
    };
    await page.waitForSelector("#ledger.losing");
    await page.waitForSelector(".station.leaking");
    expect(Number(await textOf(page, "lost"))).toBeGreaterThan(0);
    expect(await textOf(page, "sum")).not.toContain("not accounted for");
  });

  it("says so when the stages' counts contradict each other", async () => {
    world.make = (step) => {
      const snapshot = digitsSnapshot(step);
      return {
        ...snapshot,
        stages: snapshot.stages.map((stage) => ({ ...stage, received: stage.received + 3 })),
      };
    };
    const { page } = await world.open();
    await page.waitForFunction(() =>
      document.querySelector("#sum")?.textContent?.includes("+ 3 not accounted for"),
    );
  });

  it("switches learning and shows what the pipeline answers, not what was wished", async () => {
    let learning = true;
    world.make = (step) => digitsSnapshot(step, { learning });
    const { page } = await world.open();
    await waitForText(page, "learning-state", "on");
    await page.click("#learning");
    await page.waitForSelector('#learning[aria-busy="true"]');
    expect(world.controls).toEqual([{ kind: "learning", on: false }]);
    expect(await textOf(page, "learning-state")).toBe("on");
    learning = false;
    await waitForText(page, "learning-state", "off");
  });

  it("says no answer, unsure, and dashes where nothing is known", async () => {
    const decision = digitsSnapshot(0).decision;
    world.make = (step) =>
      digitsSnapshot(step, {
        decision: undefined,
        accuracy: { right: 0, judged: 0, recent: 0, recentOf: 0 },
        speed: { trainFps: undefined, testFps: undefined, liveFps: 0, load: 0, timesRealTime: 0 },
      });
    const { page } = await world.open();
    await waitForText(page, "glyph-text", "no answer");
    await waitForText(page, "now", "0.0");
    for (const id of ["share", "margin", "recent", "so-far", "possible"]) {
      expect(await textOf(page, id)).toBe("–");
    }
    await page.screenshot({ path: world.shot("no-answer") });
    world.make = (step) => digitsSnapshot(step, { decision: decision && { ...decision, margin: 0.02 } });
    await waitForText(page, "glyph-text", "unsure");
    expect(await textOf(page, "glyph-guess")).toBe("perhaps 7");
  });

  it("says in words why there is nothing to see", async () => {
    world.make = (step) =>
      digitsSnapshot(step, {
        state: "opening",
        message: "Opening the simulated camera.",
        picture: undefined,
      });
    const { page } = await world.open();
    await waitForText(page, "sees-words", "Opening the simulated camera.");
    world.make = (step) =>
      digitsSnapshot(step, { eventsPerSecond: 0, message: "One recording could not be read." });
    await waitForText(page, "notice", "One recording could not be read.");
    await page.waitForFunction(() =>
      document.getElementById("sees-words")?.textContent?.startsWith("No events for 3."),
    );
    world.make = (step) => digitsSnapshot(step, { state: "failed", message: "The camera is gone." });
    await waitForText(page, "sees-words", "The camera is gone.");
    await page.screenshot({ path: world.shot("failed") });
    expect(await page.locator("#learning").isDisabled()).toBe(true);
  });

  it("shows the twelve likeliest of many names, in their own order", async () => {
    const classNames = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const decision = digitsSnapshot(0).decision;
    const shares = classNames.map((_, i) => (i === 33 ? 0.5 : i === 4 ? 0.3 : 0.2 / 38));
    world.make = (step) =>
      digitsSnapshot(step, {
        classNames,
        decision: decision && { ...decision, id: step, label: 33, truth: undefined, shares },
      });
    const { page } = await world.open();
    await waitForText(page, "glyph-text", "n33");
    const names = await page.locator("#candidates .name").allTextContents();
    expect(names).toHaveLength(12);
    expect(names).toEqual(expect.arrayContaining(["n4", "n33"]));
    expect(names).toEqual(classNames.filter((name) => names.includes(name)));
    expect(await textOf(page, "candidates-note")).toBe("share of votes, 12 of 40 names");
    await waitForText(page, "truth-words", "No truth is known here");
  });

  it("asks for the token when there is none, and says when it is wrong", async () => {
    const { page } = await openTab(world.browser.context);
    await page.goto(world.dashboard.url);
    await page.waitForSelector("#gate:not([hidden])");
    expect(await page.isVisible("#page")).toBe(false);
    await page.screenshot({ path: world.shot("token") });
    await page.fill("#gate-token", createToken());
    await page.click("#gate-open");
    await waitForText(page, "gate-fault", TOKEN_SENTENCE);
    expect(world.dashboard.counts().refused).toBeGreaterThan(0);
    await page.screenshot({ path: world.shot("token-wrong") });
    await page.fill("#gate-token", addressWithToken(world.dashboard.url, world.token));
    await page.click("#gate-open");
    await waitForText(page, "glyph-text", "7");
  });

  it("says how long to wait after too many wrong tokens, and takes the right one all the same", async () => {
    const { page } = await openTab(world.browser.context);
    await page.goto(world.dashboard.url);
    await page.waitForSelector("#gate:not([hidden])");
    const fault = () => textOf(page, "gate-fault");
    for (let tries = 0; tries < 12 && !(await fault())?.startsWith("Too many tries."); tries++) {
      await page.fill("#gate-token", createToken());
      await page.click("#gate-open");
      await expect.poll(fault, { timeout: 10_000 }).not.toBe("");
    }
    expect(await fault()).toMatch(/^Too many tries\. Wait [1-6]?\d\u00a0s\.$/);
    await page.fill("#gate-token", world.token);
    await page.click("#gate-open");
    await waitForConnected(page);
  });

  it("shows the card for a wrong token in the address", async () => {
    const { page } = await openTab(world.browser.context);
    await page.goto(addressWithToken(world.dashboard.url, createToken()));
    await waitForText(page, "gate-fault", TOKEN_SENTENCE);
    expect(page.url()).toBe(world.dashboard.url);
    expect(await page.isVisible("#page")).toBe(false);
  });

  it("shows markup in names as text", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    world.make = (step) =>
      digitsSnapshot(step, {
        source: evil,
        system: evil,
        classNames: ["0", "1", "2", "3", "4", "5", "6", evil, "8", "9"],
        stages: [{ name: evil, received: 1, delivered: 1, held: 0, dropped: { [evil]: 0 }, unit: evil }],
      });
    const { page, complaints } = await world.open();
    page.on("dialog", () => complaints.push("a dialog"));
    for (const id of ["source", "system"]) await waitForText(page, id, evil);
    await page.waitForFunction(
      (text) =>
        document.getElementById("glyph-text")?.textContent === text ||
        document.getElementById("glyph-text")?.textContent === "1",
      evil,
    );
    await waitForText(page, "glyph-text", evil);
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("goes grey without the server and comes back by itself", async () => {
    const { page } = await world.open();
    await waitForConnected(page);
    const { port } = new URL(world.dashboard.url);
    await world.stop();
    await page.waitForSelector("#notice:not([hidden])");
    expect(await textOf(page, "link-words")).toContain("Not connected");
    expect(await page.locator("#panels").getAttribute("class")).toContain("gone");
    await page.screenshot({ path: world.shot("gone") });
    await world.start(Number(port));
    await waitForConnected(page);
    expect(await page.isVisible("#notice")).toBe(false);
  });
});
