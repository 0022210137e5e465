/**
 * Where the real recordings stand: the folder named by SPIKELINE_DATA.
 * Unset, every suite here is skipped and says so aloud; set to a folder that is not there, it fails.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "vitest";

const SKIPPED =
  "SPIKELINE_DATA is not set: tests with real recordings are SKIPPED. Set it to the folder of the recordings to run them.";

function findDataFolder(): string | undefined {
  const folder = process.env.SPIKELINE_DATA;
  if (folder === undefined || folder === "") return undefined;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`Expected SPIKELINE_DATA to name a folder, found none at ${folder}.`);
  }
  return folder;
}

/** The folder of recordings, or undefined when SPIKELINE_DATA is not set. */
export const dataFolder: string | undefined = findDataFolder();

/** The path of something in the folder of recordings; only inside `describeRecordings`. */
export function dataPath(...parts: readonly string[]): string {
  if (dataFolder === undefined) throw new Error(SKIPPED);
  return join(dataFolder, ...parts);
}

/**
 * A `describe` that runs with the recordings at hand. Without, its body is not even read (it may open files):
 * the suite is skipped with the reason on the console and in its place.
 */
export function describeRecordings(name: string, body: () => void): void {
  if (dataFolder !== undefined) {
    describe(name, body);
    return;
  }
  console.warn(`${name}: ${SKIPPED}`);
  describe.skip(name, () => {
    it(SKIPPED, () => undefined);
  });
}
