// Preloaded by measure-demo.mjs: writes the main thread's event-loop delay, as p50 and p99 of each request, to a file.
// A request is a signal: SIGUSR2 writes what was seen since the last one and begins anew.
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import process from "node:process";
import { isMainThread } from "node:worker_threads";

const file = process.env.LOOP_DELAY_FILE;
if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on("SIGUSR2", () => {
    const seen = {
      p50Ms: delay.percentile(50) / 1e6,
      p99Ms: delay.percentile(99) / 1e6,
      maxMs: delay.max / 1e6,
    };
    appendFileSync(file, `${JSON.stringify(seen)}\n`);
    delay.reset();
  });
}
