/** Waiting that can be called off, for sensors that keep a pace. */
import { setTimeout as after, setImmediate as nextTurn } from "node:timers/promises";

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
