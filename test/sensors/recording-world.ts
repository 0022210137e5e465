/** A temporary folder of small recordings, and a clock that only waiting moves. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import type { Wait } from "../../src/sensors/pace.ts";
import type { Recording } from "../../src/sensors/playback.ts";

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), "spikeline-recordings-"));

/** Writes the files and lists them with labels 0, 1, 2 …; a name without an ending gets N-MNIST's. */
export function writeRecordings(folder: string, files: Readonly<Record<string, Uint8Array>>): Recording[] {
  return Object.entries(files).map(([name, bytes], label) => {
    const path = join(folder, name.includes(".") ? name : `${name}.bs2`);
    writeFileSync(path, bytes);
    return { path, name, label };
  });
}

/** A clock that stands still but for waiting; each wait comes back `lateMs` too late, as timers do. */
export function waitingClock(lateMs = 0) {
  let nowUs = 5_000_000;
  const waitsMs: number[] = [];
  const clock: Clock = { nowUs: () => nowUs, cpuUs: () => 0 };
  const wait: Wait = async (milliseconds) => {
    waitsMs.push(milliseconds);
    nowUs += (milliseconds + lateMs) * 1000;
  };
  const passMs = (milliseconds: number) => {
    nowUs += milliseconds * 1000;
  };
  return { clock, wait, waitsMs, passMs };
}
