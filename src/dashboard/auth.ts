/**
 * The token that opens the page: made once, kept in a file only its owner reads, compared in constant time.
 * Who is allowed in beyond the token is decided in gate.ts.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { link, open, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { dataError, ioError, noInputError, systemCode } from "../core/errors.ts";

/** 256 bits: out of reach of guessing at any rate. */
const TOKEN_BYTES = 32;
/** 32 bytes in base64url, without padding. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export const createToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** The token in the file at `path`; made with mode 0600 if there is none. Its folder must exist. */
export async function loadOrCreateToken(path: string): Promise<string> {
  const found = await readToken(path);
  if (found !== undefined) return found;
  const token = createToken();
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeDurably(temporary, `${token}\n`);
    // Linking a finished file cannot show a half-written token to a second process, nor overwrite its token.
    await link(temporary, path);
    return token;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return (await readToken(path)) ?? token;
    if (systemCode(error) === "ENOENT") {
      throw noInputError(
        "TOKEN_FOLDER_MISSING",
        `Expected the folder of the token file "${path}" to exist; make it first.`,
      );
    }
    throw ioError(
      "TOKEN_NOT_WRITTEN",
      `Expected to write the token file "${path}", but the system refused.`,
      error,
    );
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await writeFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    const mode = (await stat(path)).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw dataError(
        "TOKEN_FILE_OPEN",
        `Expected only the owner to read the token file "${path}" (mode 600), found mode ${mode.toString(8)}; delete it, and a new token is made.`,
      );
    }
    const token = (await readFile(path, "utf8")).trim();
    if (TOKEN_PATTERN.test(token)) return token;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    if (systemCode(error) === "TOKEN_FILE_OPEN") throw error;
    throw ioError(
      "TOKEN_NOT_READ",
      `Expected to read the token file "${path}", but the system refused.`,
      error,
    );
  }
  throw dataError(
    "TOKEN_FILE_FORMAT",
    `Expected 43 base64url characters in the token file "${path}"; delete it, and a new token is made.`,
  );
}

/** Compares in a time that depends on neither text. */
export function tokensEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The address to print: the token stands in the fragment, which a browser never sends. */
export const addressWithToken = (url: string, token: string): string => `${url}#token=${token}`;
