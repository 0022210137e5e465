/** Whether everybody can use the page: what axe finds, four hundred per cent, forced colours, no colours. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressWithToken } from "../../src/dashboard/auth.ts";
import { findings } from "./axe.ts";
import { chromiumPath, openTab } from "./chromium.ts";
import { PageWorld, waitForConnected } from "./page-world.ts";
import { fullSnapshot } from "./synthetic.ts";

describe.skipIf(chromiumPath === undefined)("the page for everybody", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  async function open(size: { readonly width: number; readonly height: number }): Promise<Page> {
    const { page } = await openTab(world.browser.context);
    await page.setViewportSize(size);
    await page.goto(addressWithToken(world.dashboard.url, world.token));
    await waitForConnected(page);
    await page.waitForFunction(() => document.getElementById("recent")?.textContent !== "–");
    await page.waitForSelector("#tiles [role=gridcell]");
    return page;
  }

  const sizes = [
    { width: 1440, height: 900 },
    { width: 768, height: 1024 },
    { width: 390, height: 844 },
  ];
  const looks = sizes.flatMap((size) => (["dark", "light"] as const).map((scheme) => ({ ...size, scheme })));
  it.each(looks)("gives axe nothing to find at $width × $height, $scheme", async ({ scheme, ...size }) => {
    const page = await open(size);
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, scheme);
    expect(await findings(page)).toEqual([]);
    world.make = fullSnapshot;
    await page.waitForSelector("#ledger.losing");
    expect(await findings(page)).toEqual([]);
    await page.click("#help-open");
    expect(await findings(page)).toEqual([]);
  });

  it("gives axe nothing to find on the card that asks for the token, nor without a link", async () => {
    const { page } = await openTab(world.browser.context);
    await page.goto(world.dashboard.url);
    await page.waitForSelector("#gate:not([hidden])");
    expect(await findings(page)).toEqual([]);
    await page.fill("#gate-token", world.token);
    await page.click("#gate-open");
    await waitForConnected(page);
    const { port } = new URL(world.dashboard.url);
    await world.stop();
    await page.waitForSelector("#panels.gone");
    expect(await findings(page)).toEqual([]);
    await world.start(Number(port));
  });

  it("is the phone's page at four hundred per cent, and bar and dock leave room", async () => {
    const page = await open({ width: 360, height: 225 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.isVisible("#unfold")).toBe(true);
    await page.evaluate(() => scrollTo(0, 600));
    const fixed = await page.evaluate(
      () =>
        [...document.querySelectorAll(".bar, .dock, .rail")].filter(
          (e) => e.getBoundingClientRect().bottom > 0,
        ).length,
    );
    expect(fixed).toBe(0);
    await page.screenshot({ path: world.shot("zoom-400") });
  });

  it("keeps its borders and marks in forced colours", async () => {
    const page = await open({ width: 1440, height: 900 });
    await page.emulateMedia({ forcedColors: "active" });
    const borders = await page.evaluate(() =>
      [".panel", ".glyph", ".well", ".ledger", ".chip", ".knob"].map((selector) => {
        const element = document.querySelector(selector);
        return element === null ? "none" : getComputedStyle(element).borderTopStyle;
      }),
    );
    expect(borders).toEqual(Array(6).fill("solid"));
    await page.screenshot({ path: world.shot("forced-colours") });
  });

  it.each(["dark", "light"] as const)("can be read without colours, %s", async (scheme) => {
    const page = await open({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setEmulatedVisionDeficiency", { type: "achromatopsia" });
    await page.waitForFunction(() => document.querySelector(".bars .winner .value")?.textContent !== "");
    await page.screenshot({ path: world.shot(`grey-${scheme}`) });
    // The winner is bold, not only in another colour.
    const weights = await page.evaluate(() =>
      [".bars .winner .name", ".bars li:not(.winner) .name"].map((selector) => {
        const element = document.querySelector(selector);
        return element === null ? "" : getComputedStyle(element).fontWeight;
      }),
    );
    expect(weights).toEqual(["600", "400"]);
    // ON goes up and OFF goes down: above the strip's middle there is only the one, below only the other.
    const hues = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#strip");
      const [width, height] = [canvas?.width ?? 0, Math.round(((canvas?.height ?? 0) * 30) / 46)];
      const data = canvas?.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
      const halves = [new Set<string>(), new Set<string>()];
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, , blue = 0, alpha = 0] = [data[i], data[i + 1], data[i + 2], data[i + 3]];
        if (alpha === 255 && Math.abs(red - blue) > 60)
          halves[i / 4 / width < height / 2 ? 0 : 1]?.add(red > blue ? "ON" : "OFF");
      }
      return halves.map((half) => [...half]);
    });
    expect(hues).toEqual([["ON"], ["OFF"]]);
    world.make = fullSnapshot;
    await page.waitForSelector("#ledger.losing");
    await page.waitForSelector(".station.leaking");
    await page.screenshot({ path: world.shot(`grey-losing-${scheme}`) });
  });
});
