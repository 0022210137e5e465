/** A built page on a running dashboard that sends invented snapshots, in a real browser. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Subject } from "rxjs";
import { build } from "vite";
import type { Control } from "../../src/core/control.ts";
import type { Snapshot } from "../../src/core/telemetry.ts";
import { addressWithToken, createToken } from "../../src/dashboard/auth.ts";
import { type Dashboard, startDashboard } from "../../src/dashboard/server.ts";
import { type Browser, chromiumPath, openBrowser, openTab } from "./chromium.ts";
import { digitsSnapshot } from "./synthetic.ts";

if (chromiumPath === undefined) {
  console.warn("SKIPPED: no Chromium on this machine, so nothing is known about the page in a browser.");
}

/** About thirty a second, as the pipeline sends them. */
const SNAPSHOT_EVERY_MS = 33;

export class PageWorld {
  readonly token = createToken();
  readonly shots = mkdtempSync(join(tmpdir(), "spikeline-screenshots-"));
  controls: Control[] = [];
  /** Makes the next snapshot; a test replaces it to change what the page is told. */
  make: (step: number) => Snapshot = digitsSnapshot;
  readonly #pageDir = mkdtempSync(join(tmpdir(), "spikeline-built-page-"));
  #browser: Browser | undefined;
  #dashboard: Dashboard | undefined;
  #timer: NodeJS.Timeout | undefined;

  get dashboard(): Dashboard {
    if (this.#dashboard === undefined) throw new Error("Expected a started dashboard.");
    return this.#dashboard;
  }

  get browser(): Browser {
    if (this.#browser === undefined) throw new Error("Expected an open browser.");
    return this.#browser;
  }

  async prepare(): Promise<void> {
    await build({
      configFile: "src/dashboard/page/vite.config.ts",
      logLevel: "error",
      build: { outDir: this.#pageDir, emptyOutDir: true },
    });
    this.#browser = await openBrowser(chromiumPath ?? "");
    console.log(`screenshots: ${this.shots}`);
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#pageDir, { recursive: true, force: true });
  }

  async start(port = 0): Promise<void> {
    const snapshots = new Subject<Snapshot>();
    this.#dashboard = await startDashboard({
      snapshots$: snapshots,
      onControl: (control) => this.controls.push(control),
      host: "127.0.0.1",
      port,
      token: this.token,
      pageDir: this.#pageDir,
    });
    let step = 0;
    this.#timer = setInterval(() => snapshots.next(this.make(step++)), SNAPSHOT_EVERY_MS);
  }

  /** No more snapshots; the link stays. */
  fallSilent(): void {
    clearInterval(this.#timer);
  }

  async stop(): Promise<void> {
    this.fallSilent();
    await this.dashboard.close();
  }

  /** Between tests: the first tab stays, so that the browser does. */
  async tidy(): Promise<void> {
    for (const page of this.browser.context.pages().slice(1)) await page.close();
    await this.stop();
    this.controls = [];
    this.make = digitsSnapshot;
  }

  /** The page as the printed address opens it. */
  async open() {
    const tab = await openTab(this.browser.context);
    await tab.page.goto(addressWithToken(this.dashboard.url, this.token));
    return tab;
  }

  shot(name: string): string {
    return join(this.shots, `${name}.png`);
  }
}

export const textOf = (page: Page, id: string) => page.locator(`#${id}`).textContent();

export const waitForText = (page: Page, id: string, text: string) =>
  page.waitForFunction(
    ([at, wanted]) => document.getElementById(at ?? "")?.textContent === wanted,
    [id, text],
  );

/** The link's words, with or without the round trip. */
export const waitForConnected = (page: Page) =>
  page.waitForFunction(() => /^Connected/.test(document.getElementById("link-words")?.textContent ?? ""));
