/** axe in a page under test. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, best practices included, one line each. */
export async function findings(page: Page): Promise<string[]> {
  // The page's own policy allows no foreign script; what the debugger evaluates stands outside of it.
  await page.evaluate(AXE);
  const results = (await page.evaluate("axe.run(document)")) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id}: ${html.slice(0, 120)}: ${why}`;
    }),
  );
}
