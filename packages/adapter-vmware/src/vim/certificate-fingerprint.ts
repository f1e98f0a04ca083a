import { createHash, timingSafeEqual } from 'node:crypto';

/** The fingerprint of one certificate: lower-case hex without colons. */
export interface CertificateFingerprint {
  readonly algorithm: 'sha256' | 'sha1';
  readonly fingerprint: string;
}

const HEX_LENGTH = { sha256: 64, sha1: 40 } as const;

/** Reads a fingerprint with or without colons, in any case; undefined where it is not one of the algorithm. */
export function parseFingerprint(
  algorithm: CertificateFingerprint['algorithm'],
  text: string,
): CertificateFingerprint | undefined {
  const fingerprint = text.replaceAll(':', '').toLowerCase();
  return fingerprint.length === HEX_LENGTH[algorithm] && /^[0-9a-f]*$/.test(fingerprint)
    ? { algorithm, fingerprint }
    : undefined;
}

/** The fingerprint of a certificate in DER. */
export function fingerprintOf(
  algorithm: CertificateFingerprint['algorithm'],
  der: Uint8Array,
): CertificateFingerprint {
  return { algorithm, fingerprint: createHash(algorithm).update(der).digest('hex') };
}

/** Whether this is the certificate that was expected. */
export function matchesFingerprint(expected: CertificateFingerprint, der: Uint8Array): boolean {
  const actual = fingerprintOf(expected.algorithm, der);
  return timingSafeEqual(Buffer.from(actual.fingerprint, 'hex'), Buffer.from(expected.fingerprint, 'hex'));
}
