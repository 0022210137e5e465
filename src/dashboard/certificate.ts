/** The certificate that encrypts the page, and its private key: read from files and checked before anything listens. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { dataError, ioError, noInputError, systemCode, usageError } from "../core/errors.ts";

/** Texts in PEM form; the certificate may be followed by those that vouch for it. */
export type Certificate = { readonly cert: string; readonly key: string };

/**
 * What `--tls-cert` and `--tls-key` name, or undefined when neither is given.
 * @throws SpikelineError TLS_HALF, TLS_FILE_MISSING or TLS_FILE_READ
 */
export async function readCertificate(files: {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}): Promise<Certificate | undefined> {
  const { tlsCert, tlsKey } = files;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [given, missing] = tlsCert === undefined ? ["key", "cert"] : ["cert", "key"];
    throw usageError(
      "TLS_HALF",
      `Expected --tls-cert and --tls-key together, found only --tls-${given}; add --tls-${missing}.`,
    );
  }
  return { cert: await readPem(tlsCert), key: await readPem(tlsKey) };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      throw noInputError("TLS_FILE_MISSING", `Expected a PEM file at ${path}, but there is none.`);
    }
    throw ioError(
      "TLS_FILE_READ",
      `Expected to read the PEM file ${path}, but the system says ${systemCode(error)}.`,
      error,
    );
  }
}

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
