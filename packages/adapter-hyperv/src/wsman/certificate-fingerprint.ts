import { createHash, timingSafeEqual } from 'node:crypto';

type Algorithm = 'sha256' | 'sha1';

const HEX_LENGTH: Readonly<Record<Algorithm, number>> = { sha256: 64, sha1: 40 };

/** Lower-case hex without colons; undefined where the text is no fingerprint of the algorithm. */
export function parseFingerprint(algorithm: Algorithm, text: string): string | undefined {
  const fingerprint = text.replaceAll(':', '').toLowerCase();
  return fingerprint.length === HEX_LENGTH[algorithm] && /^[0-9a-f]*$/.test(fingerprint)
    ? fingerprint
    : undefined;
}

/** Whether a certificate in DER has that fingerprint, which may be written in any way. */
export function hasFingerprint(der: Uint8Array, algorithm: Algorithm, expected: string): boolean {
  const fingerprint = parseFingerprint(algorithm, expected);
  if (fingerprint === undefined) return false;
  const actual = createHash(algorithm).update(der).digest();
  return timingSafeEqual(actual, Buffer.from(fingerprint, 'hex'));
}
