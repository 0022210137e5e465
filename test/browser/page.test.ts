/** The page in a real browser, fed with invented snapshots. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Subject } from "rxjs";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Control } from "../../src/core/control.ts";
import type { Snapshot } from "../../src/core/telemetry.ts";
import { addressWithToken, createToken } from "../../src/dashboard/auth.ts";
import { type Dashboard, startDashboard } from "../../src/dashboard/server.ts";
import { type Browser, chromiumPath, openBrowser, openTab } from "./chromium.ts";
import { digitsSnapshot, fullSnapshot } from "./synthetic.ts";

if (chromiumPath === undefined) {
  console.warn("SKIPPED: no Chromium on this machine, so nothing is known about the page in a browser.");
}

const TOKEN_SENTENCE = "That is not the token. Copy it again from the terminal.";

describe.skipIf(chromiumPath === undefined)("the page", () => {
  const pageDir = mkdtempSync(join(tmpdir(), "spikeline-built-page-"));
  const shots = mkdtempSync(join(tmpdir(), "spikeline-screenshots-"));
  const token = createToken();
  let browser: Browser;
  let dashboard: Dashboard;
  let snapshots: Subject<Snapshot>;
  let controls: Control[];
  let make: (step: number) => Snapshot;
  let timer: NodeJS.Timeout;

  beforeAll(async () => {
    await build({
      configFile: "src/dashboard/page/vite.config.ts",
      logLevel: "error",
      build: { outDir: pageDir, emptyOutDir: true },
    });
    browser = await openBrowser(chromiumPath ?? "");
    console.log(`screenshots: ${shots}`);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(pageDir, { recursive: true, force: true });
  });

  async function start(port = 0): Promise<void> {
    snapshots = new Subject();
    const options = {
      snapshots$: snapshots,
      onControl: (control: Control) => controls.push(control),
      host: "127.0.0.1",
    };
    dashboard = await startDashboard({ ...options, port, token, pageDir });
    let step = 0;
    clearInterval(timer);
    timer = setInterval(() => snapshots.next(make(step++)), 33);
  }

  beforeEach(async () => {
    controls = [];
    make = digitsSnapshot;
    await start();
  });
  afterEach(async () => {
    clearInterval(timer);
    for (const page of browser.context.pages().slice(1)) await page.close();
    await dashboard.close();
  });

  const textOf = (page: Page, id: string) => page.locator(`#${id}`).textContent();
  const waitForText = (page: Page, id: string, text: string) =>
    page.waitForFunction(
      ([at, wanted]) => document.getElementById(at ?? "")?.textContent === wanted,
      [id, text],
    );

  async function open() {
    const tab = await openTab(browser.context);
    await tab.page.goto(addressWithToken(dashboard.url, token));
    return tab;
  }

  it("shows decisions as they arrive and change, with nothing to complain about", async () => {
    const { page, complaints } = await open();
    for (const name of ["7", "1", "7"]) await waitForText(page, "glyph-text", name);
    await waitForText(page, "truth-words", "The label says 7");
    await waitForText(page, "recent", "97.4\u00a0%");
    await waitForText(page, "link-words", "Connected");
    await page.waitForFunction(() => document.title === "7 · spikeline");
    expect(complaints).toEqual([]);
  });

  it("takes the token out of the address and remembers it for a reload", async () => {
    const { page } = await open();
    await waitForText(page, "link-words", "Connected");
    expect(page.url()).toBe(dashboard.url);
    await page.reload();
    await waitForText(page, "link-words", "Connected");
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(token);
  });

  it("draws the events: ON, OFF, and fading when nothing new comes", async () => {
    const { page } = await open();
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
    clearInterval(timer);
    await page.waitForFunction(() =>
      document.getElementById("link-words")?.textContent?.includes("no news for"),
    );
    expect(await colours()).toEqual({ amber: 0, blue: 0 });
  });

  it("shows the sum of the events exactly, and the loss as soon as there is one", async () => {
    const { page } = await open();
    await page.waitForFunction(() => document.querySelector("#sum")?.textContent?.includes("received"));
    const sum = (await textOf(page, "sum")) ?? "";
    const [received = 0, used = 0, inside = 0, lost = 0] = (
      sum.match(/[\d,]+(?= (events|used|inside|lost))/g) ?? []
    ).map((text) => Number(text.replaceAll(",", "")));
    expect(received).toBe(used + inside + lost);
    expect(received).toBeGreaterThan(12_000_000);
    expect(await textOf(page, "lost")).toBe("0");
    let lostNow = 0;
    make = (step) => {
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
    make = (step) => {
      const snapshot = digitsSnapshot(step);
      return {
        ...snapshot,
        stages: snapshot.stages.map((stage) => ({ ...stage, received: stage.received + 3 })),
      };
    };
    const { page } = await open();
    await page.waitForFunction(() =>
      document.querySelector("#sum")?.textContent?.includes("+ 3 not accounted for"),
    );
  });

  it("switches learning and shows what the pipeline answers, not what was wished", async () => {
    let learning = true;
    make = (step) => digitsSnapshot(step, { learning });
    const { page } = await open();
    await waitForText(page, "learning-state", "on");
    await page.click("#learning");
    await page.waitForSelector('#learning[aria-busy="true"]');
    expect(controls).toEqual([{ kind: "learning", on: false }]);
    expect(await textOf(page, "learning-state")).toBe("on");
    learning = false;
    await waitForText(page, "learning-state", "off");
  });

  it("says no answer, unsure, and dashes where nothing is known", async () => {
    const decision = digitsSnapshot(0).decision;
    make = (step) =>
      digitsSnapshot(step, {
        decision: undefined,
        accuracy: { right: 0, judged: 0, recent: 0, recentOf: 0 },
        speed: { trainFps: undefined, testFps: undefined, liveFps: 0, load: 0 },
      });
    const { page } = await open();
    await waitForText(page, "glyph-text", "no answer");
    await waitForText(page, "now", "0.0");
    for (const id of ["share", "margin", "recent", "so-far", "possible"]) {
      expect(await textOf(page, id)).toBe("–");
    }
    make = (step) => digitsSnapshot(step, { decision: decision && { ...decision, margin: 0.02 } });
    await waitForText(page, "glyph-text", "unsure");
    expect(await textOf(page, "glyph-guess")).toBe("perhaps 7");
  });

  it("asks for the token when there is none, and says when it is wrong", async () => {
    const { page } = await openTab(browser.context);
    await page.goto(dashboard.url);
    await page.waitForSelector("#gate:not([hidden])");
    expect(await page.isVisible("#page")).toBe(false);
    await page.screenshot({ path: join(shots, "token.png") });
    await page.fill("#gate-token", createToken());
    await page.click("#gate-open");
    await waitForText(page, "gate-fault", TOKEN_SENTENCE);
    expect(dashboard.counts().refused).toBeGreaterThan(0);
    await page.screenshot({ path: join(shots, "token-wrong.png") });
    await page.fill("#gate-token", addressWithToken(dashboard.url, token));
    await page.click("#gate-open");
    await waitForText(page, "glyph-text", "7");
  });

  it("shows the card for a wrong token in the address", async () => {
    const { page } = await openTab(browser.context);
    await page.goto(addressWithToken(dashboard.url, createToken()));
    await waitForText(page, "gate-fault", TOKEN_SENTENCE);
    expect(page.url()).toBe(dashboard.url);
    expect(await page.isVisible("#page")).toBe(false);
  });

  it("shows markup in names as text", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    make = (step) =>
      digitsSnapshot(step, {
        source: evil,
        system: evil,
        classNames: ["0", "1", "2", "3", "4", "5", "6", evil, "8", "9"],
        stages: [{ name: evil, received: 1, delivered: 1, held: 0, dropped: { [evil]: 0 }, unit: evil }],
      });
    const { page, complaints } = await open();
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
    const { page } = await open();
    await waitForText(page, "link-words", "Connected");
    const { port } = new URL(dashboard.url);
    clearInterval(timer);
    await dashboard.close();
    await page.waitForSelector("#notice:not([hidden])");
    expect(await textOf(page, "link-words")).toContain("Not connected");
    expect(await page.locator("#panels").getAttribute("class")).toContain("gone");
    await page.screenshot({ path: join(shots, "gone.png") });
    await start(Number(port));
    await waitForText(page, "link-words", "Connected");
    expect(await page.isVisible("#notice")).toBe(false);
  });

  const sizes = [
    { width: 1440, height: 900 },
    { width: 834, height: 1112 },
    { width: 390, height: 844 },
  ];
  const looks = sizes.flatMap((size) => (["dark", "light"] as const).map((scheme) => ({ ...size, scheme })));
  const kinds = [
    { name: "digits", snapshot: digitsSnapshot },
    { name: "full", snapshot: fullSnapshot },
  ];
  const views = kinds.flatMap((kind) => looks.map((look) => ({ ...kind, ...look })));
  it.each(views)(
    "fits at $width × $height, $scheme, with $name",
    async ({ name, snapshot, width, height, scheme }) => {
      make = snapshot;
      const { page, complaints } = await openTab(browser.context);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(addressWithToken(dashboard.url, token));
      await page.waitForFunction(() => document.getElementById("recent")?.textContent !== "–");
      await page.waitForFunction(() => !document.querySelector(".rate")?.textContent?.includes("–"));
      await page.screenshot({ path: join(shots, `${name}-${scheme}-${width}.png`), fullPage: width < 1440 });
      const faults = await page.evaluate(findFaults);
      expect(faults).toEqual([]);
      if (width === 1440) {
        expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(height);
      }
      expect(complaints).toEqual([]);
    },
  );
});

/** Runs in the page: parts that stick out of the page or of their panel, and texts that lie on each other. */
function findFaults(): string[] {
  const faults: string[] = [];
  const label = (element: Element) =>
    `${element.tagName} #${element.id} .${element.className} "${element.textContent?.slice(0, 30)}"`;
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  for (const panel of document.querySelectorAll(".panel, .ledger, .bar, .candidates, .score, .glyph")) {
    if (panel.getClientRects().length === 0) continue;
    const outer = panel.getBoundingClientRect();
    for (const part of panel.querySelectorAll("*")) {
      const inner = part.getBoundingClientRect();
      if (inner.width * inner.height <= 1 || part.closest("svg") !== null) continue;
      const out =
        inner.left < outer.left - 1 ||
        inner.right > outer.right + 1 ||
        inner.top < outer.top - 1 ||
        inner.bottom > outer.bottom + 1;
      if (out && !(part.textContent === "" && part.tagName === "I"))
        faults.push(`sticks out: ${label(part)}`);
    }
  }
  const texts = [...document.querySelectorAll("#page *")].filter(
    (element) =>
      element.childElementCount === 0 &&
      (element.textContent ?? "").trim() !== "" &&
      element.getBoundingClientRect().width > 1,
  );
  const boxes = texts.map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()];
  });
  texts.forEach((a, i) => {
    texts.slice(i + 1).forEach((b, j) => {
      const meet = (boxes[i] ?? []).some((p) =>
        (boxes[i + 1 + j] ?? []).some(
          (q) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 2 && q.top < p.bottom - 2,
        ),
      );
      const isHidden = (e: Element) =>
        getComputedStyle(e).overflow === "hidden" ||
        getComputedStyle(e.parentElement ?? e).overflow === "hidden";
      if (meet && !isHidden(a) && !isHidden(b)) faults.push(`overlap: ${label(a)} and ${label(b)}`);
    });
  });
  return faults;
}
