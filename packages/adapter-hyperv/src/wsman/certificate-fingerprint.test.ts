import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasFingerprint, parseFingerprint } from './certificate-fingerprint.js';

describe('a fingerprint', () => {
  const print = (algorithm: string, der: Uint8Array) => createHash(algorithm).update(der).digest('hex');

  it('is that of one certificate, however it is written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (der, other) => {
        for (const algorithm of ['sha256', 'sha1'] as const) {
          const hex = print(algorithm, der);
          const colons = (hex.toUpperCase().match(/../g) ?? []).join(':');
          expect(hasFingerprint(der, algorithm, hex)).toBe(true);
          expect(hasFingerprint(der, algorithm, colons)).toBe(true);
          const same = Buffer.compare(der, other) === 0;
          expect(hasFingerprint(other, algorithm, hex)).toBe(same);
        }
      }),
    );
  });

  it('of another algorithm, or none at all, fits nothing', () => {
    const der = new Uint8Array(3);
    for (const text of ['', 'zz', print('sha1', der), `${print('sha256', der)}0`]) {
      expect(parseFingerprint('sha256', text)).toBeUndefined();
      expect(hasFingerprint(der, 'sha256', text)).toBe(false);
    }
  });
});
