import { describe, expect, it } from 'vitest';
import { certificate } from '../test/a-certificate.js';
import { fuzz } from '../test/reads-or-refuses.js';
import { subjectPublicKeyOf } from './subject-public-key.js';

describe('the public key of a certificate', () => {
  it('is the content of the BIT STRING, here a point of P-256', () => {
    const { x = '', y = '' } = certificate.publicKey.export({ format: 'jwk' });
    const point = [4, ...Buffer.from(x, 'base64url'), ...Buffer.from(y, 'base64url')];
    expect(subjectPublicKeyOf(certificate.raw)).toEqual(Uint8Array.from(point));
  });

  it('stands hostile bytes', () => fuzz(subjectPublicKeyOf, Uint8Array.from(certificate.raw)));
});
