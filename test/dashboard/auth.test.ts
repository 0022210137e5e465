/** The token: made once, private, kept. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressWithToken, createToken, loadOrCreateToken, tokensEqual } from "../../src/dashboard/auth.ts";

describe("the token file", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-token-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made with mode 600 and 256 random bits, and leaves nothing beside it", async () => {
    const path = join(folder, "token");
    const token = await loadOrCreateToken(path);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["token"]);
  });

  it("gives the same token again", async () => {
    const path = join(folder, "token");
    expect(await loadOrCreateToken(path)).toBe(await loadOrCreateToken(path));
  });

  it("gives one token to all who make it at the same time", async () => {
    const path = join(folder, "token");
    const tokens = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateToken(path)));
    expect(new Set(tokens)).toEqual(new Set([readFileSync(path, "utf8").trim()]));
    expect(readdirSync(folder)).toEqual(["token"]);
  });

  it("is refused when others can read it", async () => {
    const path = join(folder, "token");
    await loadOrCreateToken(path);
    chmodSync(path, 0o644);
    await expect(loadOrCreateToken(path)).rejects.toMatchObject({ code: "TOKEN_FILE_OPEN", exitCode: 65 });
  });

  it("is refused when it holds something else, and is left as it is", async () => {
    const path = join(folder, "token");
    writeFileSync(path, "password\n", { mode: 0o600 });
    await expect(loadOrCreateToken(path)).rejects.toMatchObject({ code: "TOKEN_FILE_FORMAT" });
    expect(readFileSync(path, "utf8")).toBe("password\n");
  });

  it("names the missing folder", async () => {
    const path = join(folder, "no", "token");
    await expect(loadOrCreateToken(path)).rejects.toMatchObject({
      code: "TOKEN_FOLDER_MISSING",
      exitCode: 66,
    });
  });
});

describe("a token", () => {
  it("equals only itself", () => {
    const token = createToken();
    expect(tokensEqual(token, token)).toBe(true);
    expect(tokensEqual("", token)).toBe(false);
    expect(tokensEqual(`${token} `, token)).toBe(false);
    expect(tokensEqual(createToken(), token)).toBe(false);
  });

  it("stands in the fragment of the printed address, never in path or query", () => {
    const address = new URL(addressWithToken("http://127.0.0.1:8080/", "abc"));
    expect([address.pathname, address.search, address.hash]).toEqual(["/", "", "#token=abc"]);
  });
});
