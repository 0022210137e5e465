/**
 * The only place that reads a clock. Both clocks are monotonic: stepping the wall clock changes nothing.
 * Data carries its own time (microseconds of the sensor); these are for pacing and for measuring ourselves.
 */
import process from "node:process";

export type Clock = {
  /** Microseconds since an arbitrary start, monotonic; the same start in all threads of the machine. */
  nowUs(): number;
  /** CPU microseconds this process has used in all its threads, user and system. */
  cpuUs(): number;
};

export const systemClock: Clock = {
  // Not performance.now(), which counts from the start of each thread.
  nowUs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e6 + nanoseconds / 1e3;
  },
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

/** The wall clock as ISO 8601, only for stamping files and provenance. */
export const wallClockIso = (): string => new Date().toISOString();
