import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { loopbackCertificate } from './loopback-certificate.js';

describe('loopbackCertificate', () => {
  it('is a certificate for localhost that signs itself and is valid now', () => {
    const now = Date.now();
    const certificate = new X509Certificate(loopbackCertificate(now).cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=localhost');
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(now + 300 * 24 * 3600 * 1000);
  });

  it('differs each time', () => {
    expect(loopbackCertificate(0).cert).not.toBe(loopbackCertificate(0).cert);
  });

  it('convinces a client that was told of it, and no other', async () => {
    const { cert, key, trust } = loopbackCertificate(Date.now());
    const server = createServer({ cert, key }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ca = trust.kind === 'ca' ? trust.ca : '';
    const told = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
    expect(String((await once(told, 'data'))[0])).toBe('hello');
    const stranger = connect({ host: '127.0.0.1', port, servername: 'localhost' });
    const [error] = await once(stranger, 'error').catch((error: unknown) => [error]);
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    told.destroy();
    server.close();
  });
});
