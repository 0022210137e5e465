/** Waiting that can be called off, for sensors that keep a pace. */
import { setTimeout as after, setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";

/** Waits about so many milliseconds; returns early, without an error, when the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const waitOnTimer: Wait = async (milliseconds, signal) => {
  try {
    await after(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Lets the event loop take one turn, so that messages and timers get through. */
export const yieldToLoop = (): Promise<void> => nextTurn();

/** A timer of more than 2^31 ms would fire at once. */
const MAX_WAIT_MS = 3_600_000;

/** Waits until the clock says that a moment has come; errors of single waits do not add up. */
export async function waitUntil(
  dueUs: number,
  { clock, wait, signal }: { readonly clock: Clock; readonly wait: Wait; readonly signal: AbortSignal },
): Promise<void> {
  for (let leftUs = dueUs - clock.nowUs(); leftUs > 0 && !signal.aborted; leftUs = dueUs - clock.nowUs()) {
    await wait(Math.min(Math.ceil(leftUs / 1000), MAX_WAIT_MS), signal);
  }
}
