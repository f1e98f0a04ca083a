import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VimUnavailable } from '../soap/vim-error.js';
import type { ConsoleTicket } from '../vim/console-ticket.js';
import { mksConnection } from './mks-connection.js';

/** Self-signed, P-256; nobody has its key. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUaFOXqNq79fPvcjb6A6xMtRcRTIEwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjQxMzQ1MzlaGA8yMTI2MTAzMTEzNDUzOVow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD4N3tE6WRXg
JaILvwopGhG1pi7f7g4gBc4nNhNEk6YNjLR17lDI30GZipmLwMe5iO9y2VvZm4Ir
lfn7/cxbOrWjUzBRMB0GA1UdDgQWBBQeWpeIHmUQQlQhSyd5W3vcSOfpfzAfBgNV
HSMEGDAWgBQeWpeIHmUQQlQhSyd5W3vcSOfpfzAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIF9gOLpg+v/6i6ks8OpDMvaDXHi9OrBJZUOH4tu+oQSn
AiBb/g7CN+pYdvMdkMMu++edOP43PjgOqaO+4dYItINptA==
-----END CERTIFICATE-----`;
const der = new X509Certificate(PEM).raw;
const [SHA256, SHA1] = [
  createHash('sha256').update(der).digest('hex'),
  createHash('sha1').update(der).digest('hex'),
];
const colons = (hex: string) => (hex.toUpperCase().match(/../g) ?? []).join(':');
const wrong = (hex: string) => hex.replace(/./g, '0');

const plain: ConsoleTicket = {
  ticket: '52e0 9d/!',
  cfgFile: '[ds] a/a.vmx',
  host: 'esx1',
  port: 9443,
  thumbprints: [],
};
const sha1 = { sslThumbprint: colons(SHA1) };
const list = {
  thumbprints: [
    { algorithm: 'sha512', thumbprint: 'AB'.repeat(64) },
    { algorithm: 'SHA-1', thumbprint: colons(SHA1) },
    { algorithm: 'sha256', thumbprint: colons(SHA256) },
  ],
};
const operatorCa = { kind: 'ca', ca: PEM } as const;

function connect(
  ticket: Partial<ConsoleTicket>,
  more: { type?: 'webmks' | 'mks'; hostTrust?: typeof operatorCa } = {},
) {
  return mksConnection({
    serverId: 's',
    type: more.type ?? 'webmks',
    ticket: { ...plain, ...ticket },
    askedHost: 'vcenter.example.org',
    hostTrust: more.hostTrust,
  });
}
const tls = (ticket: Partial<ConsoleTicket>, hostTrust?: typeof operatorCa) => {
  const { transport } = connect(ticket, hostTrust && { hostTrust });
  return transport.kind === 'websocket' && transport.tls?.trust;
};
const path = (ticket: Partial<ConsoleTicket>) =>
  JSON.parse(connect(ticket).connectInfo.internalAccessPath ?? '');

describe('the console of a webmks ticket', () => {
  it('is a WebSocket on the host, with the ticket as its address', () => {
    expect(connect(sha1)).toEqual({
      serverId: 's',
      type: 'webmks',
      transport: {
        kind: 'websocket',
        url: 'wss://esx1:9443/ticket/52e0%209d%2F!',
        tls: { trust: { kind: 'pin', algorithm: 'sha1', fingerprint: SHA1 } },
      },
      security: { kind: 'none' },
      connectInfo: {
        host: 'esx1',
        port: 9443,
        tlsPort: null,
        internalAccessPath: `{"ticket":"52e0 9d/!","cfgFile":"[ds] a/a.vmx","thumbprint":"${SHA1}"}`,
      },
    });
  });

  it('is on the server that was asked where the ticket names no host', () => {
    const { host: _host, port: _port, ...bare } = plain;
    const { transport, connectInfo } = mksConnection({
      serverId: 's',
      type: 'webmks',
      ticket: { ...bare, ...sha1 },
      askedHost: '2001:db8::1',
      hostTrust: undefined,
    });
    expect(transport).toMatchObject({ url: 'wss://[2001:db8::1]:443/ticket/52e0%209d%2F!' });
    expect(connectInfo).toMatchObject({ host: '2001:db8::1', port: 443 });
  });

  it('is where the ticket’s own address says', () => {
    expect(connect({ ...sha1, url: 'wss://esx2.example.org/ticket/abc' }).transport).toMatchObject({
      url: 'wss://esx2.example.org/ticket/abc',
    });
  });

  it('is refused at an address that is no wss URL', () => {
    for (const url of [
      'ws://esx/ticket/a',
      'https://esx/',
      'wss://u:p@esx/ticket/a',
      'wss://esx/ticket/a#b',
      'nonsense',
    ]) {
      expect(() => connect({ ...sha1, url }), url).toThrow(VimUnavailable);
    }
  });
});

describe('the trust in the host of a ticket', () => {
  const pin256 = { kind: 'pin', algorithm: 'sha256', fingerprint: SHA256 };
  const pin1 = { kind: 'pin', algorithm: 'sha1', fingerprint: SHA1 };

  it('is the best pin that came: the certificate, SHA-256, SHA-1', () => {
    const worse = {
      sslThumbprint: colons(wrong(SHA1)),
      thumbprints: [{ algorithm: 'sha256', thumbprint: wrong(SHA256) }],
    };
    expect(tls({ ...worse, sslCertificate: PEM })).toEqual(pin256);
    expect(tls({ ...sha1, ...list })).toEqual(pin256);
    expect(tls(sha1, operatorCa)).toEqual(pin1);
    expect(tls({ thumbprints: [{ algorithm: '', thumbprint: SHA1 }] })).toEqual(pin1);
  });

  it('goes on to the next where a pin cannot be read', () => {
    expect(tls({ ...sha1, sslCertificate: 'not a certificate' })).toEqual(pin1);
    expect(tls({ ...sha1, thumbprints: [{ algorithm: 'sha256', thumbprint: SHA1 }] })).toEqual(pin1);
    expect(tls({ ...sha1, thumbprints: [{ algorithm: 'sha512', thumbprint: SHA256 }] })).toEqual(pin1);
  });

  it('is the operator’s where there is no pin, and a refusal where there is neither', () => {
    expect(tls({}, operatorCa)).toEqual(operatorCa);
    expect(() => tls({})).toThrow(VimUnavailable);
    expect(() => tls({ sslThumbprint: 'AA' })).toThrow('hostTrust');
    expect(() => connect({}, { type: 'mks' })).toThrow(VimUnavailable);
  });
});

describe('what os-console-auth-tokens shows', () => {
  it('has the SHA-1 thumbprint as Nova has it, from wherever it is known', () => {
    expect(path(list).thumbprint).toBe(SHA1);
    expect(path({ sslCertificate: PEM }).thumbprint).toBe(SHA1);
    expect(path({ thumbprints: [{ algorithm: 'sha256', thumbprint: SHA256 }] }).thumbprint).toBeNull();
  });

  it('of an mks ticket is what Nova’s own proxy wanted', () => {
    const { port: _port, ...ticket } = { ...plain, ...sha1 };
    const target = { serverId: 's', type: 'mks', ticket, askedHost: 'vc', hostTrust: undefined } as const;
    const { transport, connectInfo } = mksConnection(target);
    expect(transport).toEqual({ kind: 'tcp', host: 'esx1', port: 902 });
    expect(connectInfo).toMatchObject({ host: 'esx1', port: 902 });
    expect(JSON.parse(connectInfo.internalAccessPath ?? '')).toEqual({
      ticket: '52e0 9d/!',
      cfgFile: '[ds] a/a.vmx',
      thumbprint: SHA1,
    });
  });
});
