/** The certificate: read, checked, and refused in one sentence when it will not do. */
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCertificate, readCertificate } from "../../src/dashboard/certificate.ts";
import { selfSigned } from "./self-signed.ts";

const own = selfSigned();
const other = selfSigned();
const locked = createPrivateKey(own.key)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
  .toString();

describe("a certificate", () => {
  it("will do with its own key, alone or with a chain behind it", () => {
    expect(() => checkCertificate(own)).not.toThrow();
    expect(() => checkCertificate({ ...own, cert: own.cert + other.cert })).not.toThrow();
  });

  it.each([
    ["an empty certificate", { ...own, cert: "" }, "TLS_CERTIFICATE"],
    ["a key for a certificate", { ...own, cert: own.key }, "TLS_CERTIFICATE"],
    ["a certificate cut short", { ...own, cert: own.cert.slice(0, 200) }, "TLS_CERTIFICATE"],
    ["a broken chain", { ...own, cert: `${own.cert}-----BEGIN CERTIFICATE-----\nAAAA\n` }, "TLS_CERTIFICATE"],
    ["an empty key", { ...own, key: "" }, "TLS_KEY"],
    ["a certificate for a key", { ...own, key: own.cert }, "TLS_KEY"],
    ["another one's key", { ...own, key: other.key }, "TLS_KEY"],
    ["a key that is locked", { ...own, key: locked }, "TLS_KEY"],
  ])("is refused in one sentence when it is %s", (_, given, code) => {
    expect(() => checkCertificate(given)).toThrow(
      expect.objectContaining({ code, exitCode: 65, message: expect.stringMatching(/^Expected [^\n]+\.$/) }),
    );
  });
});

describe("the files of a certificate", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spikeline-tls-"));
    writeFileSync(join(folder, "cert.pem"), own.cert);
    writeFileSync(join(folder, "key.pem"), own.key);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are read together, or not at all", async () => {
    const files = { tlsCert: join(folder, "cert.pem"), tlsKey: join(folder, "key.pem") };
    expect(await readCertificate(files)).toEqual(own);
    expect(await readCertificate({})).toBeUndefined();
  });

  it("are missed one by one", async () => {
    const half = { code: "TLS_HALF", exitCode: 2 };
    await expect(readCertificate({ tlsCert: "cert.pem" })).rejects.toMatchObject({
      ...half,
      message: expect.stringContaining("add --tls-key"),
    });
    await expect(readCertificate({ tlsKey: "key.pem" })).rejects.toMatchObject({
      ...half,
      message: expect.stringContaining("add --tls-cert"),
    });
    const missing = { tlsCert: join(folder, "none.pem"), tlsKey: join(folder, "key.pem") };
    await expect(readCertificate(missing)).rejects.toMatchObject({ code: "TLS_FILE_MISSING", exitCode: 66 });
    const folders = { tlsCert: folder, tlsKey: join(folder, "key.pem") };
    await expect(readCertificate(folders)).rejects.toMatchObject({ code: "TLS_FILE_READ", exitCode: 74 });
  });
});
