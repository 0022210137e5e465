/**
 * Decides when the running model is saved, and never lets two saves overlap. It starts no timer and throws nothing:
 * a save that fails is told in `state()` and tried again when the next one is due, while recognition goes on.
 */
import { setImmediate } from "node:timers/promises";
import { type Clock, systemClock } from "../core/clock.ts";
import { SpikelineError } from "../core/errors.ts";
import type { AnyModel } from "../model/any-model.ts";
import { saveGeneration } from "../model/generations.ts";

export type CheckpointerOptions = {
  /** The model's file, beside which the generations stand. */
  readonly base: string;
  /** A copy of the model as it stands; called in the turn of `tick` or `now`, or when the save that runs then is over. */
  readonly capture: () => AnyModel;
  /** `bytes` is the size of the file it wrote. */
  readonly save?: (
    base: string,
    model: AnyModel,
  ) => Promise<{ readonly path: string; readonly bytes: number }>;
  readonly clock?: Clock;
  /** Least time between two saves that nobody asked for. */
  readonly everyMs?: number;
};

export type CheckpointerState = {
  /** Saves that were acknowledged. */
  readonly saved: number;
  /** The last of them. */
  readonly path: string | undefined;
  /** One sentence while the last save is a failed one. */
  readonly fault: string | undefined;
  /** Saves that were due and failed. */
  readonly skipped: number;
};

const DEFAULT_EVERY_MS = 60_000;
/** An SD card wears out by writing: 1 GB a day. */
const WEAR_US_PER_BYTE = 86_400e6 / 1e9;

export class Checkpointer {
  readonly #base: string;
  readonly #capture: () => AnyModel;
  readonly #save: NonNullable<CheckpointerOptions["save"]>;
  readonly #clock: Clock;
  readonly #everyUs: number;

  #framesLearned = 0;
  /** Counts the changes heard of; `#savedVersion` is the count at the capture of the last good save. */
  #version = 0;
  #savedVersion = 0;
  /** Never rejects. */
  #running: Promise<void> | undefined;
  #dueUs: number;
  /** When what has been written will have been paid for at 1 GB a day. */
  #wornUntilUs: number;

  #saved = 0;
  #path: string | undefined;
  #fault: string | undefined;
  #skipped = 0;

  constructor(options: CheckpointerOptions) {
    this.#base = options.base;
    this.#capture = options.capture;
    this.#save = options.save ?? saveGeneration;
    this.#clock = options.clock ?? systemClock;
    this.#everyUs = (options.everyMs ?? DEFAULT_EVERY_MS) * 1000;
    const nowUs = this.#clock.nowUs();
    this.#dueUs = nowUs + this.#everyUs;
    this.#wornUntilUs = nowUs;
  }

  /** Starts a save in the background when something was learned since the last one and one is due. */
  tick(framesLearned: number): void {
    this.#hear(framesLearned);
    if (this.#running !== undefined || this.#version === this.#savedVersion) return;
    const nowUs = this.#clock.nowUs();
    if (nowUs >= this.#dueUs && nowUs >= this.#wornUntilUs) this.#start();
  }

  /**
   * Saves at once what changed: after naming ("named", which no frame tells of) always, at the end ("ended") if
   * anything did. Resolves when that is saved or has failed; calls during one save share the next.
   */
  async now(why: "named" | "ended", framesLearned: number): Promise<void> {
    this.#hear(framesLearned);
    if (why === "named") this.#version++;
    // What runs was captured before this call. When nothing runs the capture is in the turn of the call.
    if (this.#running !== undefined) await this.#running;
    // Another call that waited may have begun the next one, which has captured what this one asks for.
    if (this.#running === undefined && this.#version !== this.#savedVersion) this.#start();
    await this.#running;
  }

  state(): CheckpointerState {
    return { saved: this.#saved, path: this.#path, fault: this.#fault, skipped: this.#skipped };
  }

  #hear(framesLearned: number): void {
    if (framesLearned === this.#framesLearned) return;
    this.#framesLearned = framesLearned;
    this.#version++;
  }

  #start(): void {
    const startUs = this.#clock.nowUs();
    this.#dueUs = startUs + this.#everyUs;
    this.#running = this.#attempt(startUs).finally(() => {
      this.#running = undefined;
    });
  }

  async #attempt(startUs: number): Promise<void> {
    let bytes = 0;
    try {
      const version = this.#version;
      const model = this.#capture();
      // A failed save may have written as well.
      for (const { data } of model.tensors.values()) bytes += data.byteLength;
      // Encoding takes milliseconds; whoever ticks has a frame to deliver first.
      await setImmediate();
      const saved = await this.#save(this.#base, model);
      bytes = saved.bytes;
      this.#savedVersion = version;
      this.#saved++;
      this.#path = saved.path;
      this.#fault = undefined;
    } catch (error) {
      this.#fault = sentence(error);
      this.#skipped++;
    }
    this.#wornUntilUs = Math.max(startUs, this.#wornUntilUs) + bytes * WEAR_US_PER_BYTE;
  }
}

function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SpikelineError)) {
    return `Expected to save the model, but ${message}; recognition goes on.`;
  }
  const lead = error.code === "MODEL_DISK_FULL" ? "Disk full. " : "";
  return `${lead}${message.replace(/\.$/, "")}; recognition goes on.`;
}
