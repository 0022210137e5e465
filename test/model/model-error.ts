/** Runs what must fail and returns its one SpikelineError. */
import { expect } from "vitest";
import { SpikelineError } from "../../src/core/errors.ts";

export function errorOf(work: () => unknown): SpikelineError {
  try {
    work();
  } catch (error) {
    if (error instanceof SpikelineError) return error;
    throw error;
  }
  throw new Error("expected a SpikelineError, but nothing was thrown");
}

export async function rejectionOf(work: Promise<unknown>): Promise<SpikelineError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SpikelineError);
  return error instanceof SpikelineError ? error : errorOf(() => undefined);
}
