/** Where a command's words go: results to stdout, progress to stderr, and with --json one document and nothing else. */
import process from "node:process";
import { EXIT, systemCode } from "../core/errors.ts";
import { Progress, type ProgressOptions } from "../report/progress.ts";

/**
 * Words that nobody reads any more (`| head`) are no failure of the work; words that could not be written are.
 * Without listeners either would end the program with a stack trace.
 */
export function guardStreams(): void {
  process.stdout.on("error", (error) => {
    if (systemCode(error) === "EPIPE") return;
    process.exitCode = EXIT.io;
    process.stderr.write(
      `spikeline: Expected to write the result to stdout, but the system says ${systemCode(error)}. (STDOUT_WRITE)\n`,
    );
  });
  // There is nowhere left to say it.
  process.stderr.on("error", () => undefined);
}

export class Output {
  readonly #json: boolean;
  readonly #quiet: boolean;

  constructor({ json, quiet }: { readonly json: boolean; readonly quiet: boolean }) {
    this.#json = json;
    this.#quiet = quiet;
  }

  /** Words for people; silent with --json and --quiet. */
  say(text: string): void {
    if (!this.#json && !this.#quiet) process.stdout.write(`${text}\n`);
  }

  /** Words a person needs while it runs: with --json on stderr, so that stdout holds the document alone. */
  announce(text: string): void {
    if (!this.#quiet) (this.#json ? process.stderr : process.stdout).write(`${text}\n`);
  }

  /** The result: as words, or with --json as the one document on stdout. --quiet keeps only what fails. */
  result(document: unknown, text: string): void {
    if (this.#json) process.stdout.write(`${JSON.stringify(document)}\n`);
    else this.say(text);
  }

  progress(options: Pick<ProgressOptions, "label" | "unit" | "total">): Progress {
    return new Progress({ ...options, quiet: this.#quiet });
  }
}
