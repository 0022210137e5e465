/** The certificate that encrypts the page, and its private key: checked before anything listens. Reads no files. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { dataError, systemCode } from "../core/errors.ts";

/** Texts in PEM form; the certificate may be followed by those that vouch for it. */
export type Certificate = { readonly cert: string; readonly key: string };

/** @throws SpikelineError TLS_CERTIFICATE or TLS_KEY */
export function checkCertificate({ cert, key }: Certificate): void {
  const certificate = parseCertificate(cert);
  if (!certificate.checkPrivateKey(parseKey(key))) {
    throw dataError(
      "TLS_KEY",
      "Expected the private key that belongs to the certificate, found that of another one; give the two files that were made together.",
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch {
    throw dataError(
      "TLS_CERTIFICATE",
      "Expected every certificate of the chain in PEM form, found one that is broken; export the chain again.",
    );
  }
}

function parseCertificate(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw dataError(
      "TLS_CERTIFICATE",
      'Expected a certificate in PEM form ("-----BEGIN CERTIFICATE-----"), found something else; make one with "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem".',
    );
  }
}

function parseKey(key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (error) {
    const isLocked = systemCode(error) === "ERR_MISSING_PASSPHRASE";
    throw dataError(
      "TLS_KEY",
      isLocked
        ? 'Expected a private key without a passphrase, found one that is locked; unlock a copy with "openssl pkey -in key.pem -out open.pem".'
        : 'Expected a private key in PEM form ("-----BEGIN PRIVATE KEY-----"), found something else; give the file that was made together with the certificate.',
    );
  }
}
