/** A checkpointer with a clock and saves in the hands of the test. */
import type { AnyModel } from "../../src/model/any-model.ts";
import { Checkpointer } from "../../src/pipeline/checkpointer.ts";
import { tinyModel } from "../model/tiny-model.ts";

export const framesOf = ({ description }: AnyModel) => description.provenance.framesSeen;

/** A checkpointer of a clock in seconds set by hand, whose saves end when the test says so. */
export function world({ bytes = 1000, everyMs }: { bytes?: number; everyMs?: number } = {}) {
  const model = tinyModel();
  const log: string[] = [];
  const open: { end: () => void; fail: (error: unknown) => void }[] = [];
  let seconds = 0;
  let framesLearned = 0;
  let saves = 0;
  let waiting: (() => void) | undefined;
  const checkpointer = new Checkpointer({
    base: "m.safetensors",
    clock: { nowUs: () => seconds * 1e6, cpuUs: () => 0 },
    ...(everyMs === undefined ? {} : { everyMs }),
    capture: () => {
      log.push(`capture ${framesLearned}`);
      return tinyModel({ framesSeen: framesLearned });
    },
    save: (base, captured) =>
      new Promise((resolve, reject) => {
        log.push(`save ${framesOf(captured)}`);
        open.push({
          end: () => resolve({ path: `${base} ${++saves}`, bytes }),
          fail: reject,
        });
        waiting?.();
      }),
  });
  return {
    checkpointer,
    log,
    modelBytes: [...model.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
    /** Ticks at a time with so many frames learned. */
    tick: (atSeconds: number, frames: number) => {
      seconds = atSeconds;
      framesLearned = frames;
      checkpointer.tick(frames);
    },
    now: (why: "named" | "ended", frames = framesLearned) => {
      framesLearned = frames;
      return checkpointer.now(why, frames);
    },
    /** The oldest save that has not ended, once it has begun. */
    begun: async () => {
      if (open.length === 0) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      const save = open.shift();
      if (save === undefined) throw new Error("no save has begun");
      return save;
    },
    /** Lets everything that is due in this turn and the next happen. */
    settled: () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve))),
  };
}

export const captures = (log: readonly string[]) => log.filter((entry) => entry.startsWith("capture"));
