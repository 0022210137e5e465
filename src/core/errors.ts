/**
 * The one error class. A message is one sentence: what was expected, for which name, what came, what to do.
 * `code` is stable and searchable; `exitCode` is what the program ends with.
 */

/** Exit codes of the program, after sysexits.h. */
export const EXIT = {
  ok: 0,
  usage: 2,
  data: 65,
  noInput: 66,
  device: 69,
  internal: 70,
  io: 74,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export class SpikelineError extends Error {
  override readonly name = "SpikelineError";
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** Wrong words on the command line or wrong options of a call. */
export const usageError = (code: string, message: string) => new SpikelineError(code, EXIT.usage, message);

/** The bytes are not what they should be. */
export const dataError = (code: string, message: string) => new SpikelineError(code, EXIT.data, message);

/** A file, folder or data set that is not there. */
export const noInputError = (code: string, message: string) =>
  new SpikelineError(code, EXIT.noInput, message);

/** Reading or writing failed in the system. */
export const ioError = (code: string, message: string, cause?: unknown) =>
  new SpikelineError(code, EXIT.io, message, { cause });

/** The `code` of a Node system error ("ENOENT"), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
