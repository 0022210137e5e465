/** Pipeline threads that die in ways their own code cannot tell of. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lastValueFrom, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StartOptions } from "../../src/pipeline/messages.ts";
import { startWorker } from "../../src/pipeline/start-worker.ts";
import { temporaryFolder } from "../sensors/recording-world.ts";
import { description, toySource, until } from "./worker-world.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (): StartOptions => ({
  source: toySource(folder),
  model: { description: description() },
  learn: false,
});

/** A thread that posts a running snapshot, with a picture, and then does this once it has been seen. */
function startScript(afterSeen: string, onStart = "post(snapshot)"): ReturnType<typeof startWorker> {
  const path = join(folder, "dying.mjs");
  writeFileSync(
    path,
    `import { parentPort } from "node:worker_threads";
    const picture = { width: 1, height: 1, pixels: new Int8Array(1) };
    const snapshot = { sequence: 0, state: "running", source: "toys", frames: 5, picture };
    const post = (snapshot) => parentPort.postMessage({ kind: "snapshot", snapshot });
    parentPort.on("message", ({ kind }) => {
      if (kind === "start") { ${onStart} }
      if (kind === "seen") { ${afterSeen} }
    });`,
  );
  return startWorker(options(), pathToFileURL(path));
}

describe("a pipeline thread that dies", () => {
  it.each([
    ["by an error nobody caught", 'throw new Error("the roof fell in")', /crashed: the roof fell in\.$/],
    ["by leaving", "process.exit(3)", /crashed: it ended without a result\.$/],
    ["by having nothing to do", "parentPort.close()", /crashed: it ended without a result\.$/],
    ["of a rejection nobody caught", 'Promise.reject(new Error("no answer"))', /crashed: no answer\.$/],
  ])(
    "%s is seen as a failed snapshot with a sentence, and the result rejects",
    async (_, script, sentence) => {
      const pipeline = startScript(script);
      const all = lastValueFrom(pipeline.snapshots$.pipe(toArray()));
      await expect(pipeline.result).rejects.toMatchObject({
        name: "SpikelineError",
        code: "PIPELINE_CRASHED",
        exitCode: 70,
        message: expect.stringMatching(sentence),
      });
      const [running, failed, ...more] = await all;
      expect(more).toEqual([]);
      expect(running).toMatchObject({ state: "running", frames: 5, picture: { width: 1 } });
      expect(failed).toMatchObject({
        state: "failed",
        source: "toys",
        frames: 5,
        message: expect.stringMatching(/^Expected the pipeline thread to end with a result, found /),
      });
      expect(failed).toMatchObject({ message: expect.stringMatching(sentence) });
      // What was told with the last snapshot is not told again.
      expect(failed?.picture).toBeUndefined();
      await pipeline.stop();
    },
  );

  it("before it could say anything rejects all the same, without a snapshot made up", async () => {
    const pipeline = startScript("", 'throw new Error("stillborn")');
    const all = lastValueFrom(pipeline.snapshots$.pipe(toArray()));
    await expect(pipeline.result).rejects.toMatchObject({ code: "PIPELINE_CRASHED" });
    expect(await all).toEqual([]);
  });

  it("is not told of twice when it had said itself that it failed", async () => {
    const failing =
      'post({ ...snapshot, state: "failed", message: "Expected a camera." }); parentPort.close()';
    const pipeline = startScript("process.exit(0)", failing);
    const all = lastValueFrom(pipeline.snapshots$.pipe(toArray()));
    await expect(pipeline.result).rejects.toMatchObject({ code: "PIPELINE_CRASHED" });
    expect((await all).map(({ message }) => message)).toEqual(["Expected a camera."]);
  });

  it("takes nothing with it: whoever asks nothing of it goes on, and another one runs", async () => {
    const dead = startScript("process.exit(1)");
    const failed = await until(dead, ({ state }) => state === "failed");
    expect(failed.state).toBe("failed");
    dead.send({ kind: "learning", on: true });
    await dead.stop();
    // Asked late, it still says so.
    expect((await until(dead, () => true)).state).toBe("failed");
    const { snapshot } = await startWorker(options()).result;
    expect(snapshot).toMatchObject({ state: "ended", frames: 9 });
  });
});
