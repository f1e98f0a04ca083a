import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsoleSecurity, Secret, type TlsSettings } from '@remote-consoles/core';
import { vncAuthResponse } from '@remote-consoles/rfb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { withRig } from './support/console-rig.js';
import { TigerVnc } from './support/tigervnc.js';
import { openViewer, statusOf } from './support/viewers.js';

const directory = mkdtempSync(join(tmpdir(), 'gateway-tigervnc-'));
const passwordFile = join(directory, 'passwd');
const authority = new TestAuthority();
const stranger = new TestAuthority();
const identity = authority.issue('DNS:vnc.example,IP:127.0.0.1');
const servers: Record<string, TigerVnc> = {};

beforeAll(async () => {
  writeFileSync(passwordFile, obfuscated('hunter22'));
  const password = ['-PasswordFile', passwordFile];
  const certificate = ['-X509Cert', identity.certFile, '-X509Key', identity.keyFile];
  for (const [name, parameters] of Object.entries({
    none: ['-SecurityTypes', 'None'],
    password: ['-SecurityTypes', 'VncAuth', ...password],
    x509none: ['-SecurityTypes', 'X509None', ...certificate],
    x509vnc: ['-SecurityTypes', 'X509Vnc', ...password, ...certificate],
    anonymousTls: ['-SecurityTypes', 'TLSNone'],
  })) {
    servers[name] = await TigerVnc.start(...parameters);
  }
});

afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
  rmSync(directory, { recursive: true, force: true });
  authority.remove();
  stranger.remove();
});

/** What vncpasswd writes: the password, DES-encrypted with a key that everybody knows. */
function obfuscated(text: string): Uint8Array {
  const key = String.fromCharCode(23, 82, 107, 6, 35, 78, 88, 7);
  return vncAuthResponse(key, Buffer.from(text.padEnd(16, '\0'))).subarray(0, 8);
}

const trusting: TlsSettings = { trust: { kind: 'ca', ca: authority.ca } };
const password = new Secret('hunter22');

function console(server: string, security: ConsoleSecurity) {
  const transport = servers[server]?.transport;
  if (!transport) throw new Error(`no server ${server}`);
  return { type: 'novnc' as const, transport, security };
}

const good: [string, string, ConsoleSecurity][] = [
  ['none', 'none', { kind: 'none' }],
  ['none', 'none', { kind: 'rfb', password }],
  ['vnc', 'password', { kind: 'rfb', password }],
  ['x509none', 'x509none', { kind: 'rfb', tls: trusting }],
  [
    'x509none',
    'x509none',
    { kind: 'rfb', tls: { ...trusting, serverName: 'vnc.example' }, tlsRequired: true },
  ],
  [
    'x509none',
    'x509none',
    {
      kind: 'rfb',
      tls: { trust: { kind: 'pin', algorithm: 'sha256', fingerprint: fingerprint(identity.cert, 'sha256') } },
    },
  ],
  ['x509vnc', 'x509vnc', { kind: 'rfb', tls: trusting, password }],
];

test.each(good)(
  'TigerVNC with %s is entered, and its screen is drawn',
  async (expected, server, security) => {
    await withRig({}, async (rig) => {
      const { socket, reader } = await openViewer(rig.url(await rig.token(console(server, security))));
      expect((await reader.read(12)).toString()).toBe('RFB 003.008\n');
      // Version, choice of None and ClientInit (shared) at once, as a viewer may.
      socket.send(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
      await reader.read(2 + 4);
      const init = await reader.read(24);
      expect([init.readUInt16BE(0), init.readUInt16BE(2)]).toEqual([320, 200]);
      expect((await reader.read(init.readUInt32BE(20))).length).toBeGreaterThan(0);

      // SetEncodings Raw, then a full FramebufferUpdateRequest (RFC 6143 §7.5.2, §7.5.3).
      socket.send(Uint8Array.of(2, 0, 0, 1, 0, 0, 0, 0));
      socket.send(Uint8Array.of(3, 0, 0, 0, 0, 0, 1, 64, 0, 200));
      const header = await reader.read(4);
      expect(header[0]).toBe(0);
      let pixels = 0;
      for (let left = header.readUInt16BE(2); left > 0; left--) {
        const rectangle = await reader.read(12);
        expect(rectangle.readInt32BE(8)).toBe(0);
        const area = rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6);
        await reader.read(area * 4);
        pixels += area;
      }
      expect(pixels).toBe(320 * 200);
      expect(rig.gateway.sessions()).toMatchObject([{ security: expected }]);
      socket.terminate();
    });
  },
);

const bad: [string, string, ConsoleSecurity][] = [
  ['a wrong password', 'password', { kind: 'rfb', password: new Secret('wrong') }],
  ['no password', 'password', { kind: 'none' }],
  ['a wrong CA', 'x509none', { kind: 'rfb', tls: { trust: { kind: 'ca', ca: stranger.ca } } }],
  ["the system's CAs", 'x509none', { kind: 'rfb', tls: { trust: { kind: 'system' } } }],
  ['another name', 'x509none', { kind: 'rfb', tls: { ...trusting, serverName: 'other.example' } }],
  [
    'another pin',
    'x509none',
    { kind: 'rfb', tls: { trust: { kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) } } },
  ],
  ['a wrong password inside TLS', 'x509vnc', { kind: 'rfb', tls: trusting, password: new Secret('wrong') }],
  [
    'a wrong CA and the right password',
    'x509vnc',
    { kind: 'rfb', tls: { trust: { kind: 'ca', ca: stranger.ca } }, password },
  ],
  ['nothing that it offers', 'x509none', { kind: 'none' }],
  ['TLS that proves nobody', 'anonymousTls', { kind: 'rfb', tls: trusting }],
];

test.each(bad)('TigerVNC met with %s is 502 at the handshake', async (_, server, security) => {
  await withRig({}, async (rig) => {
    expect(await statusOf(rig.url(await rig.token(console(server, security))))).toBe(502);
    expect(rig.audit.at(-1)).toMatchObject({ action: 'console.open', reason: 'console-refused' });
    expect(JSON.stringify([rig.log, rig.audit])).not.toMatch(/hunter22|wrong"/);
  });
});
