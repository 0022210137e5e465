/** How the page looks in a real browser: nothing is cut, nothing overlaps, at any size, dark and light. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressWithToken } from "../../src/dashboard/auth.ts";
import { chromiumPath, openTab } from "./chromium.ts";
import { findFaults } from "./find-faults.ts";
import { PageWorld } from "./page-world.ts";
import { digitsSnapshot, fullSnapshot, lostSnapshot } from "./synthetic.ts";

describe.skipIf(chromiumPath === undefined)("the layout", () => {
  const world = new PageWorld();
  beforeAll(() => world.prepare());
  afterAll(() => world.end());
  beforeEach(() => world.start());
  afterEach(() => world.tidy());

  it("opens the stations as a list on a phone", async () => {
    const { page } = await world.open();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForSelector(".station", { state: "hidden" });
    await page.click("#unfold");
    await page.waitForSelector(".station", { state: "visible" });
    await page.screenshot({ path: world.shot("stations-390") });
    expect(await page.evaluate(findFaults)).toEqual([]);
  });

  const sizes = [
    { width: 1440, height: 900 },
    { width: 1200, height: 900 },
    { width: 834, height: 1112 },
    { width: 768, height: 1024 },
    { width: 390, height: 844 },
  ];
  const looks = sizes.flatMap((size) => (["dark", "light"] as const).map((scheme) => ({ ...size, scheme })));
  const kinds = [
    { name: "digits", snapshot: digitsSnapshot },
    { name: "full", snapshot: fullSnapshot },
  ];
  const views = [
    ...kinds.flatMap((kind) => looks.map((look) => ({ ...kind, ...look }))),
    ...sizes.map((size) => ({ name: "lost", snapshot: lostSnapshot, scheme: "dark" as const, ...size })),
  ];
  it.each(views)(
    "fits at $width × $height, $scheme, with $name",
    async ({ name, snapshot, width, height, scheme }) => {
      world.make = snapshot;
      const { page, complaints } = await openTab(world.browser.context);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(addressWithToken(world.dashboard.url, world.token));
      await page.waitForFunction(() => document.getElementById("recent")?.textContent !== "–");
      await page.waitForFunction(() => !document.querySelector(".rate")?.textContent?.includes("–"));
      await page.screenshot({ path: world.shot(`${name}-${scheme}-${width}`), fullPage: width < 1440 });
      const faults = await page.evaluate(findFaults);
      expect(faults).toEqual([]);
      if (width === 1440) {
        expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(height);
      }
      expect(complaints).toEqual([]);
    },
  );
});
