import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../config/listener.js';

/** A certificate and its key that belong together and may be used now. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  /** ms since the epoch */
  readonly expiresAt: number;
}

/** Why a pair cannot be used. */
export interface TlsProblem {
  readonly key: keyof TlsFiles;
  readonly message: string;
}

/** A pair that cannot be used, with everything that is wrong with it. */
export class TlsPairError extends Error {
  override readonly name = 'TlsPairError';
  readonly problems: readonly TlsProblem[];

  constructor(problems: readonly TlsProblem[]) {
    super(problems.map(({ key, message }) => `${key}: ${message}`).join('; '));
    this.problems = problems;
  }
}

/**
 * Reads a certificate and its key.
 *
 * @param directory where relative paths start
 * @throws TlsPairError where a server could not serve with them
 */
export async function readTlsPair(files: TlsFiles, directory: string): Promise<TlsPair> {
  const problems: TlsProblem[] = [];
  const attempt = async <Result>(key: keyof TlsFiles, work: (pem: string) => Result) => {
    try {
      const pem = await readText(resolve(directory, files[key]));
      return { pem, value: work(pem) };
    } catch (error) {
      problems.push({ key, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };
  const certificate = await attempt('certificateFile', parseCertificate);
  const key = await attempt('keyFile', parseKey);
  if (!certificate || !key) throw new TlsPairError(problems);
  const pair = { cert: certificate.pem, key: key.pem, expiresAt: Date.parse(certificate.value.validTo) };
  assertUsable(pair, certificate.value, key.value);
  return pair;
}

function assertUsable(pair: TlsPair, certificate: X509Certificate, key: KeyObject): void {
  if (!certificate.checkPrivateKey(key)) {
    const message = 'is not the key of the certificate, which must be the first one in its file';
    throw new TlsPairError([{ key: 'keyFile', message }]);
  }
  if (pair.expiresAt <= Date.now()) {
    const message = `the certificate expired on ${new Date(pair.expiresAt).toISOString().slice(0, 10)}`;
    throw new TlsPairError([{ key: 'certificateFile', message }]);
  }
  try {
    createSecureContext({ cert: pair.cert, key: pair.key });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TlsPairError([{ key: 'certificateFile', message: `cannot be used (${message})` }]);
  }
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error('is no certificate in PEM');
  }
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('is no private key in PEM without a passphrase');
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot be read (${error.code ?? error.message})`);
  });
}
