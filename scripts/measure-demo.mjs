#!/usr/bin/env node
// Measures the demo as a newcomer has it, in a real Chromium: seconds from `spikeline start` to the first decision on
// the page, resident memory, and the main thread's event-loop delay while the network learns at full speed beside the
// same while it does not (the control), in turns within one run. Needs a built tree and /usr/bin/chromium.
//
//   node scripts/measure-demo.mjs [turns = 5] [seconds a phase = 6]
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as after } from "node:timers/promises";
import { chromium } from "playwright-core";

const turns = Number(process.argv[2] ?? 5);
const phaseMs = 1000 * Number(process.argv[3] ?? 6);
const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "spikeline-demo-"));
const delays = join(folder, "delays");

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const megabytes = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${program.pid}/status`, "utf8"))?.[1]) /
  1024;

const startedMs = performance.now();
const preload = ["--import", join(root, "scripts", "loop-delay.mjs")];
const program = spawn(
  process.execPath,
  [...preload, join(root, "dist/cli/main.js"), "start", "--port", "0"],
  {
    env: { ...process.env, XDG_STATE_HOME: folder, LOOP_DELAY_FILE: delays },
    stdio: ["ignore", "pipe", "ignore"],
  },
);
const ended = new Promise((resolve) => program.once("exit", resolve));

async function address() {
  let said = "";
  for await (const chunk of program.stdout) {
    said += chunk;
    const found = /https?:\/\/\S+#token=\S+/.exec(said)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error(`Expected the page's address, but the program said: ${said}`);
}

/** Event-loop delay since the last call, in milliseconds. */
async function delayNow() {
  const before = existsSync(delays) ? readFileSync(delays, "utf8").length : 0;
  program.kill("SIGUSR2");
  for (;;) {
    await after(20);
    const text = existsSync(delays) ? readFileSync(delays, "utf8") : "";
    if (text.length > before && text.endsWith("\n")) return JSON.parse(text.trim().split("\n").at(-1));
  }
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  // The browser was up before, as a user's is; from here on it is the program's time.
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(await address());
  await page.waitForFunction(
    () =>
      /Right|[0-9]+ %|^\d/.test(document.getElementById("truth-words")?.textContent ?? "") ||
      /drew/.test(document.getElementById("truth-words")?.textContent ?? ""),
  );
  const firstMs = performance.now() - startedMs;
  console.log(`first decision on the page: ${(firstMs / 1000).toFixed(2)} s after the start of the program`);

  const phases = { off: [], on: [] };
  const fps = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const learning of ["off", "on"]) {
      const shown = () => page.evaluate(() => document.getElementById("learning-state")?.textContent);
      if ((await shown()) !== learning) await page.click("#learning");
      while ((await shown()) !== learning) await after(50);
      await after(1000);
      await delayNow();
      await after(phaseMs);
      phases[learning].push(await delayNow());
      if (learning === "on") fps.push(await page.evaluate(() => document.getElementById("now")?.textContent));
    }
  }
  for (const [name, seen] of Object.entries(phases)) {
    const [p50, p99, max] = ["p50Ms", "p99Ms", "maxMs"].map((key) =>
      median(seen.map((one) => one[key])).toFixed(2),
    );
    console.log(
      `event-loop delay of the main thread, learning ${name}: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
    );
  }
  const ratios = phases.on.map((one, i) => one.p99Ms / phases.off[i].p99Ms);
  console.log(
    `p99 learning ÷ p99 control, per turn: ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}; median ${median(ratios).toFixed(2)}`,
  );
  console.log(`frames per second while learning: ${fps.join(" ")}`);
  console.log(
    `resident memory: ${megabytes("VmRSS").toFixed(0)} MB, at most ${megabytes("VmHWM").toFixed(0)} MB`,
  );
} finally {
  await browser.close();
  program.kill("SIGINT");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
