import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, matchesFingerprint, parseFingerprint } from './certificate-fingerprint.js';

const der = fc.uint8Array({ minLength: 1, maxLength: 300 });
const algorithm = fc.constantFrom('sha256' as const, 'sha1' as const);

describe('fingerprints', () => {
  it('are read in every spelling and match the certificate they are of', () => {
    fc.assert(
      fc.property(der, algorithm, fc.boolean(), fc.boolean(), (bytes, hash, upper, colons) => {
        const hex = createHash(hash).update(bytes).digest('hex');
        const spelt = colons ? (hex.match(/../g) ?? []).join(':') : hex;
        const parsed = parseFingerprint(hash, upper ? spelt.toUpperCase() : spelt);
        expect(parsed).toEqual({ algorithm: hash, fingerprint: hex });
        expect(parsed && matchesFingerprint(parsed, bytes)).toBe(true);
      }),
    );
  });

  it('match no other certificate', () => {
    fc.assert(
      fc.property(der, algorithm, fc.nat(), (bytes, hash, at) => {
        const other = Uint8Array.from(bytes);
        other[at % other.length] = (other[at % other.length] ?? 0) ^ 1;
        expect(matchesFingerprint(fingerprintOf(hash, bytes), other)).toBe(false);
      }),
    );
  });

  it('of another algorithm, length or alphabet are none', () => {
    const sha1 = 'ab'.repeat(20);
    expect(parseFingerprint('sha256', sha1)).toBeUndefined();
    for (const text of ['', ':', sha1.slice(1), `${sha1}ab`, `${sha1.slice(1)}g`, ` ${sha1}`]) {
      expect(parseFingerprint('sha1', text), text).toBeUndefined();
    }
  });
});
