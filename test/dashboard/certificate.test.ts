/** The certificate: checked, and refused in one sentence when it will not do. */
import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkCertificate } from "../../src/dashboard/certificate.ts";
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
