import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashBindings, tlsServerEndPointBindings } from './channel-bindings.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A certificate's outer shape: something signed, the signature's algorithm, the signature. */
function certificate(algorithm: string): Uint8Array {
  const content = bytes(`30820003020101${algorithm}03020000`);
  return Uint8Array.of(0x30, content.length, ...content);
}

describe('TLS channel bindings', () => {
  it('are the ones that Microsoft printed for a known certificate hash', () => {
    const data = Buffer.concat([
      Buffer.from('tls-server-end-point:'),
      bytes('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95'),
    ]);
    expect(Buffer.from(hashBindings(data)).toString('hex')).toBe('6586e99d81c2fc984e47172fd4dd0310');
  });

  // AlgorithmIdentifiers as openssl writes them into certificates.
  it.each([
    ['RSA with MD5', '300d06092a864886f70d0101040500', 'sha256'],
    ['RSA with SHA-1', '300d06092a864886f70d0101050500', 'sha256'],
    ['RSA with SHA-256', '300d06092a864886f70d01010b0500', 'sha256'],
    ['RSA with SHA-384', '300d06092a864886f70d01010c0500', 'sha384'],
    ['RSA with SHA-512', '300d06092a864886f70d01010d0500', 'sha512'],
    ['RSA with SHA-224', '300d06092a864886f70d01010e0500', 'sha224'],
    ['ECDSA with SHA-1', '300906072a8648ce3d0401', 'sha256'],
    ['ECDSA with SHA-256', '300a06082a8648ce3d040302', 'sha256'],
    ['ECDSA with SHA-384', '300a06082a8648ce3d040303', 'sha384'],
    ['ECDSA with SHA-512', '300a06082a8648ce3d040304', 'sha512'],
    ['Ed25519', '300506032b6570', 'sha256'],
    ['RSA-PSS, all defaults (SHA-1)', '300d06092a864886f70d01010a3000', 'sha256'],
    [
      'RSA-PSS with SHA-512',
      '304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d0609' +
        '6086480165030402030500a20302013e',
      'sha512',
    ],
  ])('use the hash of the signature, never a weak one: %s', (_name, algorithm, hash) => {
    const der = certificate(algorithm);
    const data = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash(hash).update(der).digest()]);
    expect(tlsServerEndPointBindings(der)).toEqual(hashBindings(data));
  });

  it.each(['', '30', '3000', '30820000', '3003020101', '30ffffffffff'])(
    'refuse what is no certificate: %s',
    (hex) => {
      expect(() => tlsServerEndPointBindings(bytes(hex))).toThrow(
        expect.objectContaining({ name: 'NtlmError', code: 'malformed' }),
      );
    },
  );
});
